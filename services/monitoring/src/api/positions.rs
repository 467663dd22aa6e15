//! Positions: one now or at a past day, many, and all of a place looked at again.

use std::collections::HashMap;

use hengji_db::{Db, Filter, Gather, Stored, Tx, Value};
use hengji_kernel::{DataScope, Date, FiscalYear, RegionCode, UnitCode};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::{Call, Fault, convert as words};
use hengji_rules::pack::Light;

use super::payments::within_subtree;
use super::{State, convert};
use crate::domain::{Allotment, Funds, Position, ProjectKey, Reading, Suspension};
use crate::peers;
use crate::rules::Place;
use crate::store::{last_paid_until, paid_until, word};

/// Rows of one project a past day is recounted from, at most.
const ROWS_OF_A_PROJECT: usize = 100_000;

/// Projects one act works through, at most.
const PROJECTS_AT_ONCE: usize = 5000;

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetPositionRequest,
) -> Result<pb::GetPositionResponse, Fault> {
    let project =
        ProjectKey::parse(&request.project).map_err(|invalid| Fault::invalid("project", invalid))?;
    let day = words::parse_date_or_none("as_of", request.as_of.as_ref())?;
    let (name, scope) = (project.position(), call.scope());
    let missing = || Fault::not_found(&request.project);
    let funds_alone = request.view() == pb::PositionView::Funds;
    let position = match day {
        None if funds_alone => {
            let found = state.funds.ask(name.clone()).await?;
            let stored =
                found.get(&name).filter(|stored| stored.record.lies_in(&scope)).ok_or_else(missing)?;
            convert::funds(stored)
        }
        None => {
            let found = state.acts.db.find_many::<Position>(&[name], &scope).await?;
            convert::position(found.first().ok_or_else(missing)?)
        }
        Some(day) => {
            let mut tx = state.acts.db.read().await?;
            let mut stored = tx.load::<Position>(&name, &scope).await?.ok_or_else(missing)?;
            stored.record = at(&mut tx, &stored.record, day).await?;
            drop(tx);
            judge(state, call, &mut stored.record).await?;
            if funds_alone {
                convert::funds(&stored.map(|position| position.funds))
            } else {
                convert::position(&stored)
            }
        }
    };
    Ok(pb::GetPositionResponse { position: Some(position) })
}

/// Positions asked for at the same moment are read together, wherever they lie.
pub(crate) type FundsByName = HashMap<String, Stored<Funds>>;

pub(crate) fn gather(db: &Db) -> Gather<String, FundsByName> {
    let db = db.clone();
    Gather::new(move |names: Vec<String>| {
        let db = db.clone();
        async move {
            let found = db.find_many::<Funds>(&names, &DataScope::Everything).await?;
            Ok(found.into_iter().map(|stored| (stored.record.resource_name(), stored)).collect())
        }
    })
}

/// Recounts what is dated up to the day from the ledger.
pub(crate) async fn at(tx: &mut Tx, position: &Position, day: Date) -> Result<Position, Fault> {
    let project = position.project.name();
    let paid = paid_until(tx, &project, day).await?;
    let of_project = Filter::new().eq("project", &project);
    let all = &DataScope::Everything;
    let allotments = tx.page::<Allotment>(all, &of_project, None, ROWS_OF_A_PROJECT).await?;
    let allotted = allotments.iter().map(|stored| stored.record.amount_on(day)).sum();
    let suspensions = tx.page::<Suspension>(all, &of_project, None, ROWS_OF_A_PROJECT).await?;
    let standing = suspensions.into_iter().map(|stored| stored.record);
    let standing: Vec<Suspension> = standing.filter(|suspension| suspension.stood_on(day)).collect();
    let until = of_project.at_most("reading_date", day);
    let mut readings = tx.page::<Reading>(all, &until, None, ROWS_OF_A_PROJECT).await?;
    readings.sort_by_key(|stored| (stored.record.date, stored.created_at));
    let readings: Vec<Reading> = readings.into_iter().map(|stored| stored.record).collect();
    let mut past = position.at(day, allotted, paid, &standing, &readings);
    past.last_paid = last_paid_until(tx, &project, day).await?;
    Ok(past)
}

async fn judge(state: &State, call: &Call, position: &mut Position) -> Result<(), Fault> {
    let places = [(position.project.region.clone(), position.project.year)];
    let mut packs = state.rules.of_places(call, &places).await?;
    if state.rules.learn(&packs, [&position.funds]) {
        packs = state.rules.of_places(call, &places).await?;
    }
    if let Some(pack) = packs.of(position) {
        position.relight(&pack);
    }
    Ok(())
}

/// Every position of a region and unit subtree and a year, for an act over all of them; `field` is to be narrowed if there are
/// too many.
pub(crate) async fn all_under(
    tx: &mut Tx,
    (region, unit, year): (&RegionCode, Option<&UnitCode>, FiscalYear),
    field: &str,
) -> Result<Vec<Stored<Position>>, Fault> {
    let mut filter = Filter::new().region_subtree(region).eq("year", year);
    if let Some(unit) = unit {
        filter = filter.unit_subtree(unit);
    }
    let found = tx.page::<Position>(&DataScope::Everything, &filter, None, PROJECTS_AT_ONCE + 1).await?;
    if found.len() > PROJECTS_AT_ONCE {
        return Err(Fault::field(field, format!("范围内超过 {PROJECTS_AT_ONCE} 个项目，请按单位分批")));
    }
    Ok(found)
}

/// The places whose rules judge these positions of one year.
pub(crate) fn places(positions: &[Stored<Position>], year: FiscalYear) -> Vec<Place> {
    let mut regions: Vec<RegionCode> =
        positions.iter().map(|stored| stored.record.project.region.clone()).collect();
    regions.sort_unstable();
    regions.dedup();
    regions.into_iter().map(|region| (region, year)).collect()
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListPositionsRequest,
) -> Result<pb::ListPositionsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = within_subtree(&request.region, &request.unit, request.year)?;
    for (column, light, field, unlit) in [
        ("money_light", request.money_light(), "money_unlit", request.money_unlit),
        ("result_light", request.result_light(), "result_unlit", request.result_unlit),
    ] {
        if let Some(light) = wanted(light, field, unlit)? {
            filter = filter.eq(column, Value::word(&light));
        }
    }
    if let Some(kind) = peers::fund_kind(request.fund_kind()) {
        filter = filter.eq("fund_kind", Value::word(&kind));
    }
    if let Some(mark) = peers::mark(request.mark()) {
        filter = filter.holds("marks", &word(&mark));
    }
    if let Some(class) = convert::parse_warning_class(request.warning()) {
        filter = filter.holds("warnings", &word(&class));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Position>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token): (Vec<Stored<Position>>, _) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListPositionsResponse { positions: rows.iter().map(convert::position).collect(), next_page_token })
}

/// The light that is asked for, off included.
fn wanted(light: pb::Light, field: &str, unlit: bool) -> Result<Option<Light>, Fault> {
    match convert::parse_light(light) {
        Some(_) if unlit => Err(Fault::field(field, "不能同时指定灯色和未亮灯")),
        None if unlit => Ok(Some(Light::Unlit)),
        light => Ok(light),
    }
}
