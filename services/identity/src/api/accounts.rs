//! Accounts: create, get, list, assign, revoke, disable.

use hengji_db::{Filter, Stored};
use hengji_kernel::{DataScope, RegionCode, ScopeRange};
use hengji_proto::identity::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use serde_json::{Value, json};

use super::{State, convert};
use crate::domain::{Account, AccountState, Assignment, Organization, Role};

pub(crate) async fn create(
    state: &State,
    call: &Call,
    request: pb::CreateAccountRequest,
) -> Result<pb::CreateAccountResponse, Fault> {
    let account = parse(&request)?;
    call.reach(&account.resource_name(), &account.region, None)?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    if !account.organization.is_empty() {
        act.load::<Organization>(call, &account.organization).await?;
    }
    let stored = act.insert(&account).await?;
    journal(&mut act, "account.created", &stored, json!({ "organization": account.organization }), "")
        .await?;
    act.finish(pb::CreateAccountResponse { account: Some(convert::account(&stored)) }).await
}

/// An account without organization belongs to the nation, so only operators with that reach can make one.
fn parse(request: &pb::CreateAccountRequest) -> Result<Account, Fault> {
    let region = if request.organization.is_empty() {
        words::word::<RegionCode>("organization", "000000000")?
    } else {
        words::parse_organization("organization", &request.organization)?.0
    };
    Ok(Account {
        id: request.account_id.clone(),
        title: request.title.clone(),
        kind: convert::parse_account_kind(request.kind)?,
        state: AccountState::Active,
        region,
        organization: request.organization.clone(),
        credential_sha256: request.credential_sha256.clone(),
        assignments: vec![],
    })
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetAccountRequest,
) -> Result<pb::GetAccountResponse, Fault> {
    let stored = state
        .acts
        .db
        .read()
        .await?
        .load::<Account>(&request.name, &call.scope())
        .await?
        .ok_or_else(|| Fault::not_found(&request.name))?;
    Ok(pb::GetAccountResponse { account: Some(convert::account(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListAccountsRequest,
) -> Result<pb::ListAccountsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = Filter::new();
    if let Some(region) = words::word_or_none::<RegionCode>("region", &request.region)? {
        filter = filter.region_subtree(&region);
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Account>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListAccountsResponse { accounts: rows.iter().map(convert::account).collect(), next_page_token })
}

pub(crate) async fn assign_role(
    state: &State,
    call: &Call,
    request: pb::AssignRoleRequest,
) -> Result<pb::AssignRoleResponse, Fault> {
    let range = ScopeRange {
        region: words::word("region", &request.region)?,
        unit: words::word_or_none("unit", &request.unit)?,
    };
    call.reach(&format!("regions/{}", range.region), &range.region, range.unit.as_ref())?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut account = act.load_fresh::<Account>(call, &request.name, &request.etag).await?;
    act.tx
        .load::<Role>(&request.role, &DataScope::Everything)
        .await?
        .ok_or_else(|| Fault::not_found(&request.role))?;
    let assignment = Assignment { id: act.new_id(), role: request.role.clone(), range };
    account.record.assign(call.account(), assignment.clone())?;
    let stored = act.save(&account).await?;
    journal(&mut act, "account.role_assigned", &stored, json!(assignment), "").await?;
    act.finish(pb::AssignRoleResponse { account: Some(convert::account(&stored)) }).await
}

pub(crate) async fn revoke_assignment(
    state: &State,
    call: &Call,
    request: pb::RevokeAssignmentRequest,
) -> Result<pb::RevokeAssignmentResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut account = act.load_fresh::<Account>(call, &request.name, &request.etag).await?;
    account.record.revoke(&request.assignment_id)?;
    let stored = act.save(&account).await?;
    let payload = json!({ "assignment": request.assignment_id });
    journal(&mut act, "account.assignment_revoked", &stored, payload, "").await?;
    act.finish(pb::RevokeAssignmentResponse { account: Some(convert::account(&stored)) }).await
}

pub(crate) async fn disable(
    state: &State,
    call: &Call,
    request: pb::DisableAccountRequest,
) -> Result<pb::DisableAccountResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut account = act.load_fresh::<Account>(call, &request.name, &request.etag).await?;
    account.record.disable()?;
    let stored = act.save(&account).await?;
    journal(&mut act, "account.disabled", &stored, json!({}), &request.reason).await?;
    act.finish(pb::DisableAccountResponse { account: Some(convert::account(&stored)) }).await
}

async fn journal(
    act: &mut Act,
    kind: &'static str,
    stored: &Stored<Account>,
    payload: Value,
    reason: &str,
) -> Result<(), Fault> {
    let subject = stored.record.resource_name();
    let region = Some(&stored.record.region);
    act.journal(News { kind, subject: &subject, region, unit: None, payload, reason }).await
}
