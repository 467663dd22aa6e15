//! Suspension of payment (暂停拨付): ordered and lifted on the position that payments hold, so that each payment comes
//! before it or meets it.

use hengji_db::{Stored, Value};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Call, Fault, convert as words};
use serde_json::json;

use super::attempts::{attempts, hold, keep};
use super::payments::within_subtree;
use super::{State, convert};
use crate::domain::{Allotment, ProjectKey, Suspension, SuspensionState};
use crate::error::Trouble;

pub(crate) async fn order(
    state: &State,
    call: &Call,
    request: pb::OrderSuspensionRequest,
) -> Result<pb::OrderSuspensionResponse, Fault> {
    let project =
        ProjectKey::parse(&request.project).map_err(|invalid| Fault::invalid("project", invalid))?;
    let amount = request.amount_yuan.as_ref();
    let amount = amount.map(|yuan| words::parse_money("amount_yuan", Some(yuan))).transpose()?;
    let places = [(project.region.clone(), project.year)];
    attempts!(state, call, &request, &places, |act, packs| {
        let held = hold(act, &call.scope(), &project, &state.rules, packs).await?;
        let mut position = held.ok_or_else(|| Fault::not_found(&request.project))?;
        let mut suspension = Suspension {
            project: project.clone(),
            id: request.suspension_id.clone(),
            unit: position.record.unit.clone(),
            allotment: request.allotment.clone(),
            amount,
            authority: request.authority.clone(),
            reason: request.reason.clone(),
            lift_condition: request.lift_condition.clone(),
            state: SuspensionState::Standing,
            lift_reason: String::new(),
            order_date: act.today(),
            lift_date: None,
        };
        let allotment = allotment(act, call, &request.allotment).await?;
        position.record.obey(&mut suspension, allotment.as_ref())?;
        let stored = act.insert(&suspension).await?;
        keep(act, position).await?;
        tell(act, "suspension.ordered", &stored, &request.reason).await?;
        Ok(pb::OrderSuspensionResponse { suspension: Some(convert::suspension(&stored)) })
    })
}

/// The allotment an order names, if it names one.
async fn allotment(act: &mut Act, call: &Call, name: &str) -> Result<Option<Allotment>, Fault> {
    if name.is_empty() {
        return Ok(None);
    }
    Ok(Some(act.load::<Allotment>(call, name).await?.record))
}

pub(crate) async fn lift(
    state: &State,
    call: &Call,
    request: pb::LiftSuspensionRequest,
) -> Result<pb::LiftSuspensionResponse, Fault> {
    let (region, year, _) = words::parse_yearly("name", &request.name, "suspensions")?;
    let places = [(region, year)];
    attempts!(state, call, &request, &places, |act, packs| {
        let mut stored = act.load_fresh::<Suspension>(call, &request.name, &request.etag).await?;
        let project = stored.record.project.clone();
        let held = hold(act, &call.scope(), &project, &state.rules, packs).await?;
        let mut position = held.ok_or_else(|| Fault::not_found(project.name()))?;
        stored.record.lift(request.reason.clone(), act.today())?;
        position.record.release(&stored.record);
        let stored = act.save(&stored).await?;
        keep(act, position).await?;
        tell(act, "suspension.lifted", &stored, &request.reason).await?;
        Ok(pb::LiftSuspensionResponse { suspension: Some(convert::suspension(&stored)) })
    })
}

async fn tell(
    act: &mut Act,
    kind: &'static str,
    stored: &Stored<Suspension>,
    reason: &str,
) -> Result<(), Trouble> {
    let record = &stored.record;
    let subject = record.resource_name();
    let told = act.journal(News {
        kind,
        subject: &subject,
        region: Some(&record.project.region),
        unit: Some(&record.unit),
        payload: json!({
            "project": record.project.name(),
            "authority": record.authority,
            "lift_condition": record.lift_condition,
            "allotment": record.allotment,
            "amount_yuan": record.amount,
        }),
        reason,
    });
    Ok(told.await?)
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetSuspensionRequest,
) -> Result<pb::GetSuspensionResponse, Fault> {
    let mut tx = state.acts.db.read().await?;
    let stored = tx.load::<Suspension>(&request.name, &call.scope()).await?;
    let stored = stored.ok_or_else(|| Fault::not_found(&request.name))?;
    Ok(pb::GetSuspensionResponse { suspension: Some(convert::suspension(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListSuspensionsRequest,
) -> Result<pb::ListSuspensionsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = within_subtree(&request.region, "", request.year)?;
    if !request.project.is_empty() {
        filter = filter.eq("project", &request.project);
    }
    if let Some(suspension) = convert::parse_suspension_state(request.state()) {
        filter = filter.eq("state", Value::word(&suspension));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Suspension>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    let suspensions = rows.iter().map(convert::suspension).collect();
    Ok(pb::ListSuspensionsResponse { suspensions, next_page_token })
}
