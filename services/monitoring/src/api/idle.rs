//! Money issued and lying still (沉淀资金), by age.

use std::collections::BTreeMap;

use hengji_db::Value;
use hengji_kernel::{Date, FiscalYear, Money, RegionCode, UnitCode};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::{Call, Fault, Reason, convert as words};
use hengji_rules::EffectivePack;
use hengji_rules::idle::{Aged, age};

use super::payments::within_subtree;
use super::{State, convert};
use crate::domain::Position;
use crate::peers;
use crate::store::{IdleQuestion, idle_by_day, word};

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListIdleMoneyRequest,
) -> Result<pb::ListIdleMoneyResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let today = state.acts.clock.today();
    let as_of = words::parse_date_or_none("as_of", request.as_of.as_ref())?.unwrap_or(today);
    let region: RegionCode = words::word("region", &request.region)?;
    let unit = words::word_or_none::<UnitCode>("unit", &request.unit)?;
    let year: FiscalYear = words::year("year", request.year)?;
    call.reach(&format!("regions/{region}"), &region, unit.as_ref())?;
    let pack = state.rules.in_force(call, &region, as_of).await?;
    let Some(rule) = pack.rules.idle_money.as_ref() else {
        return Err(Fault::precondition(Reason::RulePackUnfit, region.as_str(), "没有沉淀资金账龄规则"));
    };
    let latest = as_of.plus_days(-i64::from(request.from_days));
    let least = Money::from_yuan(rule.rule.from_yuan).map_err(Fault::internal)?.max(Money::from_fen(1));
    let (kind, mark) = (peers::fund_kind(request.fund_kind()), peers::mark(request.mark()));
    let mut filter = within_subtree(&request.region, &request.unit, request.year)?
        .at_least("allotted_fen - paid_fen", least)
        .at_most("idle_since", latest);
    if let Some(kind) = kind {
        filter = filter.eq("fund_kind", Value::word(&kind));
    }
    if let Some(mark) = mark {
        filter = filter.holds("marks", &word(&mark));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Position>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    let question = IdleQuestion { region: &region, unit: unit.as_ref(), year, kind, mark, least, latest };
    let by_day = idle_by_day(&mut tx, &question).await?;
    Ok(pb::ListIdleMoneyResponse {
        rows: rows.iter().filter_map(|stored| row(&stored.record, as_of, &pack)).collect(),
        next_page_token,
        ages: ages(&by_day, as_of, &pack),
    })
}

fn row(position: &Position, as_of: Date, pack: &EffectivePack) -> Option<pb::IdleMoney> {
    let idle = position.idle()?;
    let aged = age(idle.amount, idle.since, as_of, pack).ok().flatten()?;
    Some(convert::idle_money(position, idle, &aged))
}

/// Sums by age, youngest first. Days lie in the order of their ages.
fn ages(by_day: &[(Date, i64, Money)], as_of: Date, pack: &EffectivePack) -> Vec<pb::IdleAge> {
    let mut ages: BTreeMap<usize, (Aged, i64, Money)> = BTreeMap::new();
    let Some(rule) = pack.rules.idle_money.as_ref() else { return vec![] };
    for (since, projects, amount) in by_day {
        let Ok(Some(aged)) = age(*amount, *since, as_of, pack) else { continue };
        let place = rule.rule.ages.iter().position(|named| named.name == aged.name).unwrap_or_default();
        let (_, counted, sum) = ages.entry(place).or_insert_with(|| (aged, 0, Money::ZERO));
        *counted += projects;
        *sum += *amount;
    }
    ages.into_values().map(|(aged, projects, amount)| convert::idle_age(&aged, projects, amount)).collect()
}
