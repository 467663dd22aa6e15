//! Linkage proposals: decide, list.

use hengji_db::Value;
use hengji_proto::application::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Begun, Call, Fault, convert as words};
use serde_json::json;

use super::{State, convert};
use crate::domain::LinkageProposal;

pub(crate) async fn decide(
    state: &State,
    call: &Call,
    request: pb::DecideProposalRequest,
) -> Result<pb::DecideProposalResponse, Fault> {
    let decision = convert::parse_decision(&request)?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<LinkageProposal>(call, &request.name, &request.etag).await?;
    stored.record.decide(call.account(), &call.caller.organization, decision)?;
    let stored = act.save(&stored).await?;
    let LinkageProposal { name, region, unit, run, project, .. } = &stored.record;
    let payload = json!({
        "run": run,
        "project": project,
        "action": stored.record.action(),
        "cut_yuan": stored.record.cut(),
    });
    act.journal(News {
        kind: "linkage_proposal.decided",
        subject: name,
        region: Some(region),
        unit: Some(unit),
        payload,
        reason: &request.reason,
    })
    .await?;
    act.finish(pb::DecideProposalResponse { proposal: Some(convert::proposal(&stored)) }).await
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListLinkageProposalsRequest,
) -> Result<pb::ListLinkageProposalsResponse, Fault> {
    words::parse_yearly("run", &request.run, "linkageRuns")?;
    let page = state.pages.open(call, &request)?;
    let mut filter = hengji_db::Filter::new().eq("run", &request.run);
    if let Some(action) = convert::parse_action(request.action) {
        filter = filter.eq("action", Value::word(&action));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<LinkageProposal>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    let proposals = rows.iter().map(convert::proposal).collect();
    Ok(pb::ListLinkageProposalsResponse { proposals, next_page_token })
}
