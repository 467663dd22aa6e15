//! Regions: create, get, list.

use hengji_db::Filter;
use hengji_kernel::RegionCode;
use hengji_proto::identity::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Begun, Call, Fault, convert as words};
use serde_json::json;

use super::{State, convert};
use crate::domain::Region;

pub(crate) async fn create(
    state: &State,
    call: &Call,
    request: pb::CreateRegionRequest,
) -> Result<pb::CreateRegionResponse, Fault> {
    let region = Region { code: words::word("code", &request.code)?, title: request.title.clone() };
    let name = region.resource_name();
    call.reach(&name, &region.code, None)?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let stored = act.insert(&region).await?;
    act.journal(News {
        kind: "region.created",
        subject: &name,
        region: Some(&region.code),
        unit: None,
        payload: json!({ "title": region.title }),
        reason: "",
    })
    .await?;
    act.finish(pb::CreateRegionResponse { region: Some(convert::region(&stored)) }).await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetRegionRequest,
) -> Result<pb::GetRegionResponse, Fault> {
    let stored = state
        .acts
        .db
        .read()
        .await?
        .load::<Region>(&request.name, &call.scope())
        .await?
        .ok_or_else(|| Fault::not_found(&request.name))?;
    Ok(pb::GetRegionResponse { region: Some(convert::region(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListRegionsRequest,
) -> Result<pb::ListRegionsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = Filter::new();
    if let Some(region) = words::word_or_none::<RegionCode>("region", &request.region)? {
        filter = filter.region_subtree(&region);
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Region>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListRegionsResponse { regions: rows.iter().map(convert::region).collect(), next_page_token })
}
