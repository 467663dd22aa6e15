//! Annual reports: create, get, list.

use std::collections::BTreeMap;

use hengji_kernel::{Date, FiscalYear, RegionCode, name};
use hengji_proto::application::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use serde_json::json;

use super::{State, convert, filter, whole_region, within};
use crate::access::READS_OF_REPORT;
use crate::domain::report::figures::{self, Counted, agree, counted};
use crate::domain::report::snapshot::Snapshot;
use crate::domain::report::text;
use crate::domain::{AnnualReport, Figure, disclosure};
use crate::error::Refusal;
use crate::store::{self, figure_rows};

pub(crate) async fn create(
    state: &State,
    call: &Call,
    request: pb::CreateAnnualReportRequest,
) -> Result<pb::CreateAnnualReportResponse, Fault> {
    let (region, year) = words::parse_parent("parent", &request.parent)?;
    let cut_off = words::parse_date("cut_off", request.cut_off.as_ref())?;
    call.reach(&request.parent, &region, None)?;
    whole_region(call, &region, READS_OF_REPORT)?;
    check_cut_off(cut_off, year, state.acts.clock.today())?;
    let name = name::yearly(&region, year, "annualReports", &request.report_id);
    let snapshot = snapshot(state, call, &region, year, cut_off).await?;
    let counted = counted(&name, &snapshot)?;
    let report = report(name, region, year, (&request.title, cut_off), &counted)?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let stored = act.insert(&report).await?;
    freeze(&mut act, &report, &counted).await?;
    let AnnualReport { name, region, text_sha256, .. } = &stored.record;
    let payload = json!({ "cut_off": cut_off, "figures": counted.len(), "text_sha256": text_sha256 });
    act.journal(News {
        kind: "annual_report.created",
        subject: name,
        region: Some(region),
        unit: None,
        payload,
        reason: "",
    })
    .await?;
    act.finish(pb::CreateAnnualReportResponse { report: Some(convert::report(&stored)) }).await
}

fn check_cut_off(cut_off: Date, year: FiscalYear, today: Date) -> Result<(), Refusal> {
    if cut_off > today {
        return Err(Refusal::CutOff("不得晚于今天"));
    }
    if cut_off.year() < year.number() {
        return Err(Refusal::CutOff("不得早于报告年度"));
    }
    Ok(())
}

/// Money, readings and lights count up to the cut-off; a record without a business date counts as it stands now.
async fn snapshot(
    state: &State,
    call: &Call,
    region: &RegionCode,
    year: FiscalYear,
    cut_off: Date,
) -> Result<Snapshot, Fault> {
    let peers = &state.peers;
    let projects = peers.projects(call, region, year).await?;
    let positions = if cut_off == state.acts.clock.today() {
        peers.positions(call, region, year).await?
    } else {
        peers.positions_as_of(call, region, year, cut_off).await?
    };
    let applied = within(region, year).eq("state", "applied");
    let mut tx = state.acts.db.read().await?;
    let applied = store::all(&mut tx, &applied).await?;
    let rectifications = store::all(&mut tx, &within(region, year)).await?;
    let explanations = store::all(&mut tx, &within(region, year)).await?;
    drop(tx);
    Ok(Snapshot {
        projects: projects.into_iter().map(|project| (project.name.clone(), project)).collect(),
        targets: peers.published_targets(call, region, year).await?,
        additions: peers.approved_additions(call, region, year).await?,
        assessments: peers.concluded_assessments(call, region, year).await?,
        positions,
        tasks: peers.tasks(call, region, year, false).await?,
        coverage: peers.coverage(call, region, year).await?,
        institutions: peers.institutions(call, region).await?,
        holds: peers.holds(call, region, year.next()).await?,
        applied,
        rectifications,
        explanations,
    })
}

fn report(
    name: String,
    region: RegionCode,
    year: FiscalYear,
    (title, cut_off): (&str, Date),
    counted: &[Counted],
) -> Result<AnnualReport, Fault> {
    let mut report = AnnualReport {
        name,
        region,
        year,
        title: title.to_owned(),
        cut_off,
        figures: counted.iter().map(|(figure, _)| figure.clone()).collect(),
        text: String::new(),
        text_sha256: String::new(),
    };
    let listed: BTreeMap<_, _> = counted
        .iter()
        .filter(|(figure, _)| figure.listed)
        .map(|(figure, rows)| (figure.id.clone(), rows.clone()))
        .collect();
    report.text = text::text(&report, &listed).map_err(Fault::internal)?;
    report.text_sha256 = disclosure::sha256(&report.text);
    Ok(report)
}

/// Stores the rows and refuses unless what is stored makes every figure.
async fn freeze(act: &mut Act, report: &AnnualReport, counted: &[Counted]) -> Result<(), Fault> {
    let rows = counted.iter().map(|(figure, rows)| (figure.id.as_str(), rows.as_slice()));
    figure_rows::store(&mut act.tx, &report.name, rows).await?;
    let stored = figure_rows::totals(&mut act.tx, &report.name).await?;
    for figure in &report.figures {
        let (count, total) = stored.get(&figure.id).copied().unwrap_or_default();
        let found = figures::value_of(&figure.measure, count, total, whole(report, figure));
        agree(&report.name, &figure.title, figure.value.unwrap_or_default(), found.unwrap_or_default())?;
    }
    Ok(())
}

fn whole<'a>(report: &'a AnnualReport, figure: &Figure) -> Option<&'a Figure> {
    match &figure.measure {
        crate::domain::report::Measure::ShareOf(of) => report.figures.iter().find(|one| one.id == *of),
        _ => None,
    }
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetAnnualReportRequest,
) -> Result<pb::GetAnnualReportResponse, Fault> {
    let stored = state.read::<AnnualReport>(call, &request.name).await?;
    Ok(pb::GetAnnualReportResponse { report: Some(convert::report(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListAnnualReportsRequest,
) -> Result<pb::ListAnnualReportsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let filter = filter(&request.region, "", request.year)?;
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<AnnualReport>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListAnnualReportsResponse { reports: rows.iter().map(convert::report).collect(), next_page_token })
}
