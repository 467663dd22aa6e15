//! Proposals upward: a local indicator that proved itself becomes one of an upper layer.

use hengji_kernel::RegionCode;
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::{Begun, Call, Fault, convert as words};

use super::fields::Fields;
use super::indicators::told;
use super::{State, convert};
use crate::domain::{Indicator, Living};

pub(crate) async fn propose(
    state: &State,
    call: &Call,
    request: pb::ProposeIndicatorRequest,
) -> Result<pb::ProposeIndicatorResponse, Fault> {
    let to: RegionCode = words::word("to_layer", &request.to_layer)?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut indicator = act.load_fresh::<Indicator>(call, &request.name, &request.etag).await?;
    indicator.record.propose(to, request.reason.clone(), act.account.clone())?;
    let saved = [act.save(&indicator).await?];
    told(&mut act, "indicator.proposed", &saved, &request.reason).await?;
    act.finish(pb::ProposeIndicatorResponse { indicator: saved.first().map(convert::indicator) }).await
}

pub(crate) async fn promote(
    state: &State,
    call: &Call,
    request: pb::PromoteIndicatorRequest,
) -> Result<pb::PromoteIndicatorResponse, Fault> {
    let mut fields = Fields::default();
    let code = fields.code("code", &request.code);
    fields.done()?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut proposed = act.load_fresh::<Indicator>(call, &request.name, &request.etag).await?;
    let draft = proposed.record.promote(code, request.document.clone())?;
    call.reach(&draft.resource_name(), &draft.layer, None)?;
    let saved = [act.insert(&draft).await?, act.save(&proposed).await?];
    told(&mut act, "indicator.promoted", &saved, &request.reason).await?;
    let [draft, proposed] = saved;
    act.finish(pb::PromoteIndicatorResponse {
        indicator: Some(convert::indicator(&draft)),
        promoted_from: Some(convert::indicator(&proposed)),
    })
    .await
}

pub(crate) async fn decline(
    state: &State,
    call: &Call,
    request: pb::DeclineIndicatorProposalRequest,
) -> Result<pb::DeclineIndicatorProposalResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut proposed = act.load_fresh::<Indicator>(call, &request.name, &request.etag).await?;
    let proposal = proposed.record.decline()?;
    call.reach(&request.name, &proposal.to, None)?;
    let saved = [act.save(&proposed).await?];
    told(&mut act, "indicator.proposal_declined", &saved, &request.reason).await?;
    act.finish(pb::DeclineIndicatorProposalResponse { indicator: saved.first().map(convert::indicator) })
        .await
}
