//! Sums the database makes: over positions for idle money, over the ledger for a past day.

use hengji_db::{DbError, Tx, Value};
use hengji_kernel::{Date, FiscalYear, Money, RegionCode, UnitCode};

use super::word;
use crate::domain::{FundKind, Mark};

/// Whose idle money is counted.
pub(crate) struct IdleQuestion<'a> {
    pub(crate) region: &'a RegionCode,
    pub(crate) unit: Option<&'a UnitCode>,
    pub(crate) year: FiscalYear,
    pub(crate) kind: Option<FundKind>,
    pub(crate) mark: Option<Mark>,
    /// Smaller remainders are left out.
    pub(crate) least: Money,
    /// Idle since this day at the latest.
    pub(crate) latest: Date,
}

/// Money issued and not paid, by the day since when it lies still: that day, how many projects, how much.
pub(crate) async fn idle_by_day(
    tx: &mut Tx,
    question: &IdleQuestion<'_>,
) -> Result<Vec<(Date, i64, Money)>, DbError> {
    let [region_from, region_to] = subtree(question.region.prefix());
    let [unit_from, unit_to] = subtree(question.unit.map_or("", UnitCode::as_str));
    let mut args: Vec<Value> = vec![
        region_from,
        region_to,
        unit_from,
        unit_to,
        question.year.into(),
        question.least.into(),
        question.latest.into(),
    ];
    let of_kind = question.kind.map_or("", |_| " and fund_kind = $8");
    args.extend(question.kind.map(|kind| Value::word(&kind)));
    let marked = question.mark.map_or(String::new(), |mark| format!(" and marks like '% {} %'", word(&mark)));
    let sql = format!(
        "select idle_since, count(*) as projects, cast(sum(allotted_fen - paid_fen) as bigint) as idle_fen \
         from position where region >= $1 and region < $2 and unit >= $3 and unit < $4 and year = $5 \
         and allotted_fen - paid_fen >= $6 and idle_since <= $7{of_kind}{marked} group by idle_since"
    );
    let rows = tx.all(&sql, &args).await?;
    rows.iter()
        .map(|row| Ok((row.get("idle_since")?, row.int("projects")?, row.money("idle_fen")?)))
        .collect()
}

/// Day of the last payment dated up to that day, refunds aside.
pub(crate) async fn last_paid_until(tx: &mut Tx, project: &str, day: Date) -> Result<Option<Date>, DbError> {
    let sql =
        "select max(pay_date) as last from payment where project = $1 and pay_date <= $2 and amount_fen > 0";
    let row = tx.one(sql, &[project.into(), day.into()]).await?;
    row.map_or(Ok(None), |row| row.get("last"))
}

/// Codes that begin with `prefix` lie from the first to before the second: they are digits, and `:` comes right after the last
/// of them.
pub(super) fn subtree(prefix: &str) -> [Value; 2] {
    [prefix.into(), format!("{prefix}:").into()]
}

/// Paid net of refunds by vouchers dated up to that day.
pub(crate) async fn paid_until(tx: &mut Tx, project: &str, day: Date) -> Result<Money, DbError> {
    let sql = "select cast(coalesce(sum(amount_fen), 0) as bigint) as paid from payment \
               where project = $1 and pay_date <= $2";
    let row = tx.one(sql, &[project.into(), day.into()]).await?;
    row.map_or(Ok(Money::ZERO), |row| row.money("paid"))
}

/// The first day money was issued by an allotment that stands, `except` aside.
pub(crate) async fn first_issue(tx: &mut Tx, project: &str, except: &str) -> Result<Option<Date>, DbError> {
    let sql = "select min(issue_date) as first from allotment where project = $1 and state = 'issued' and name <> $2";
    let row = tx.one(sql, &[project.into(), except.into()]).await?;
    row.map_or(Ok(None), |row| row.get("first"))
}
