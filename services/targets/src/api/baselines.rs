//! Approved versions: the baseline of a past day, and all of one target.

use hengji_db::{Filter, Stored, Tx};
use hengji_kernel::{DataScope, Timestamp};
use hengji_proto::targets::v1 as pb;
use hengji_rpc::{Call, Fault, convert as words};

use super::{State, convert};
use crate::domain::{Target, TargetVersion};
use crate::store::lookup;

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetBaselineRequest,
) -> Result<pb::GetBaselineResponse, Fault> {
    let until = Timestamp::end_of(words::parse_date("date", request.date.as_ref())?);
    let mut tx = state.acts.db.read().await?;
    let targets = named(&mut tx, &request.name).await?;
    let versions = approved(&mut tx, &call.scope(), &targets, until).await?;
    let last = versions.into_iter().max_by_key(|stored| (stored.created_at, stored.record.0.resource_name()));
    let baseline = last.ok_or_else(|| Fault::not_found(&request.name))?;
    Ok(pb::GetBaselineResponse { target: Some(convert::target(&baseline, &baseline.record.0)) })
}

/// The target of this name, or the targets about the object of this name.
async fn named(tx: &mut Tx, name: &str) -> Result<Vec<String>, Fault> {
    if words::parse_yearly("name", name, "targets").is_ok() {
        return Ok(vec![name.to_owned()]);
    }
    Ok(lookup::targets_of(tx, name).await?.iter().map(Target::resource_name).collect())
}

/// Versions of these targets approved by an instant, within the caller's reach.
async fn approved(
    tx: &mut Tx,
    scope: &DataScope,
    targets: &[String],
    until: Timestamp,
) -> Result<Vec<Stored<TargetVersion>>, Fault> {
    let filter = Filter::new().one_of("target", targets).at_most("created_at", until);
    Ok(tx.page::<TargetVersion>(scope, &filter, None, usize::MAX).await?)
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListTargetVersionsRequest,
) -> Result<pb::ListTargetVersionsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    state.find::<Target>(&call.scope(), &request.name).await?;
    let filter = Filter::new().eq("target", &request.name);
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<TargetVersion>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let version = |stored: &Stored<TargetVersion>| convert::target(stored, &stored.record.0);
    let (targets, next_page_token) = state.pages.close_long(&page, rows, version)?;
    Ok(pb::ListTargetVersionsResponse { targets, next_page_token })
}
