//! Organizations: create, get, list.

use hengji_db::{Filter, Value};
use hengji_kernel::{RegionCode, UnitCode, name};
use hengji_proto::identity::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Begun, Call, Fault, convert as words};
use serde_json::json;

use super::{State, convert};
use crate::domain::{Organization, Region};

pub(crate) async fn create(
    state: &State,
    call: &Call,
    request: pb::CreateOrganizationRequest,
) -> Result<pb::CreateOrganizationResponse, Fault> {
    let [region] =
        name::parse(&request.parent, ["regions"]).map_err(|invalid| Fault::invalid("parent", invalid))?;
    let organization = Organization {
        region: words::word("parent", region)?,
        code: words::word("code", &request.code)?,
        title: request.title.clone(),
        kind: convert::parse_kind(request.kind).ok_or_else(|| Fault::field("kind", "必填"))?,
    };
    call.reach(&request.parent, &organization.region, Some(&organization.code))?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    act.load::<Region>(call, &request.parent).await?;
    let stored = act.insert(&organization).await?;
    act.journal(News {
        kind: "organization.created",
        subject: &organization.resource_name(),
        region: Some(&organization.region),
        unit: Some(&organization.code),
        payload: json!({ "title": organization.title, "kind": organization.kind }),
        reason: "",
    })
    .await?;
    act.finish(pb::CreateOrganizationResponse { organization: Some(convert::organization(&stored)) }).await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetOrganizationRequest,
) -> Result<pb::GetOrganizationResponse, Fault> {
    let stored = state
        .acts
        .db
        .read()
        .await?
        .load::<Organization>(&request.name, &call.scope())
        .await?
        .ok_or_else(|| Fault::not_found(&request.name))?;
    Ok(pb::GetOrganizationResponse { organization: Some(convert::organization(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListOrganizationsRequest,
) -> Result<pb::ListOrganizationsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = Filter::new();
    if let Some(region) = words::word_or_none::<RegionCode>("region", &request.region)? {
        filter = filter.region_subtree(&region);
    }
    if let Some(unit) = words::word_or_none::<UnitCode>("unit", &request.unit)? {
        filter = filter.unit_subtree(&unit);
    }
    if let Some(kind) = convert::parse_kind(request.kind) {
        filter = filter.eq("kind", Value::word(&kind));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Organization>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListOrganizationsResponse {
        organizations: rows.iter().map(convert::organization).collect(),
        next_page_token,
    })
}
