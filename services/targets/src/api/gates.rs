//! The gates: decide and sign, one by one or many at once; publish the keys.

use hengji_proto::targets::v1 as pb;
use hengji_rpc::{Call, Fault};

use super::filing::each_once;
use super::{State, convert};
use crate::domain::{GateKind, SignedClaims, Verdict};
use crate::store::gate::{GateBook, is_name};

pub(crate) async fn check(
    state: &State,
    call: &Call,
    request: pb::CheckGateRequest,
) -> Result<pb::CheckGateResponse, Fault> {
    let kind = parse_kind(request.kind)?;
    if !is_name(&request.project) {
        return Err(Fault::not_found(request.project));
    }
    let book = state.gates.ask(request.project.clone()).await?;
    let verdict = book.decide(&request.project, kind, &call.scope());
    let verdict = verdict.ok_or_else(|| Fault::not_found(request.project))?;
    Ok(pb::CheckGateResponse { verdict: Some(signed(state, verdict)?) })
}

pub(crate) async fn check_many(
    state: &State,
    call: &Call,
    request: pb::BatchCheckGatesRequest,
) -> Result<pb::BatchCheckGatesResponse, Fault> {
    let kind = parse_kind(request.kind)?;
    each_once("projects", request.projects.iter())?;
    let book = GateBook::open(&state.acts.db, &request.projects).await?;
    let scope = call.scope();
    let mut answer = pb::BatchCheckGatesResponse::default();
    for project in request.projects {
        match book.decide(&project, kind, &scope) {
            // a thousand explanations would outgrow what clients take in
            Some(verdict) => {
                answer.verdicts.push(pb::GateVerdict { explanation: None, ..signed(state, verdict)? });
            }
            None => answer.not_found.push(project),
        }
    }
    Ok(answer)
}

fn parse_kind(kind: i32) -> Result<GateKind, Fault> {
    convert::parse_gate_kind(kind).ok_or_else(|| Fault::field("kind", "必填"))
}

fn signed(state: &State, verdict: Verdict) -> Result<pb::GateVerdict, Fault> {
    let claims = SignedClaims::of(verdict, state.acts.clock.now());
    let signed = state.signer.sign(&claims)?;
    Ok(convert::signed_verdict(&claims, signed))
}

pub(crate) async fn keys(
    state: &State,
    _: &Call,
    _: pb::GetVerdictKeysRequest,
) -> Result<pb::GetVerdictKeysResponse, Fault> {
    Ok(pb::GetVerdictKeysResponse { jwks_json: state.signer.jwks_json() })
}
