//! Sums kept over positions (table `rollup`) together with what moved since (`rollup_move`): triggers write a move beside each
//! change of a position, in its transaction, and wait for no other writer. [`fold`] adds moves to the sums now and then.

use std::collections::BTreeMap;

use hengji_db::{DbError, Row, Tx, Value};
use hengji_kernel::{FiscalYear, Money, RegionCode, UnitCode};

use super::rounds::Grouping;
use super::sums::subtree;

/// Moves added to the sums at a time.
const MOVES_A_FOLD: i64 = 2000;

const KEY: [&str; 7] = ["region", "unit", "year", "fund_kind", "marks", "money_light", "result_light"];
const SUMS: [&str; 4] = ["projects", "budget_fen", "allotted_fen", "paid_fen"];
const LIGHTS: [&str; 4] = ["unlit", "green", "yellow", "red"];

/// Money and projects under one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rollup {
    /// As stored: a code, a word, or empty.
    pub(crate) key: String,
    pub(crate) all: Part,
    /// Light as stored, such as `green`, with what shows it.
    pub(crate) money_lights: Vec<(&'static str, Part)>,
    pub(crate) result_lights: Vec<(&'static str, Part)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Part {
    pub(crate) projects: i64,
    pub(crate) budget: Money,
    pub(crate) allotted: Money,
    pub(crate) paid: Money,
}

/// Sums over a region and unit subtree in a year, by key; one statement, so that it sees one moment.
pub(crate) async fn rollups(
    tx: &mut Tx,
    region: &RegionCode,
    unit: Option<&UnitCode>,
    year: FiscalYear,
    by: Grouping,
) -> Result<Vec<Rollup>, DbError> {
    let [region_from, region_to] = subtree(region.prefix());
    let [unit_from, unit_to] = subtree(unit.map_or("", UnitCode::as_str));
    let args: [Value; 5] = [region_from, region_to, unit_from, unit_to, year.into()];
    let arms: Vec<String> = by.keys().iter().flat_map(|(key, which)| arms(key, which)).collect();
    let sql = format!(
        "select key, {} from ({}) as moved group by key having sum(projects) <> 0 order by key",
        totals(),
        arms.join(" union all ")
    );
    tx.all(&sql, &args).await?.iter().map(rollup).collect()
}

/// Both tables under one key.
fn arms(key: &str, which: &str) -> [String; 2] {
    ["rollup", "rollup_move"].map(|table| {
        format!(
            "select {key} as key, money_light, result_light, {} from {table} where region >= $1 and region < $2 \
             and unit >= $3 and unit < $4 and year = $5 and {which}",
            SUMS.join(", ")
        )
    })
}

fn totals() -> String {
    let total = |what: &str, name: &str| format!("cast(coalesce(sum({what}), 0) as bigint) as {name}");
    let mut columns: Vec<String> = SUMS.iter().map(|column| total(column, column)).collect();
    for which in ["money", "result"] {
        for light in LIGHTS {
            let part = |column: &&str| {
                let what = format!("case when {which}_light = '{light}' then {column} else 0 end");
                total(&what, &format!("{which}_{light}_{column}"))
            };
            columns.extend(SUMS.iter().map(part));
        }
    }
    columns.join(", ")
}

fn rollup(row: &Row) -> Result<Rollup, DbError> {
    let part = |prefix: &str| {
        Ok::<_, DbError>(Part {
            projects: row.int(&format!("{prefix}projects"))?,
            budget: row.money(&format!("{prefix}budget_fen"))?,
            allotted: row.money(&format!("{prefix}allotted_fen"))?,
            paid: row.money(&format!("{prefix}paid_fen"))?,
        })
    };
    let lights = |which: &str| {
        let of = |light: &'static str| Ok((light, part(&format!("{which}_{light}_"))?));
        LIGHTS.into_iter().map(of).collect::<Result<Vec<_>, DbError>>()
    };
    Ok(Rollup {
        key: row.text("key")?,
        all: part("")?,
        money_lights: lights("money")?,
        result_lights: lights("result")?,
    })
}

/// Adds waiting moves to the sums, some at a time; true if there may be more.
pub(crate) async fn fold(tx: &mut Tx) -> Result<bool, DbError> {
    let last = "select cast(coalesce(max(id), 0) as bigint) as last from \
                (select id from rollup_move order by id limit $1) as waiting";
    let last = tx.one(last, &[MOVES_A_FOLD.into()]).await?.map_or(Ok(0), |row| row.int("last"))?;
    if last == 0 {
        return Ok(false);
    }
    // of two that fold at once, each takes what it deletes
    let take =
        format!("delete from rollup_move where id <= $1 returning {}, {}", KEY.join(", "), SUMS.join(", "));
    let taken = tx.all(&take, &[last.into()]).await?;
    let more = taken.len() as i64 >= MOVES_A_FOLD;
    let mut sums: BTreeMap<Key, [i64; 4]> = BTreeMap::new();
    for row in &taken {
        let sum = sums.entry(Key::of(row)?).or_default();
        for (sum, column) in sum.iter_mut().zip(SUMS) {
            *sum += row.int(column)?;
        }
    }
    let rows: Vec<Vec<Value>> = sums.into_iter().map(|(key, sum)| key.values(sum)).collect();
    let added: Vec<String> =
        SUMS.iter().map(|sum| format!("{sum} = rollup.{sum} + excluded.{sum}")).collect();
    let head = format!("insert into rollup ({}, {}) values", KEY.join(", "), SUMS.join(", "));
    let tail = format!("on conflict ({}) do update set {}", KEY.join(", "), added.join(", "));
    tx.bulk(&head, &rows, &tail).await?;
    let empty: Vec<String> = SUMS.iter().map(|sum| format!("{sum} = 0")).collect();
    tx.exec(&format!("delete from rollup where {}", empty.join(" and ")), &[]).await?;
    Ok(more)
}

/// What a sum is kept by, in the order of [`KEY`].
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    place: [String; 2],
    year: i64,
    told_apart: [String; 4],
}

impl Key {
    fn of(row: &Row) -> Result<Self, DbError> {
        let [region, unit, year, fund_kind, marks, money, result] = KEY;
        Ok(Self {
            place: [row.text(region)?, row.text(unit)?],
            year: row.int(year)?,
            told_apart: [row.text(fund_kind)?, row.text(marks)?, row.text(money)?, row.text(result)?],
        })
    }

    fn values(self, sums: [i64; 4]) -> Vec<Value> {
        let mut values: Vec<Value> = self.place.into_iter().map(Value::from).collect();
        values.push(self.year.into());
        values.extend(self.told_apart.map(Value::from));
        values.extend(sums.map(Value::from));
        values
    }
}

#[cfg(test)]
mod tests;
