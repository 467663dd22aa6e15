//! Positions: one now or at a past day, many, and the roll-up.

use hengji_db::{Filter, Stored, Tx, Value};
use hengji_kernel::{DataScope, Date, RegionCode, UnitCode};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::{Call, Fault, convert as words};

use super::payments::within_subtree;
use super::{State, convert};
use crate::domain::{Allotment, Position, ProjectKey, Reading, Suspension};
use crate::store::{paid_until, sums};

/// Rows of one project a past day is recounted from, at most.
const ROWS_OF_A_PROJECT: usize = 100_000;

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetPositionRequest,
) -> Result<pb::GetPositionResponse, Fault> {
    let project =
        ProjectKey::parse(&request.project).map_err(|invalid| Fault::invalid("project", invalid))?;
    let day = words::parse_date_or_none("as_of", request.as_of.as_ref())?;
    let mut tx = state.acts.db.read().await?;
    let stored = tx.load::<Position>(&project.position(), &call.scope()).await?;
    let mut stored = stored.ok_or_else(|| Fault::not_found(&request.project))?;
    if let Some(day) = day {
        stored.record = at(&mut tx, &stored.record, day).await?;
        drop(tx);
        judge(state, call, &mut stored.record).await?;
    }
    Ok(pb::GetPositionResponse { position: Some(convert::position(&stored)) })
}

/// Recounts what is dated up to the day from the ledger.
pub(crate) async fn at(tx: &mut Tx, position: &Position, day: Date) -> Result<Position, Fault> {
    let project = position.project.name();
    let paid = paid_until(tx, &project, day).await?;
    let of_project = Filter::new().eq("project", &project);
    let all = &DataScope::Everything;
    let allotments = tx.page::<Allotment>(all, &of_project, None, ROWS_OF_A_PROJECT).await?;
    let standing = allotments.iter().filter(|stored| stored.record.stood_on(day));
    let allotted = standing.map(|stored| stored.record.issue.amount).sum();
    let suspensions = tx.page::<Suspension>(all, &of_project, None, ROWS_OF_A_PROJECT).await?;
    let suspension = suspensions
        .iter()
        .find(|stored| stored.record.stood_on(day))
        .map(|stored| stored.record.resource_name())
        .unwrap_or_default();
    let until = of_project.at_most("reading_date", day);
    let mut readings = tx.page::<Reading>(all, &until, None, ROWS_OF_A_PROJECT).await?;
    readings.sort_by_key(|stored| (stored.record.date, stored.created_at));
    let readings: Vec<Reading> = readings.into_iter().map(|stored| stored.record).collect();
    Ok(position.at(day, allotted, paid, suspension, &readings))
}

async fn judge(state: &State, call: &Call, position: &mut Position) -> Result<(), Fault> {
    let places = [(position.project.region.clone(), position.project.year)];
    let mut packs = state.rules.of_places(call, &places).await?;
    if state.rules.learn(&packs, [&*position]) {
        packs = state.rules.of_places(call, &places).await?;
    }
    if let Some(pack) = packs.of(position) {
        position.relight(&pack);
    }
    Ok(())
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListPositionsRequest,
) -> Result<pb::ListPositionsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = within_subtree(&request.region, &request.unit, request.year)?;
    if let Some(light) = convert::parse_light(request.money_light()) {
        filter = filter.eq("money_light", Value::word(&light));
    }
    if let Some(light) = convert::parse_light(request.result_light()) {
        filter = filter.eq("result_light", Value::word(&light));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Position>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token): (Vec<Stored<Position>>, _) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListPositionsResponse { positions: rows.iter().map(convert::position).collect(), next_page_token })
}

pub(crate) async fn rollup(
    state: &State,
    call: &Call,
    request: pb::GetRollupRequest,
) -> Result<pb::GetRollupResponse, Fault> {
    let region: RegionCode = words::word("region", &request.region)?;
    let unit = words::word_or_none::<UnitCode>("unit", &request.unit)?;
    let year = words::year("year", request.year)?;
    let asked = match &unit {
        Some(unit) => format!("regions/{region}/organizations/{unit}"),
        None => format!("regions/{region}"),
    };
    call.reach(&asked, &region, unit.as_ref())?;
    let mut tx = state.acts.db.read().await?;
    let sums = sums(&mut tx, &region, unit.as_ref(), year).await?;
    Ok(pb::GetRollupResponse { rollup: Some(convert::rollup(&request, &sums)) })
}
