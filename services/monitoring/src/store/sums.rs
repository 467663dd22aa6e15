//! Sums the database makes: over positions for roll-ups, over the ledger for a past day.

use hengji_db::{DbError, FromColumn, Row, Tx, Value};
use hengji_kernel::{Date, FiscalYear, Money, RegionCode, UnitCode};

/// Sums and counts over the positions of a region and unit subtree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) projects: i64,
    pub(crate) budget: Money,
    pub(crate) allotted: Money,
    pub(crate) paid: Money,
    /// Light as stored, such as `green`, with its count.
    pub(crate) money_lights: Vec<(String, i64)>,
    pub(crate) result_lights: Vec<(String, i64)>,
}

const UNDER: &str =
    "from position where region >= $1 and region < $2 and unit >= $3 and unit < $4 and year = $5";

pub(crate) async fn sums(
    tx: &mut Tx,
    region: &RegionCode,
    unit: Option<&UnitCode>,
    year: FiscalYear,
) -> Result<Sums, DbError> {
    let [region_from, region_to] = subtree(region.prefix());
    let [unit_from, unit_to] = subtree(unit.map_or("", UnitCode::as_str));
    let args: [Value; 5] = [region_from, region_to, unit_from, unit_to, year.into()];
    let total = |column: &str| format!("cast(coalesce(sum({column}), 0) as bigint) as {column}");
    let sql = format!(
        "select count(*) as projects, {}, {}, {} {UNDER}",
        total("budget_fen"),
        total("allotted_fen"),
        total("paid_fen")
    );
    let row = tx.one(&sql, &args).await?;
    let row = row.as_ref();
    Ok(Sums {
        projects: column(row, "projects")?.unwrap_or(0),
        budget: column(row, "budget_fen")?.unwrap_or_default(),
        allotted: column(row, "allotted_fen")?.unwrap_or_default(),
        paid: column(row, "paid_fen")?.unwrap_or_default(),
        money_lights: lights(tx, "money_light", &args).await?,
        result_lights: lights(tx, "result_light", &args).await?,
    })
}

fn column<T: FromColumn>(row: Option<&Row>, name: &str) -> Result<Option<T>, DbError> {
    row.map(|row| row.get(name)).transpose()
}

async fn lights(tx: &mut Tx, column: &str, args: &[Value]) -> Result<Vec<(String, i64)>, DbError> {
    let sql = format!("select {column} as light, count(*) as projects {UNDER} group by {column}");
    tx.all(&sql, args).await?.iter().map(|row| Ok((row.text("light")?, row.int("projects")?))).collect()
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
    Ok(column(row.as_ref(), "paid")?.unwrap_or_default())
}

/// The first day money was issued by an allotment that stands, `except` aside.
pub(crate) async fn first_issue(tx: &mut Tx, project: &str, except: &str) -> Result<Option<Date>, DbError> {
    let sql = "select min(issue_date) as first from allotment where project = $1 and state = 'issued' and name <> $2";
    let row = tx.one(sql, &[project.into(), except.into()]).await?;
    row.map_or(Ok(None), |row| row.get("first"))
}
