//! The gates: decide and sign, publish the keys.

use hengji_proto::targets::v1 as pb;
use hengji_rpc::{Call, Fault};

use super::{State, convert};
use crate::domain::{GateFacts, Project, SignedClaims, Target, decide};
use crate::store::lookup::{Surroundings, targets_of};

pub(crate) async fn check(
    state: &State,
    call: &Call,
    request: pb::CheckGateRequest,
) -> Result<pb::CheckGateResponse, Fault> {
    let kind = convert::parse_gate_kind(request.kind).ok_or_else(|| Fault::field("kind", "必填"))?;
    let mut tx = state.acts.db.read().await?;
    let project = tx
        .load::<Project>(&request.project, &call.scope())
        .await?
        .ok_or_else(|| Fault::not_found(&request.project))?
        .record;
    let targets = targets_of(&mut tx, &request.project).await?;
    let surroundings = Surroundings::of(&mut tx, [&project]).await?;
    let facts = GateFacts {
        project: &project,
        targets: &targets.iter().collect::<Vec<&Target>>(),
        holds: &surroundings.holds_on(&project),
        assessment: surroundings.assessments.get(&request.project),
    };
    let claims = SignedClaims::of(decide(kind, &facts), state.acts.clock.now());
    let signed = state.signer.sign(&claims)?;
    Ok(pb::CheckGateResponse { verdict: Some(convert::signed_verdict(&claims, signed)) })
}

pub(crate) async fn keys(
    state: &State,
    _: &Call,
    _: pb::GetVerdictKeysRequest,
) -> Result<pb::GetVerdictKeysResponse, Fault> {
    Ok(pb::GetVerdictKeysResponse { jwks_json: state.signer.jwks_json() })
}
