//! Approved targets as they may be published: get, list.

use std::collections::HashMap;

use hengji_db::Stored;
use hengji_kernel::{DataScope, UnitCode};
use hengji_proto::targets::v1 as pb;
use hengji_rpc::{Call, Fault, convert as words};

use super::{State, convert, projects};
use crate::domain::{Target, TargetVersion};
use crate::store::listed;

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetPublishedTargetRequest,
) -> Result<pb::GetPublishedTargetResponse, Fault> {
    let approved = state.find::<Target>(&call.scope(), &request.name).await?.record.approved_version;
    let version = TargetVersion::name_of(&request.name, approved);
    let found = state.acts.db.read().await?.load::<TargetVersion>(&version, &call.scope()).await?;
    let found = found.ok_or_else(|| Fault::not_found(&request.name))?;
    let classes: Vec<_> = request.classes().collect();
    Ok(pb::GetPublishedTargetResponse { target: Some(convert::published(&found.record, &classes)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListPublishedTargetsRequest,
) -> Result<pb::ListPublishedTargetsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let scope = call.scope();
    let filter = projects::within(&request.region, request.year)?.at_least("approved_version", 1);
    let mut filter = projects::within_scope(filter, &scope);
    if let Some(unit) = words::word_or_none::<UnitCode>("unit", &request.unit)? {
        filter = filter.unit_subtree(&unit);
    }
    filter = projects::of_money(filter, request.fund_kind, request.mark);
    let mut tx = state.acts.db.read().await?;
    let rows = listed::page::<Target>(&mut tx, &scope, &filter, &page).await?;
    let names: Vec<String> = rows.iter().map(version_of).collect();
    let versions = tx.load_many::<TargetVersion>(&names, &DataScope::Everything).await?;
    let versions: HashMap<_, _> =
        versions.into_iter().map(|stored| (stored.record.resource_name(), stored.record)).collect();
    let classes: Vec<_> = request.classes().collect();
    let published = |row: &Stored<Target>| {
        versions
            .get(&version_of(row))
            .map(|version| convert::published(version, &classes))
            .unwrap_or_default()
    };
    let (targets, next_page_token) = state.pages.close_long(&page, rows, published)?;
    Ok(pb::ListPublishedTargetsResponse { targets, next_page_token })
}

/// Name of the baseline.
fn version_of(row: &Stored<Target>) -> String {
    TargetVersion::name_of(&row.record.resource_name(), row.record.approved_version)
}
