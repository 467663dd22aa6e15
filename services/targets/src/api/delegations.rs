//! Delegates of reviewers: create, revoke, list.

use hengji_db::{Filter, Stored};
use hengji_kernel::{RegionCode, UnitCode, name};
use hengji_proto::targets::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use serde_json::json;

use super::{State, convert, reviews};
use crate::domain::{Delegation, DelegationState};

pub(crate) async fn create(
    state: &State,
    call: &Call,
    request: pb::CreateReviewDelegationRequest,
) -> Result<pb::CreateReviewDelegationResponse, Fault> {
    let delegation = parse(call, &request)?;
    let permission = reviews::permission(delegation.stage);
    if !call.holds(permission) {
        return Err(Fault::permission_missing(permission));
    }
    if !call.scope_of(permission).contains(&delegation.region, delegation.unit.as_ref()) {
        return Err(Fault::not_found(&request.parent));
    }
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    delegation.demand_sound(act.today())?;
    let stored = act.insert(&delegation).await?;
    journal(&mut act, "review_delegation.created", &stored.record, &request.reason).await?;
    let delegation = Some(convert::delegation(&stored));
    act.finish(pb::CreateReviewDelegationResponse { delegation }).await
}

fn parse(call: &Call, request: &pb::CreateReviewDelegationRequest) -> Result<Delegation, Fault> {
    let invalid = |invalid| Fault::invalid("parent", invalid);
    let [region] = name::parse(&request.parent, ["regions"]).map_err(invalid)?;
    Ok(Delegation {
        region: region.parse().map_err(invalid)?,
        id: request.delegation_id.clone(),
        stage: convert::parse_stage(request.stage).ok_or_else(|| Fault::field("stage", "必填"))?,
        delegator: call.account().to_owned(),
        delegate: request.delegate.clone(),
        unit: words::word_or_none::<UnitCode>("unit", &request.unit)?,
        from: words::parse_date("from_date", request.from_date.as_ref())?,
        to: words::parse_date("to_date", request.to_date.as_ref())?,
        reason: request.reason.clone(),
        state: DelegationState::Standing,
    })
}

pub(crate) async fn revoke(
    state: &State,
    call: &Call,
    request: pb::RevokeReviewDelegationRequest,
) -> Result<pb::RevokeReviewDelegationResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<Delegation>(call, &request.name, &request.etag).await?;
    stored.record.revoke(call.account())?;
    let stored = act.save(&stored).await?;
    journal(&mut act, "review_delegation.revoked", &stored.record, &request.reason).await?;
    let delegation = Some(convert::delegation(&stored));
    act.finish(pb::RevokeReviewDelegationResponse { delegation }).await
}

async fn journal(
    act: &mut Act,
    kind: &'static str,
    delegation: &Delegation,
    reason: &str,
) -> Result<(), Fault> {
    act.journal(News {
        kind,
        subject: &delegation.resource_name(),
        region: Some(&delegation.region),
        unit: delegation.unit.as_ref(),
        payload: json!({
            "stage": delegation.stage,
            "delegator": delegation.delegator,
            "delegate": delegation.delegate,
            "from": delegation.from,
            "to": delegation.to,
        }),
        reason,
    })
    .await
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListReviewDelegationsRequest,
) -> Result<pb::ListReviewDelegationsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = Filter::new();
    if let Some(region) = words::word_or_none::<RegionCode>("region", &request.region)? {
        filter = filter.region_subtree(&region);
    }
    if !request.delegate.is_empty() {
        filter = filter.eq("delegate", &request.delegate);
    }
    let mut tx = state.acts.db.read().await?;
    let rows: Vec<Stored<Delegation>> = tx.page(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    let delegations = rows.iter().map(convert::delegation).collect();
    Ok(pb::ListReviewDelegationsResponse { delegations, next_page_token })
}
