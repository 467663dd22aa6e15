//! Explanations of missed targets: require (a hold is placed), file, accept (the hold is lifted), list.

use hengji_db::{Stored, Value};
use hengji_kernel::DataScope;
use hengji_proto::application::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use serde_json::json;

use super::{State, convert, filter};
use crate::domain::UnmetExplanation;
use crate::peers::HoldOrder;

/// The hold is placed before our own transaction: if that then fails, a repeat finds the hold standing and goes on.
pub(crate) async fn require(
    state: &State,
    call: &Call,
    request: pb::RequireExplanationRequest,
) -> Result<pb::RequireExplanationResponse, Fault> {
    let (region, _, _) = words::parse_yearly("task", &request.task, "evaluationTasks")?;
    let task = state.peers.task(call, &request.task).await?;
    call.reach(&request.task, &region, Some(&task.unit))?;
    let explanation = UnmetExplanation::required(&task)?;
    refuse_second(state, &explanation).await?;
    let order = HoldOrder { request_id: &request.request_id, validate_only: request.validate_only };
    state.peers.place_hold(call, order, &explanation).await?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let stored = act.insert(&explanation).await?;
    journal(&mut act, "explanation.required", &stored, "").await?;
    act.finish(pb::RequireExplanationResponse { explanation: Some(convert::explanation(&stored)) }).await
}

/// Told before a hold is placed in vain.
async fn refuse_second(state: &State, explanation: &UnmetExplanation) -> Result<(), Fault> {
    let mut tx = state.acts.db.read().await?;
    match tx.load::<UnmetExplanation>(&explanation.name, &DataScope::Everything).await? {
        Some(first) => Err(Fault::exists(first.record.name)),
        None => Ok(()),
    }
}

pub(crate) async fn file(
    state: &State,
    call: &Call,
    request: pb::FileExplanationRequest,
) -> Result<pb::FileExplanationResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<UnmetExplanation>(call, &request.name, &request.etag).await?;
    stored.record.file(call.account(), &request.text)?;
    let stored = act.save(&stored).await?;
    journal(&mut act, "explanation.filed", &stored, "").await?;
    act.finish(pb::FileExplanationResponse { explanation: Some(convert::explanation(&stored)) }).await
}

/// The hold is lifted before our own transaction: if that then fails, a repeat finds it lifted and goes on.
pub(crate) async fn accept(
    state: &State,
    call: &Call,
    request: pb::AcceptExplanationRequest,
) -> Result<pb::AcceptExplanationResponse, Fault> {
    let mut present = state.read::<UnmetExplanation>(call, &request.name).await?;
    words::check_etag(&request.name, &request.etag, &present)?;
    present.record.accept(call.account(), &request.opinion)?;
    let order = HoldOrder { request_id: &request.request_id, validate_only: request.validate_only };
    state.peers.release_hold(call, order, &present.record, &request.opinion).await?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<UnmetExplanation>(call, &request.name, &request.etag).await?;
    stored.record.accept(call.account(), &request.opinion)?;
    let stored = act.save(&stored).await?;
    journal(&mut act, "explanation.accepted", &stored, &request.opinion).await?;
    act.finish(pb::AcceptExplanationResponse { explanation: Some(convert::explanation(&stored)) }).await
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListExplanationsRequest,
) -> Result<pb::ListExplanationsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = filter(&request.region, "", request.year)?;
    if let Some(state) = convert::parse_explanation_state(request.state) {
        filter = filter.eq("state", Value::word(&state));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<UnmetExplanation>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    let explanations = rows.iter().map(convert::explanation).collect();
    Ok(pb::ListExplanationsResponse { explanations, next_page_token })
}

async fn journal(
    act: &mut Act,
    kind: &'static str,
    stored: &Stored<UnmetExplanation>,
    reason: &str,
) -> Result<(), Fault> {
    let UnmetExplanation { name, region, unit, task, project, hold, missed_indicators, .. } = &stored.record;
    let payload =
        json!({ "task": task, "project": project, "hold": hold, "missed_indicators": missed_indicators });
    act.journal(News { kind, subject: name, region: Some(region), unit: Some(unit), payload, reason }).await
}
