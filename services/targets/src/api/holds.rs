//! Holds: place, release, list.

use hengji_db::Value;
use hengji_proto::targets::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use serde_json::json;

use super::{State, convert, projects};
use crate::domain::{Hold, HoldState};
use crate::store::listed;

pub(crate) async fn place(
    state: &State,
    call: &Call,
    request: pb::PlaceHoldRequest,
) -> Result<pb::PlaceHoldResponse, Fault> {
    let (region, year) = words::parse_parent("parent", &request.parent)?;
    let hold = Hold {
        region,
        year,
        id: request.hold_id.clone(),
        project_code: request.project_code.clone(),
        unit: words::word("unit", &request.unit)?,
        cause: request.cause.clone(),
        authority: request.authority.clone(),
        state: HoldState::Standing,
        release_reason: String::new(),
        placed_by: call.account().to_owned(),
        released: None,
    };
    call.reach(&hold.resource_name(), &hold.region, Some(&hold.unit))?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let stored = act.insert(&hold).await?;
    journal(&mut act, "hold.placed", &hold, &hold.cause).await?;
    act.finish(pb::PlaceHoldResponse { hold: Some(convert::hold(&stored)) }).await
}

pub(crate) async fn release(
    state: &State,
    call: &Call,
    request: pb::ReleaseHoldRequest,
) -> Result<pb::ReleaseHoldResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut hold = act.load_fresh::<Hold>(call, &request.name, &request.etag).await?;
    let now = act.now;
    hold.record.release(&request.reason, call.account(), now)?;
    let stored = act.save(&hold).await?;
    journal(&mut act, "hold.released", &stored.record, &request.reason).await?;
    act.finish(pb::ReleaseHoldResponse { hold: Some(convert::hold(&stored)) }).await
}

async fn journal(act: &mut Act, kind: &'static str, hold: &Hold, reason: &str) -> Result<(), Fault> {
    act.journal(News {
        kind,
        subject: &hold.resource_name(),
        region: Some(&hold.region),
        unit: Some(&hold.unit),
        payload: json!({ "project_code": hold.project_code, "authority": hold.authority }),
        reason,
    })
    .await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetHoldRequest,
) -> Result<pb::GetHoldResponse, Fault> {
    let stored = state.find::<Hold>(&call.scope(), &request.name).await?;
    Ok(pb::GetHoldResponse { hold: Some(convert::hold(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListHoldsRequest,
) -> Result<pb::ListHoldsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = projects::within_units(projects::within(&request.region, request.year)?, &request.unit)?;
    if !request.project_code.is_empty() {
        filter = filter.eq("project_code", &request.project_code);
    }
    if let Some(wanted) = convert::parse_hold_state(request.state) {
        filter = filter.eq("state", Value::word(&wanted));
    }
    filter = projects::of_any_money(filter, request.fund_kind, request.mark);
    let mut tx = state.acts.db.read().await?;
    let rows = listed::page::<Hold>(&mut tx, &call.scope(), &filter, &page).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListHoldsResponse { holds: rows.iter().map(convert::hold).collect(), next_page_token })
}
