//! Tokens: issue, publish the keys, say who is calling.

use hengji_kernel::{DataScope, Timestamp};
use hengji_proto::identity::v1 as pb;
use hengji_rpc::{Call, Fault, Reason, convert as words};

use super::State;
use crate::bootstrap;
use crate::domain::Account;

pub(crate) async fn issue(
    state: &State,
    _: &Call,
    request: pb::IssueTokenRequest,
) -> Result<pb::IssueTokenResponse, Fault> {
    let mut tx = state.acts.db.read().await?;
    let account = tx.load::<Account>(&request.account, &DataScope::Everything).await?;
    let account = account
        .filter(|stored| stored.record.admits(&request.secret))
        .ok_or_else(|| Fault::unauthenticated(Reason::TokenInvalid, "账号或凭据不正确"))?
        .record;
    let issued = bootstrap::Issue {
        rules: &state.deps.tokens,
        now: state.acts.clock.now(),
        lifetime_seconds: state.deps.token_lifetime_seconds,
        jti: state.acts.ids.next().to_string(),
    };
    let claims = issued.claims(&mut tx, &account).await?;
    let expires = Timestamp(claims.exp * 1_000_000);
    Ok(pb::IssueTokenResponse {
        token: state.signer.sign(&claims)?,
        expire_time: Some(words::timestamp(expires)),
    })
}

pub(crate) async fn get_key_set(
    state: &State,
    _: &Call,
    _: pb::GetKeySetRequest,
) -> Result<pb::GetKeySetResponse, Fault> {
    Ok(pb::GetKeySetResponse { jwks_json: state.signer.jwks_json() })
}

pub(crate) async fn get_caller(
    _: &State,
    call: &Call,
    _: pb::GetCallerRequest,
) -> Result<pb::GetCallerResponse, Fault> {
    let caller = &call.caller;
    let assignments = caller.grants.iter().map(|grant| pb::Assignment {
        assignment_id: grant.id.clone(),
        role: grant.role.clone(),
        region: grant.range.region.to_string(),
        unit: grant.range.unit.as_ref().map(ToString::to_string).unwrap_or_default(),
    });
    Ok(pb::GetCallerResponse {
        account: caller.account.clone(),
        organization: caller.organization.clone(),
        assignments: assignments.collect(),
        expire_time: Some(words::timestamp(Timestamp(caller.expires * 1_000_000))),
    })
}
