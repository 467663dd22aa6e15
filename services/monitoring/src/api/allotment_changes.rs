//! The amount of an allotment after its issue: adjusted under a document of its own (指标调整), carried over (结转).

use hengji_db::Stored;
use hengji_kernel::{DataScope, Money};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::{Act, Call, Fault, convert as words};
use serde_json::json;

use super::allotments::{Asked, ask};
use super::attempts::{attempts, hold, keep};
use super::{State, Told, convert, entry, lights};
use crate::domain::{Allotment, AmountChange, ChangeKind, Packs};
use crate::error::Trouble;

pub(crate) async fn adjust(
    state: &State,
    call: &Call,
    request: pb::AdjustAllotmentRequest,
) -> Result<pb::AdjustAllotmentResponse, Fault> {
    let (region, year, _) = words::parse_yearly("name", &request.name, "allotments")?;
    let change = AmountChange {
        kind: ChangeKind::Adjusted,
        date: words::parse_date("adjust_date", request.adjust_date.as_ref())?,
        change: words::parse_money("change_yuan", request.change_yuan.as_ref())?,
        document: request.document.clone(),
        reason: request.reason.clone(),
    };
    if change.change.is_zero() {
        return Err(Fault::field("change_yuan", "调整金额不得为 0"));
    }
    let asked =
        if change.change.is_negative() { None } else { Some(ask_again(state, call, &request.name).await?) };
    let places = [(region, year)];
    attempts!(state, call, &request, &places, |act, packs| {
        let stored = act.load_fresh::<Allotment>(call, &request.name, &request.etag).await?;
        let stored = apply(state, act, packs, stored, ("adjust_date", &change), asked.as_ref()).await?;
        Ok(pb::AdjustAllotmentResponse { allotment: Some(convert::allotment(&stored)) })
    })
}

/// More money passes the gate like the first.
async fn ask_again(state: &State, call: &Call, name: &str) -> Result<Asked, Fault> {
    let stored = state.acts.db.read().await?.load::<Allotment>(name, &call.scope()).await?;
    let stored = stored.ok_or_else(|| Fault::not_found(name))?;
    ask(state, call, &stored.record.issue.project).await
}

pub(crate) async fn carry_over(
    state: &State,
    call: &Call,
    request: pb::CarryOverAllotmentRequest,
) -> Result<pb::CarryOverAllotmentResponse, Fault> {
    let (region, year, _) = words::parse_yearly("name", &request.name, "allotments")?;
    let amount = words::parse_money("amount_yuan", request.amount_yuan.as_ref())?;
    if amount <= Money::ZERO {
        return Err(Fault::field("amount_yuan", "结转金额应大于 0"));
    }
    let change = AmountChange {
        kind: ChangeKind::CarriedOver,
        date: words::parse_date("carry_date", request.carry_date.as_ref())?,
        change: -amount,
        document: request.document.clone(),
        reason: request.reason.clone(),
    };
    let places = [(region, year)];
    attempts!(state, call, &request, &places, |act, packs| {
        let stored = act.load_fresh::<Allotment>(call, &request.name, &request.etag).await?;
        let stored = apply(state, act, packs, stored, ("carry_date", &change), None).await?;
        Ok(pb::CarryOverAllotmentResponse { allotment: Some(convert::allotment(&stored)) })
    })
}

/// Allotment and position change together.
async fn apply(
    state: &State,
    act: &mut Act,
    packs: &Packs,
    mut stored: Stored<Allotment>,
    (field, change): (&str, &AmountChange),
    asked: Option<&Asked>,
) -> Result<Stored<Allotment>, Trouble> {
    let (name, project) = (stored.record.resource_name(), stored.record.issue.project.clone());
    let held = hold(act, &DataScope::Everything, &project, &state.rules, packs).await?;
    let mut position = held.ok_or_else(|| Fault::not_found(project.position()))?;
    stored.record.change(field, change.clone(), act.today())?;
    match asked {
        Some(asked) => {
            position.record.set_budget(&asked.facts, asked.passed.budget);
            position.record.raise(change.change)?;
        }
        None => position.record.lower(&name, -change.change)?,
    }
    position.record.fit_freezes(&name, stored.record.current());
    let changes = packs.of(&position.record).map(|pack| position.record.relight(&pack)).unwrap_or_default();
    let stored = act.save(&stored).await?;
    let position = keep(act, position).await?;
    let kind = match change.kind {
        ChangeKind::Adjusted => "allotment.adjusted",
        ChangeKind::CarriedOver => "allotment.carried_over",
    };
    let told = Told {
        kind,
        subject: name.clone(),
        region: &project.region,
        unit: &position.record.unit,
        payload: json!({
            "project": project.name(),
            "change_yuan": change.change,
            "date": change.date,
            "document": change.document,
            "current_yuan": stored.record.current(),
            "allotted_yuan": position.record.allotted,
            "verdict": asked.map(|asked| &asked.passed.signed_verdict),
        }),
        reason: &change.reason,
    };
    let mut news = vec![entry(act, told)];
    news.extend(lights(act, &position.record, &changes, &name));
    act.tx.append_many(news).await?;
    Ok(stored)
}
