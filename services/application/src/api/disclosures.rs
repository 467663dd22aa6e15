//! Disclosures: publish; read by anyone.

use hengji_db::{Filter, Value};
use hengji_kernel::{FiscalYear, RegionCode, name};
use hengji_proto::application::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Begun, Call, Fault, convert as words};
use serde_json::json;

use super::{State, convert, filter};
use crate::domain::{AnnualReport, Disclosure, DisclosureKind, LinkageProposal, LinkageRun, disclosure};
use crate::error::Refusal;
use crate::store;

pub(crate) async fn publish(
    state: &State,
    call: &Call,
    request: pb::PublishDisclosureRequest,
) -> Result<pb::PublishDisclosureResponse, Fault> {
    let (region, year) = words::parse_parent("parent", &request.parent)?;
    let kind = convert::parse_disclosure_kind(request.kind).ok_or_else(|| Fault::field("kind", "必填"))?;
    let (subject_region, subject_year) = parse_subject(kind, &request.subject)?;
    if !region.contains(&subject_region) || year != subject_year {
        return Err(Refusal::OutsideParent { subject: request.subject, parent: request.parent }.into());
    }
    call.reach(&request.parent, &region, None)?;
    let text = text(state, call, kind, &request.subject).await?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let name = name::yearly(&region, year, "disclosures", &request.disclosure_id);
    let subject = (kind, request.subject.clone());
    let disclosure = Disclosure::new((region, year), name, subject, (&request.title, &text), act.now);
    let stored = act.insert(&disclosure).await?;
    let Disclosure { name, region, subject, text_sha256, .. } = &stored.record;
    let payload = json!({ "kind": kind, "subject": subject, "text_sha256": text_sha256 });
    act.journal(News {
        kind: "disclosure.published",
        subject: name,
        region: Some(region),
        unit: None,
        payload,
        reason: "",
    })
    .await?;
    act.finish(pb::PublishDisclosureResponse { disclosure: Some(convert::disclosure(&stored)) }).await
}

fn parse_subject(kind: DisclosureKind, subject: &str) -> Result<(RegionCode, FiscalYear), Fault> {
    let collection = match kind {
        DisclosureKind::Target => "targets",
        DisclosureKind::SelfEvaluation | DisclosureKind::Evaluation => "evaluationTasks",
        DisclosureKind::Linkage => "linkageRuns",
        DisclosureKind::AnnualReport => "annualReports",
    };
    let (region, year, _) = words::parse_yearly("subject", subject, collection)?;
    Ok((region, year))
}

/// Rendered from the record as it stands.
async fn text(state: &State, call: &Call, kind: DisclosureKind, subject: &str) -> Result<String, Fault> {
    Ok(match kind {
        DisclosureKind::Target => {
            disclosure::target_text(&state.peers.published_target(call, subject).await?)
        }
        DisclosureKind::SelfEvaluation | DisclosureKind::Evaluation => {
            disclosure::task_text(&state.peers.task(call, subject).await?, kind)?
        }
        DisclosureKind::Linkage => {
            let run = state.read::<LinkageRun>(call, subject).await?;
            let mut tx = state.acts.db.read().await?;
            let proposals: Vec<LinkageProposal> =
                store::all(&mut tx, &Filter::new().eq("run", subject)).await?;
            disclosure::run_text(&run.record, &proposals)?
        }
        DisclosureKind::AnnualReport => {
            disclosure::report_text(&state.read::<AnnualReport>(call, subject).await?.record)
        }
    })
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetDisclosureRequest,
) -> Result<pb::GetDisclosureResponse, Fault> {
    let stored = state.read::<Disclosure>(call, &request.name).await?;
    Ok(pb::GetDisclosureResponse { disclosure: Some(convert::disclosure(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListDisclosuresRequest,
) -> Result<pb::ListDisclosuresResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = filter(&request.region, "", request.year)?;
    if let Some(kind) = convert::parse_disclosure_kind(request.kind) {
        filter = filter.eq("kind", Value::word(&kind));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Disclosure>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    let disclosures = rows.iter().map(convert::disclosure).collect();
    Ok(pb::ListDisclosuresResponse { disclosures, next_page_token })
}
