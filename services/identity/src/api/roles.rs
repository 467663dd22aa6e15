//! Roles: create, list.

use hengji_db::Filter;
use hengji_kernel::DataScope;
use hengji_proto::identity::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Begun, Call, Fault, convert as words};
use serde_json::json;

use super::{State, convert};
use crate::domain::Role;

/// Roles belong to no place, so only an operator who reaches the nation can make one.
pub(crate) async fn create(
    state: &State,
    call: &Call,
    request: pb::CreateRoleRequest,
) -> Result<pb::CreateRoleResponse, Fault> {
    let role = Role::new(request.role_id.clone(), request.title.clone(), request.permissions.clone())?;
    let name = role.resource_name();
    call.reach(&name, &words::word("role_id", "000000000")?, None)?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let stored = act.insert(&role).await?;
    act.journal(News {
        kind: "role.created",
        subject: &name,
        region: None,
        unit: None,
        payload: json!({ "permissions": role.permissions }),
        reason: "",
    })
    .await?;
    act.finish(pb::CreateRoleResponse { role: Some(convert::role(&stored)) }).await
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListRolesRequest,
) -> Result<pb::ListRolesResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Role>(&DataScope::Everything, &Filter::new(), page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListRolesResponse { roles: rows.iter().map(convert::role).collect(), next_page_token })
}
