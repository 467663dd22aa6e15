//! Monitoring forms (绩效监控表): filled in by hand or from a sheet, filed, reviewed, get, list, as a sheet.

use hengji_db::{Stored, Value};
use hengji_kernel::{DataScope, RegionCode, name};
use hengji_proto::Mutating;
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use prost::Message;
use serde_json::json;

use super::attempts::attempts;
use super::payments::within_subtree;
use super::{State, convert, positions};
use crate::domain::{FormState, Given, MonitoringForm, Packs, Position, ProjectKey, Round, Verdict};
use crate::error::{Trouble, all_refused};
use crate::sheet;

pub(crate) async fn fill(
    state: &State,
    call: &Call,
    request: pb::FillMonitoringFormRequest,
) -> Result<pb::FillMonitoringFormResponse, Fault> {
    let given = convert::parse_given(&request)?;
    let answer = |form| pb::FillMonitoringFormResponse { form: Some(form) };
    take_in(state, call, &request, (&request.name, &request.etag), given, answer).await
}

pub(crate) async fn import(
    state: &State,
    call: &Call,
    request: pb::ImportMonitoringFormRequest,
) -> Result<pb::ImportMonitoringFormResponse, Fault> {
    let given = sheet::read(&request.workbook, &request.name).map_err(all_refused)?;
    let answer = |form| pb::ImportMonitoringFormResponse { form: Some(form) };
    take_in(state, call, &request, (&request.name, &request.etag), given, answer).await
}

/// Stores what is given in a form, with figures and readings taken anew.
async fn take_in<Q: Mutating, A: Message + Default>(
    state: &State,
    call: &Call,
    request: &Q,
    (form, etag): (&str, &str),
    given: Given,
    answer: impl Fn(pb::MonitoringForm) -> A,
) -> Result<A, Fault> {
    let project = project_of(form)?;
    let places = [(project.region.clone(), project.year)];
    attempts!(state, call, request, &places, |act, packs| {
        let mut stored = refilled(state, act, call, (form, etag), packs, "填报").await?;
        stored.record.fill(call.account(), given.clone()).map_err(all_refused)?;
        let stored = act.save(&stored).await?;
        tell(act, "monitoring_form.filled", &stored, "").await?;
        Ok(answer(convert::form(&stored, act.today())))
    })
}

pub(crate) async fn file(
    state: &State,
    call: &Call,
    request: pb::FileMonitoringFormRequest,
) -> Result<pb::FileMonitoringFormResponse, Fault> {
    let project = project_of(&request.name)?;
    let places = [(project.region.clone(), project.year)];
    attempts!(state, call, &request, &places, |act, packs| {
        let form = (request.name.as_str(), request.etag.as_str());
        let mut stored = refilled(state, act, call, form, packs, "报送").await?;
        stored.record.file(call.account()).map_err(all_refused)?;
        let stored = act.save(&stored).await?;
        tell(act, "monitoring_form.filed", &stored, "").await?;
        Ok(pb::FileMonitoringFormResponse { form: Some(convert::form(&stored, act.today())) })
    })
}

/// The form as the caller read it, not filed and of an open round, with figures and readings as the ledger has them now for its
/// cut-off.
async fn refilled(
    state: &State,
    act: &mut Act,
    call: &Call,
    (form, etag): (&str, &str),
    packs: &Packs,
    action: &'static str,
) -> Result<Stored<MonitoringForm>, Trouble> {
    let mut stored = act.load_fresh::<MonitoringForm>(call, form, etag).await?;
    must_be_of_open_round(act, &stored.record, action).await?;
    stored.record.must_be_unfiled(action)?;
    let position = stored.record.project.position();
    let position = act.tx.load::<Position>(&position, &DataScope::Everything).await?;
    let position = position.ok_or_else(|| Fault::not_found(stored.record.project.name()))?.record;
    if state.rules.learn(packs, [&position.funds]) {
        return Err(Trouble::Again);
    }
    let mut then = positions::at(&mut act.tx, &position, stored.record.cut_off).await?;
    if let Some(pack) = packs.of(&position) {
        then.relight(&pack);
    }
    stored.record.refill(&then);
    Ok(stored)
}

async fn must_be_of_open_round(
    act: &mut Act,
    form: &MonitoringForm,
    action: &'static str,
) -> Result<(), Fault> {
    let round = act.tx.load::<Round>(&form.round, &DataScope::Everything).await?;
    let round = round.ok_or_else(|| Fault::not_found(&form.round))?;
    Ok(round.record.must_be_open(action)?)
}

