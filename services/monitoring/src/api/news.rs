//! What the journal says of monitoring's changes.

use hengji_db::NewEntry;
use hengji_kernel::{RegionCode, UnitCode};
use hengji_rpc::Act;
use serde_json::{Value, json};

use crate::domain::{LightChange, Position, ProjectKey, Which};

/// One change to be told.
pub(crate) struct Told<'a> {
    pub(crate) kind: &'static str,
    /// Resource name of the record.
    pub(crate) subject: String,
    pub(crate) region: &'a RegionCode,
    pub(crate) unit: &'a UnitCode,
    pub(crate) payload: Value,
    pub(crate) reason: &'a str,
}

pub(crate) fn entry(act: &Act, told: Told<'_>) -> NewEntry {
    NewEntry {
        entry_id: act.new_id(),
        at: act.now,
        account: act.account.clone(),
        method: act.method.to_owned(),
        request_id: act.request_id.clone(),
        kind: told.kind,
        subject: told.subject,
        region: Some(told.region.clone()),
        unit: Some(told.unit.clone()),
        payload: told.payload,
        reason: told.reason.to_owned(),
    }
}

/// Changed lights and warnings, with what changed them: the name of a payment, a reading, an allotment, a target; empty where
/// only time has passed.
pub(crate) fn lights<'a>(
    act: &Act,
    position: &Position,
    changes: impl IntoIterator<Item = &'a LightChange>,
    cause: &str,
) -> Vec<NewEntry> {
    changes.into_iter().map(|change| light(act, &position.project, &position.unit, change, cause)).collect()
}

pub(crate) fn light(
    act: &Act,
    project: &ProjectKey,
    unit: &UnitCode,
    change: &LightChange,
    cause: &str,
) -> NewEntry {
    let (kind, which) = match &change.which {
        Which::Money => ("light.changed", json!("money")),
        Which::Result => ("light.changed", json!("result")),
        Which::Indicator(code) => ("indicator_light.changed", json!(code)),
        Which::Warning(class) => ("warning.changed", json!(class)),
    };
    let payload = json!({
        "project": change.project,
        "light": which,
        "before": change.before,
        "after": change.after,
        "as_of": change.as_of,
        "why": change.why,
        "cause": cause,
    });
    let (subject, region) = (project.position(), &project.region);
    entry(act, Told { kind, subject, region, unit, payload, reason: "" })
}
