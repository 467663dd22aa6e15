//! Quality: of one draft at once, and runs over a region: start, cancel, get, list, what they found.

use hengji_db::{Filter, Record, Stored};
use hengji_kernel::{DataScope, UnitCode};
use hengji_proto::targets::v1 as pb;
use hengji_rpc::{Begun, Call, Fault, convert as words};

use super::inspection::{journal, targets_of};
use super::{State, convert, projects, suggestions, targets};
use crate::domain::{Quality, QualityReport, QualityRun, QualityStatistic, RunState, Target};
use crate::store::usage;

pub(crate) async fn check(
    state: &State,
    call: &Call,
    request: pb::CheckTargetRequest,
) -> Result<pb::CheckTargetResponse, Fault> {
    let (region, year) = words::parse_parent("parent", &request.parent)?;
    let given = request.target.unwrap_or_default();
    let contents = targets::parse_contents(&given, year)?;
    let object = targets::object(state, call, &request.parent, &given).await?;
    let target = Target::draft(region, year, request.target_id, object, contents, call.account());
    call.reach(&target.resource_name(), &target.region, Some(&target.object.unit))?;
    let pack = state.catalog.rules(call, &state.rules_for_target(&target)).await?;
    let usage = usage::with(&mut state.acts.db.read().await?, &target).await?;
    let quality = Quality::of(&target, &pack, &usage);
    let mut findings = convert::findings(&quality.remarks);
    suggestions::add(state, call, &target, &mut findings).await?;
    Ok(pb::CheckTargetResponse { findings })
}

pub(crate) async fn start(
    state: &State,
    call: &Call,
    request: pb::StartQualityRunRequest,
) -> Result<pb::StartQualityRunResponse, Fault> {
    let (region, year) = words::parse_parent("parent", &request.parent)?;
    call.reach(&request.parent, &region, None)?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut run = QualityRun {
        region,
        year,
        id: request.run_id.clone(),
        state: RunState::Running,
        starter: call.account().to_owned(),
        total: 0,
        checked: 0,
        after: None,
        not_before: words::parse_timestamp_or_none("not_before", request.not_before.as_ref())?,
    };
    let total = act.tx.count::<Target>(&DataScope::Everything, &targets_of(&run)).await?;
    run.total = u32::try_from(total).unwrap_or(u32::MAX);
    let stored = act.insert(&run).await?;
    journal(&mut act, "quality_run.started", &stored.record, "").await?;
    let answer = pb::StartQualityRunResponse { run: Some(convert::quality_run(&stored)) };
    let answer = act.finish(answer).await?;
    state.inspections.notify_one();
    Ok(answer)
}

pub(crate) async fn cancel(
    state: &State,
    call: &Call,
    request: pb::CancelQualityRunRequest,
) -> Result<pb::CancelQualityRunResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<QualityRun>(call, &request.name, &request.etag).await?;
    stored.record.cancel()?;
    let stored = act.save(&stored).await?;
    journal(&mut act, "quality_run.cancelled", &stored.record, &request.reason).await?;
    act.finish(pb::CancelQualityRunResponse { run: Some(convert::quality_run(&stored)) }).await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetQualityRunRequest,
) -> Result<pb::GetQualityRunResponse, Fault> {
    let stored = state.find::<QualityRun>(&call.scope(), &request.name).await?;
    Ok(pb::GetQualityRunResponse { run: Some(convert::quality_run(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListQualityRunsRequest,
) -> Result<pb::ListQualityRunsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let filter = projects::within(&request.region, request.year)?;
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<QualityRun>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListQualityRunsResponse { runs: rows.iter().map(convert::quality_run).collect(), next_page_token })
}

/// What a run found in one unit subtree.
async fn found<T: Record>(
    state: &State,
    scope: &DataScope,
    (run, unit): (&str, &str),
    page: &hengji_rpc::Page,
) -> Result<Vec<Stored<T>>, Fault> {
    words::parse_yearly("run", run, "qualityRuns")?;
    let mut filter = Filter::new().under(run);
    if let Some(unit) = words::word_or_none::<UnitCode>("unit", unit)? {
        filter = filter.unit_subtree(&unit);
    }
    Ok(state.acts.db.read().await?.page(scope, &filter, page.after(), page.limit + 1).await?)
}

pub(crate) async fn statistics(
    state: &State,
    call: &Call,
    request: pb::ListQualityStatisticsRequest,
) -> Result<pb::ListQualityStatisticsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let rows = found::<QualityStatistic>(state, &call.scope(), (&request.run, &request.unit), &page).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    let statistics = rows.iter().map(convert::quality_statistic).collect();
    Ok(pb::ListQualityStatisticsResponse { statistics, next_page_token })
}

pub(crate) async fn reports(
    state: &State,
    call: &Call,
    request: pb::ListQualityReportsRequest,
) -> Result<pb::ListQualityReportsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let rows = found::<QualityReport>(state, &call.scope(), (&request.run, &request.unit), &page).await?;
    let (reports, next_page_token) = state.pages.close_long(&page, rows, convert::quality_report)?;
    Ok(pb::ListQualityReportsResponse { reports, next_page_token })
}
