//! Special bonds (专项债券): registered, revised, their income reported, get, list.

use std::collections::HashMap;

use hengji_db::{Stored, Tx};
use hengji_kernel::{DataScope, Date};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use serde_json::json;

use super::payments::within_subtree;
use super::{State, convert};
use crate::domain::{Bond, BondIncome, Position, ProjectKey};

pub(crate) async fn create(
    state: &State,
    call: &Call,
    request: pb::CreateBondRequest,
) -> Result<pb::CreateBondResponse, Fault> {
    let project =
        ProjectKey::parse(&request.project).map_err(|invalid| Fault::invalid("project", invalid))?;
    let terms = convert::parse_bond_terms(request.terms.as_ref())?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let position = act.tx.load::<Position>(&project.position(), &call.scope()).await?;
    let position = position.ok_or_else(|| Fault::not_found(&request.project))?.record;
    let bond = Bond::registered(&position, request.bond_id.clone(), terms)?;
    let stored = act.insert(&bond).await?;
    tell(&mut act, "bond.created", &stored, "").await?;
    let today = act.today();
    act.finish(pb::CreateBondResponse { bond: Some(convert::bond(&stored, Some(&position), today)) }).await
}

pub(crate) async fn revise(
    state: &State,
    call: &Call,
    request: pb::ReviseBondRequest,
) -> Result<pb::ReviseBondResponse, Fault> {
    let terms = convert::parse_bond_terms(request.terms.as_ref())?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<Bond>(call, &request.name, &request.etag).await?;
    stored.record.revise(terms)?;
    let stored = act.save(&stored).await?;
    tell(&mut act, "bond.revised", &stored, &request.reason).await?;
    let today = act.today();
    let bond = shown(&mut act.tx, &[stored], today).await?.pop();
    act.finish(pb::ReviseBondResponse { bond }).await
}

pub(crate) async fn report_income(
    state: &State,
    call: &Call,
    request: pb::ReportBondIncomeRequest,
) -> Result<pb::ReportBondIncomeResponse, Fault> {
    let income = words::parse_money("income_yuan", request.income_yuan.as_ref())?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<Bond>(call, &request.name, &request.etag).await?;
    let (evidence, report_date) = (request.evidence.clone(), act.today());
    stored.record.report(request.year, BondIncome { income, evidence, report_date })?;
    let stored = act.save(&stored).await?;
    tell(&mut act, "bond.income_reported", &stored, "").await?;
    let bond = shown(&mut act.tx, &[stored], report_date).await?.pop();
    act.finish(pb::ReportBondIncomeResponse { bond }).await
}

async fn tell(act: &mut Act, kind: &'static str, stored: &Stored<Bond>, reason: &str) -> Result<(), Fault> {
    let record = &stored.record;
    act.journal(News {
        kind,
        subject: &record.resource_name(),
        region: Some(&record.project.region),
        unit: Some(&record.unit),
        payload: json!({
            "project": record.project.name(),
            "terms": record.terms,
            "incomes": record.incomes,
        }),
        reason,
    })
    .await
}

/// Bonds with the money of their projects beside them.
async fn shown(tx: &mut Tx, bonds: &[Stored<Bond>], today: Date) -> Result<Vec<pb::SpecialBond>, Fault> {
    let names: Vec<String> = bonds.iter().map(|stored| stored.record.project.position()).collect();
    let positions = tx.load_many::<Position>(&names, &DataScope::Everything).await?;
    let positions: HashMap<String, Position> =
        positions.into_iter().map(|stored| (stored.record.resource_name(), stored.record)).collect();
    let of = |stored: &Stored<Bond>| positions.get(&stored.record.project.position());
    Ok(bonds.iter().map(|stored| convert::bond(stored, of(stored), today)).collect())
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetBondRequest,
) -> Result<pb::GetBondResponse, Fault> {
    let mut tx = state.acts.db.read().await?;
    let stored = tx.load::<Bond>(&request.name, &call.scope()).await?;
    let stored = stored.ok_or_else(|| Fault::not_found(&request.name))?;
    let bond = shown(&mut tx, &[stored], state.acts.clock.today()).await?.pop();
    Ok(pb::GetBondResponse { bond })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListBondsRequest,
) -> Result<pb::ListBondsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = within_subtree(&request.region, &request.unit, request.year)?;
    if !request.project.is_empty() {
        filter = filter.eq("project", &request.project);
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Bond>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    let bonds = shown(&mut tx, &rows, state.acts.clock.today()).await?;
    Ok(pb::ListBondsResponse { bonds, next_page_token })
}
