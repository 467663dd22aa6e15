//! Mid-year additions: file, approve, get, list.

use hengji_db::{Stored, Value};
use hengji_kernel::DataScope;
use hengji_proto::targets::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use serde_json::json;

use super::convert;
use super::{State, project_history as history, projects};
use crate::domain::{Addition, AdditionState, Project, Target};
use crate::error::Refusal;
use crate::store::listed;

pub(crate) async fn file(
    state: &State,
    call: &Call,
    request: pb::FileAdditionRequest,
) -> Result<pb::FileAdditionResponse, Fault> {
    let (region, year, _) = words::parse_yearly("project", &request.project, "projects")?;
    let amount = words::parse_money("amount_yuan", request.amount_yuan.as_ref())?;
    if amount.is_negative() || amount.is_zero() {
        return Err(Fault::field("amount_yuan", "须大于 0"));
    }
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let project = act.load::<Project>(call, &request.project).await?.record;
    project.demand_open()?;
    if request.target.is_empty() {
        let message = "追加资金须同时申报绩效目标（无目标不安排）";
        return Err(Refusal::TargetRequired(request.project, message).into());
    }
    let mut target = act.load::<Target>(call, &request.target).await?;
    if target.record.project() != Some(request.project.as_str()) {
        let message = "该目标不是本项目的绩效目标";
        return Err(Refusal::TargetRequired(request.target, message).into());
    }
    let addition = Addition {
        region,
        year,
        id: request.addition_id.clone(),
        project: request.project.clone(),
        unit: project.unit,
        amount,
        target: request.target.clone(),
        target_version: target.record.target_version,
        reason: request.reason.clone(),
        state: AdditionState::Filed,
        declarer: call.account().to_owned(),
        approve_date: None,
    };
    target.record.travel_with(&addition.resource_name())?;
    let stored = act.insert(&addition).await?;
    act.save(&target).await?;
    journal(&mut act, "addition.filed", &addition, "", &request.reason).await?;
    act.finish(pb::FileAdditionResponse { addition: Some(convert::addition(&stored)) }).await
}

pub(crate) async fn approve(
    state: &State,
    call: &Call,
    request: pb::ApproveAdditionRequest,
) -> Result<pb::ApproveAdditionResponse, Fault> {
    let said = words::parse_date_or_none("approve_date", request.approve_date.as_ref())?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut addition = act.load_fresh::<Addition>(call, &request.name, &request.etag).await?;
    let target = known::<Target>(&mut act, &addition.record.target).await?;
    let day = addition.record.approval_day(said, act.today())?;
    addition.record.approve(call.account(), &target.record, day)?;
    let mut project = known::<Project>(&mut act, &addition.record.project).await?;
    project.record.add(addition.record.amount)?;
    history::save(&mut act, &project).await?;
    let stored = act.save(&addition).await?;
    journal(&mut act, "addition.approved", &stored.record, &request.document, "").await?;
    act.finish(pb::ApproveAdditionResponse { addition: Some(convert::addition(&stored)) }).await
}

/// What an addition in reach names.
pub(super) async fn known<T: hengji_db::Record>(act: &mut Act, name: &str) -> Result<Stored<T>, Fault> {
    act.tx.load::<T>(name, &DataScope::Everything).await?.ok_or_else(|| Fault::not_found(name))
}

async fn journal(
    act: &mut Act,
    kind: &'static str,
    addition: &Addition,
    document: &str,
    reason: &str,
) -> Result<(), Fault> {
    act.journal(News {
        kind,
        subject: &addition.resource_name(),
        region: Some(&addition.region),
        unit: Some(&addition.unit),
        payload: json!({
            "project": addition.project,
            "amount_yuan": addition.amount,
            "target": addition.target,
            "document": document,
            "approve_date": addition.approve_date,
        }),
        reason,
    })
    .await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetAdditionRequest,
) -> Result<pb::GetAdditionResponse, Fault> {
    let stored = state.find::<Addition>(&call.scope(), &request.name).await?;
    Ok(pb::GetAdditionResponse { addition: Some(convert::addition(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListAdditionsRequest,
) -> Result<pb::ListAdditionsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = projects::within_units(projects::within(&request.region, request.year)?, &request.unit)?;
    if !request.project.is_empty() {
        filter = filter.eq("project", &request.project);
    }
    if let Some(wanted) = convert::parse_addition_state(request.state) {
        filter = filter.eq("state", Value::word(&wanted));
    }
    filter = projects::of_money(filter, request.fund_kind, request.mark);
    let mut tx = state.acts.db.read().await?;
    let rows = listed::page::<Addition>(&mut tx, &call.scope(), &filter, &page).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListAdditionsResponse { additions: rows.iter().map(convert::addition).collect(), next_page_token })
}
