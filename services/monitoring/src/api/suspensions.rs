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
use crate::domain::{ProjectKey, Suspension, SuspensionState};
use crate::error::Trouble;

pub(crate) async fn order(
    state: &State,
    call: &Call,
    request: pb::OrderSuspensionRequest,
) -> Result<pb::OrderSuspensionResponse, Fault> {
    let project =
        ProjectKey::parse(&request.project).map_err(|invalid| Fault::invalid("project", invalid))?;
    let places = [(project.region.clone(), project.year)];
    attempts!(state, call, &request, &places, |act, packs| {
        let held = hold(act, &call.scope(), &project, &state.rules, packs).await?;
        let mut position = held.ok_or_else(|| Fault::not_found(&request.project))?;
        let suspension = Suspension {
            project: project.clone(),
            id: request.suspension_id.clone(),
            unit: position.record.unit.clone(),
            authority: request.authority.clone(),
            reason: request.reason.clone(),
            lift_condition: request.lift_condition.clone(),
            state: SuspensionState::Standing,
            lift_reason: String::new(),
            order_date: act.today(),
            lift_date: None,
        };
        position.record.suspend(suspension.resource_name())?;
        let stored = act.insert(&suspension).await?;
        keep(act, position).await?;
        tell(act, "suspension.ordered", &stored, &request.reason).await?;
        Ok(pb::OrderSuspensionResponse { suspension: Some(convert::suspension(&stored)) })
    })
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
        position.record.resume();
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
    if let Some(suspension) = convert::parse_suspension_state(request.state()) {
        filter = filter.eq("state", Value::word(&suspension));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Suspension>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    let suspensions = rows.iter().map(convert::suspension).collect();
    Ok(pb::ListSuspensionsResponse { suspensions, next_page_token })
}
