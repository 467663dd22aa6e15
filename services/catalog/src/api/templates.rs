//! Target templates: create, revise, review, activate, retire, get, list.

use hengji_db::{Filter, Stored, Value};
use hengji_kernel::{DataScope, FiscalYear, RegionCode};
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::{Begun, Call, Fault, Reason, convert as words};

use super::fields::Fields;
use super::life::{self, Step, advance, saved};
use super::{State, convert};
use crate::domain::{Living, Template, Yearly};

pub(crate) async fn create(
    state: &State,
    call: &Call,
    request: pb::CreateTemplateRequest,
) -> Result<pb::CreateTemplateResponse, Fault> {
    let template = parse(request.template.as_ref())?;
    call.reach(&template.resource_name(), &template.layer, None)?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let stored = [act.insert(&template).await?];
    life::tell(&mut act, "template.created", &stored, "").await?;
    act.finish(pb::CreateTemplateResponse { template: stored.first().map(convert::template) }).await
}

fn parse(message: Option<&pb::TargetTemplate>) -> Result<Template, Fault> {
    let mut fields = Fields::default();
    fields.enter("template.");
    let template = message.and_then(|message| convert::parse_template(&mut fields, message));
    fields.done()?;
    let template = template.ok_or_else(|| Fault::field("template", "必填"))?;
    let faults = template.weight_faults();
    if faults.is_empty() {
        return Ok(template);
    }
    let faults = faults.into_iter().map(|(field, rule)| (format!("template.{field}"), rule)).collect();
    Err(Fault::fields(Reason::WeightsWrong, faults))
}

pub(crate) async fn revise(
    state: &State,
    call: &Call,
    request: pb::ReviseTemplateRequest,
) -> Result<pb::ReviseTemplateResponse, Fault> {
    let change = parse(request.template.as_ref())?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut template = act.load_fresh::<Template>(call, &request.name, &request.etag).await?;
    template.record.revise(change)?;
    let saved = saved(&mut act, "template.revised", &[template], &request.reason).await?;
    act.finish(pb::ReviseTemplateResponse { template: saved.first().map(convert::template) }).await
}

fn all(stored: &[Stored<Template>]) -> Vec<pb::TargetTemplate> {
    stored.iter().map(convert::template).collect()
}

pub(crate) async fn submit(
    state: &State,
    call: &Call,
    request: pb::SubmitTemplatesRequest,
) -> Result<pb::SubmitTemplatesResponse, Fault> {
    let step = Step { kind: "template.submitted", word: "送审", take: Template::submit };
    let answer = |saved: Vec<_>| pb::SubmitTemplatesResponse { templates: all(&saved) };
    advance(state, call, (&request, &request.names, ""), step, answer).await
}

pub(crate) async fn send_back(
    state: &State,
    call: &Call,
    request: pb::ReturnTemplatesRequest,
) -> Result<pb::ReturnTemplatesResponse, Fault> {
    let step = Step { kind: "template.returned", word: "退回", take: Template::send_back };
    let answer = |saved: Vec<_>| pb::ReturnTemplatesResponse { templates: all(&saved) };
    advance(state, call, (&request, &request.names, &request.reason), step, answer).await
}

pub(crate) async fn activate(
    state: &State,
    call: &Call,
    request: pb::ActivateTemplatesRequest,
) -> Result<pb::ActivateTemplatesResponse, Fault> {
    let step = Step { kind: "template.activated", word: "启用", take: Template::activate };
    let answer = |saved: Vec<_>| pb::ActivateTemplatesResponse { templates: all(&saved) };
    advance(state, call, (&request, &request.names, ""), step, answer).await
}

pub(crate) async fn retire(
    state: &State,
    call: &Call,
    request: pb::RetireTemplateRequest,
) -> Result<pb::RetireTemplateResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut template = act.load_fresh::<Template>(call, &request.name, &request.etag).await?;
    let successor = life::successor::<Template>(&mut act, &request.name, &request.successor).await?;
    template.record.retire(successor)?;
    let saved = saved(&mut act, "template.retired", &[template], &request.reason).await?;
    act.finish(pb::RetireTemplateResponse { template: saved.first().map(convert::template) }).await
}

pub(crate) async fn get(
    state: &State,
    _: &Call,
    request: pb::GetTemplateRequest,
) -> Result<pb::GetTemplateResponse, Fault> {
    let year = year(request.year)?;
    if year.is_some() && request.revision != 0 {
        return Err(Fault::field("year", "不能与 revision 同时给出"));
    }
    let mut tx = state.acts.db.read().await?;
    let stored = tx
        .load::<Template>(&request.name, &DataScope::Everything)
        .await?
        .ok_or_else(|| Fault::not_found(&request.name))?;
    let revision = u32::try_from(request.revision).unwrap_or_default();
    let found = match year {
        Some(year) => stored.record.in_year(year),
        None => stored.record.at_revision(revision),
    };
    // a past revision is told under the state of the record: retired or not, and by what succeeded
    let record = found.map(|found| Template {
        state: stored.record.state,
        successor: stored.record.successor.clone(),
        ..found.clone()
    });
    let record = record.ok_or_else(|| Fault::not_found(&request.name))?;
    Ok(pb::GetTemplateResponse { template: Some(convert::template(&Stored { record, ..stored })) })
}

/// `None` for 0.
fn year(number: i32) -> Result<Option<FiscalYear>, Fault> {
    let mut fields = Fields::default();
    let year = fields.year_or_open("year", number);
    fields.done()?;
    Ok(year)
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListTemplatesRequest,
) -> Result<pb::ListTemplatesResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = Filter::new();
    if let Some(object_type) = convert::parse_object_type(request.object_kind) {
        filter = filter.eq("object_type", Value::word(&object_type));
    }
    if let Some(layer) = words::word_or_none::<RegionCode>("layer", &request.layer)? {
        filter = filter.one_of("region", layer.layers());
    }
    if let Some(state) = convert::parse_library_state(request.state) {
        filter = filter.eq("state", Value::word(&state));
    }
    if let Some(year) = year(request.year)? {
        filter = filter.at_most("year_from", year).at_least("year_to", year);
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Template>(&DataScope::Everything, &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListTemplatesResponse { templates: all(&rows), next_page_token })
}
