//! Conditions of ex-ante assessments: close, get, list. They arrive by following targets.

use hengji_db::Value;
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Begun, Call, Fault};
use serde_json::json;

use super::payments::within_subtree;
use super::{State, convert};
use crate::domain::{ConditionState, MonitoredCondition};

pub(crate) async fn close(
    state: &State,
    call: &Call,
    request: pb::CloseConditionRequest,
) -> Result<pb::CloseConditionResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<MonitoredCondition>(call, &request.name, &request.etag).await?;
    stored.record.close(call.account(), request.proof.clone(), act.today())?;
    let stored = act.save(&stored).await?;
    let record = &stored.record;
    act.journal(News {
        kind: "condition.closed",
        subject: &request.name,
        region: Some(&record.region),
        unit: Some(&record.unit),
        payload: json!({ "project": record.project, "assessment": record.assessment, "proof": record.proof }),
        reason: "",
    })
    .await?;
    let condition = Some(convert::condition(&stored, act.today()));
    act.finish(pb::CloseConditionResponse { condition }).await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetConditionRequest,
) -> Result<pb::GetConditionResponse, Fault> {
    let mut tx = state.acts.db.read().await?;
    let stored = tx.load::<MonitoredCondition>(&request.name, &call.scope()).await?;
    let stored = stored.ok_or_else(|| Fault::not_found(&request.name))?;
    let condition = Some(convert::condition(&stored, state.acts.clock.today()));
    Ok(pb::GetConditionResponse { condition })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListConditionsRequest,
) -> Result<pb::ListConditionsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let today = state.acts.clock.today();
    let mut filter = within_subtree(&request.region, &request.unit, request.year)?;
    if !request.project.is_empty() {
        filter = filter.eq("project", &request.project);
    }
    if let Some(condition) = convert::parse_condition_state(request.state()) {
        filter = filter.eq("state", Value::word(&condition));
    }
    if request.overdue {
        let open = Value::word(&ConditionState::Open);
        filter = filter.eq("state", open).at_most("due_date", today.plus_days(-1));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<MonitoredCondition>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListConditionsResponse {
        conditions: rows.iter().map(|stored| convert::condition(stored, today)).collect(),
        next_page_token,
    })
}
