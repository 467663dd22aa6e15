//! Target templates: create, get, list.

use hengji_db::{Filter, Value};
use hengji_kernel::DataScope;
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Begun, Call, Fault, Reason};
use serde_json::json;

use super::fields::Fields;
use super::{State, convert};
use crate::domain::Template;

pub(crate) async fn create(
    state: &State,
    call: &Call,
    request: pb::CreateTemplateRequest,
) -> Result<pb::CreateTemplateResponse, Fault> {
    let template = parse(request.template.as_ref())?;
    let name = template.resource_name();
    call.reach(&name, &template.layer, None)?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let stored = act.insert(&template).await?;
    act.journal(News {
        kind: "template.created",
        subject: &name,
        region: Some(&template.layer),
        unit: None,
        payload: json!({ "title": template.title, "generation": template.generation, "year_from": template.year_from }),
        reason: "",
    })
    .await?;
    act.finish(pb::CreateTemplateResponse { template: Some(convert::template(&stored)) }).await
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

pub(crate) async fn get(
    state: &State,
    _: &Call,
    request: pb::GetTemplateRequest,
) -> Result<pb::GetTemplateResponse, Fault> {
    let mut tx = state.acts.db.read().await?;
    let stored = tx
        .load::<Template>(&request.name, &DataScope::Everything)
        .await?
        .ok_or_else(|| Fault::not_found(&request.name))?;
    Ok(pb::GetTemplateResponse { template: Some(convert::template(&stored)) })
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
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Template>(&DataScope::Everything, &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListTemplatesResponse { templates: rows.iter().map(convert::template).collect(), next_page_token })
}