/// The project a form is named after: `.../forms/640323000.P001`.
fn project_of(form: &str) -> Result<ProjectKey, Fault> {
    let invalid = |invalid| Fault::invalid("name", invalid);
    let [_, year, _, id] = name::parse(form, ["regions", "years", "rounds", "forms"]).map_err(invalid)?;
    let (region, id) = id.split_once('.').ok_or_else(|| Fault::field("name", "末段应为“区划代码.项目”"))?;
    let region: RegionCode = words::word("name", region)?;
    Ok(ProjectKey { region, year: words::word("name", year)?, id: id.to_owned() })
}

pub(crate) async fn review(
    state: &State,
    call: &Call,
    request: pb::ReviewMonitoringFormRequest,
) -> Result<pb::ReviewMonitoringFormResponse, Fault> {
    let verdict = Verdict {
        accepted: request.accepted,
        opinion: request.opinion.clone(),
        due: words::parse_date_or_none("due_date", request.due_date.as_ref())?,
    };
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<MonitoringForm>(call, &request.name, &request.etag).await?;
    must_be_of_open_round(&mut act, &stored.record, "审核").await?;
    stored.record.review(call.account(), verdict)?;
    let stored = act.save(&stored).await?;
    let kind = if request.accepted { "monitoring_form.accepted" } else { "monitoring_form.returned" };
    tell(&mut act, kind, &stored, &request.opinion).await?;
    let today = act.today();
    act.finish(pb::ReviewMonitoringFormResponse { form: Some(convert::form(&stored, today)) }).await
}

async fn tell(
    act: &mut Act,
    kind: &'static str,
    stored: &Stored<MonitoringForm>,
    reason: &str,
) -> Result<(), Fault> {
    let record = &stored.record;
    act.journal(News {
        kind,
        subject: &record.name,
        region: Some(&record.project.region),
        unit: Some(&record.unit),
        payload: json!({
            "round": record.round,
            "project": record.project.name(),
            "state": record.state,
            "due_date": record.due,
            "paid_yuan": record.figures.paid,
            "forecast_yuan": record.forecast,
        }),
        reason,
    })
    .await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetMonitoringFormRequest,
) -> Result<pb::GetMonitoringFormResponse, Fault> {
    let stored = load(state, call, &request.name).await?;
    let today = state.acts.clock.today();
    Ok(pb::GetMonitoringFormResponse { form: Some(convert::form(&stored, today)) })
}

async fn load(state: &State, call: &Call, name: &str) -> Result<Stored<MonitoringForm>, Fault> {
    let mut tx = state.acts.db.read().await?;
    let stored = tx.load::<MonitoringForm>(name, &call.scope()).await?;
    stored.ok_or_else(|| Fault::not_found(name))
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListMonitoringFormsRequest,
) -> Result<pb::ListMonitoringFormsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let today = state.acts.clock.today();
    let mut filter = within_subtree(&request.region, &request.unit, request.year)?;
    for (column, value) in [("round", &request.round), ("project", &request.project)] {
        if !value.is_empty() {
            filter = filter.eq(column, value);
        }
    }
    if let Some(form) = convert::parse_form_state(request.state()) {
        filter = filter.eq("state", Value::word(&form));
    }
    if request.overdue {
        let unfiled = [FormState::Pending, FormState::Returned].map(|state| Value::word(&state));
        filter = filter.one_of("state", unfiled).at_most("due_date", today.plus_days(-1));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<MonitoringForm>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (forms, next_page_token) =
        state.pages.close_long(&page, rows, |stored| convert::form(stored, today))?;
    Ok(pb::ListMonitoringFormsResponse { forms, next_page_token })
}

pub(crate) async fn export(
    state: &State,
    call: &Call,
    request: pb::ExportMonitoringFormRequest,
) -> Result<pb::ExportMonitoringFormResponse, Fault> {
    let form = load(state, call, &request.name).await?.record;
    let goal = state.targets.goal(call, &form.figures.target, form.figures.target_version).await?;
    let workbook = sheet::write(&form, &goal).map_err(Fault::internal)?;
    Ok(pb::ExportMonitoringFormResponse {
        file_name: format!("绩效监控表-{}.xlsx", form.project.id),
        workbook,
    })
}
