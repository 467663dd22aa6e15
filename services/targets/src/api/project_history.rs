//! Every version of a project: kept with each change, listed.

use hengji_db::{Filter, Stored};
use hengji_proto::targets::v1 as pb;
use hengji_rpc::{Act, Call, Fault};

use super::{State, convert};
use crate::domain::{Project, ProjectVersion};

fn version(act: &Act, stored: &Stored<Project>) -> ProjectVersion {
    ProjectVersion {
        number: stored.version,
        account: act.account.clone(),
        method: act.method.to_owned(),
        project: stored.record.clone(),
    }
}

/// Keeps the first versions of new projects.
pub(super) async fn begin(
    act: &mut Act,
    projects: impl Iterator<Item = &Stored<Project>>,
) -> Result<(), Fault> {
    let versions: Vec<_> = projects.map(|stored| version(act, stored)).collect();
    act.tx.insert_many(&versions, act.now).await?;
    Ok(())
}

/// Saves a project together with the version it now is.
pub(super) async fn save(act: &mut Act, stored: &Stored<Project>) -> Result<Stored<Project>, Fault> {
    let stored = act.save(stored).await?;
    let version = version(act, &stored);
    act.insert(&version).await?;
    Ok(stored)
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListProjectVersionsRequest,
) -> Result<pb::ListProjectVersionsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    state.find::<Project>(&call.scope(), &request.name).await?;
    let filter = Filter::new().eq("project", &request.name);
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<ProjectVersion>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (versions, next_page_token) = state.pages.close_long(&page, rows, convert::project_version)?;
    Ok(pb::ListProjectVersionsResponse { versions, next_page_token })
}
