//! Which targets use which indicators.

use std::collections::HashMap;

use hengji_db::{DbError, Tx, Value};
use hengji_kernel::{DataScope, FiscalYear, RegionCode, Timestamp};

use super::Arguments;
use crate::domain::{Indicator, Living};

/// An approved version of a target.
pub(crate) struct TargetUse<'a> {
    pub(crate) target: &'a str,
    pub(crate) version: i32,
    pub(crate) region: &'a RegionCode,
    pub(crate) year: FiscalYear,
}

/// What is counted.
pub(crate) struct Uses<'a> {
    /// With everything under it.
    pub(crate) region: &'a RegionCode,
    pub(crate) year: Option<FiscalYear>,
    /// `indicators/...`; all if empty.
    pub(crate) indicator: &'a str,
    /// Region code of the owning layer; all if empty.
    pub(crate) layer: &'a str,
    /// Count and name of the last row told.
    pub(crate) after: Option<(&'a str, &'a str)>,
}

/// How often one indicator is used.
pub(crate) struct Counted {
    pub(crate) indicator: String,
    pub(crate) title: String,
    pub(crate) layer: String,
    pub(crate) targets: i64,
    pub(crate) regions: i64,
}

/// Puts what this version uses in place of what an earlier one used; false if it or a later one was told before.
pub(crate) async fn take_in_use(
    tx: &mut Tx,
    told: &TargetUse<'_>,
    indicators: &[String],
    now: Timestamp,
) -> Result<bool, DbError> {
    let claim = "insert into target_use (target, target_version, told_at) values ($1, $2, $3) \
                 on conflict (target) do update set target_version = excluded.target_version, \
                 told_at = excluded.told_at where target_use.target_version < excluded.target_version";
    let version = i64::from(told.version);
    if tx.exec(claim, &[told.target.into(), version.into(), now.into()]).await? == 0 {
        return Ok(false);
    }
    tx.exec("delete from indicator_use where target = $1", &[told.target.into()]).await?;
    let row =
        |indicator: &String| vec![told.target.into(), indicator.into(), told.region.into(), told.year.into()];
    let rows: Vec<Vec<Value>> = indicators.iter().map(row).collect();
    tx.bulk("insert into indicator_use (target, indicator, region, year) values", &rows, "").await?;
    Ok(true)
}

/// Most used first, then by name.
pub(crate) async fn uses(tx: &mut Tx, asked: &Uses<'_>, limit: usize) -> Result<Vec<Counted>, DbError> {
    let mut arguments = Arguments::default();
    let conditions = conditions(asked, &mut arguments);
    let having = match asked.after {
        None => String::new(),
        Some((count, name)) => {
            let count = arguments.bind(count.parse::<i64>().unwrap_or_default());
            let name = arguments.bind(name);
            format!("having count(*) < {count} or (count(*) = {count} and u.indicator > {name})")
        }
    };
    let sql = format!(
        "select u.indicator, count(*) as targets, count(distinct u.region) as regions \
         from indicator_use u join indicator i on i.name = u.indicator {conditions} \
         group by u.indicator {having} order by targets desc, u.indicator limit {}",
        arguments.bind(i64::try_from(limit).unwrap_or(i64::MAX))
    );
    let rows = tx.all(&sql, &arguments.0).await?;
    let names = rows.iter().map(|row| row.text("indicator")).collect::<Result<Vec<_>, _>>()?;
    let known = tx.load_many::<Indicator>(&names, &DataScope::Everything).await?;
    let known: HashMap<String, Indicator> =
        known.into_iter().map(|stored| (stored.record.resource_name(), stored.record)).collect();
    let counted = rows.iter().zip(names).map(|(row, name)| {
        let indicator = known.get(&name);
        Ok(Counted {
            title: indicator.map(|indicator| indicator.title.clone()).unwrap_or_default(),
            layer: indicator.map(|indicator| indicator.layer.to_string()).unwrap_or_default(),
            indicator: name,
            targets: row.int("targets")?,
            regions: row.int("regions")?,
        })
    });
    counted.collect()
}

fn conditions(asked: &Uses<'_>, arguments: &mut Arguments) -> String {
    let mut conditions = Vec::new();
    let prefix = asked.region.prefix();
    if !prefix.is_empty() {
        // a subtree is a range of codes: `:` follows 9
        let (from, to) = (arguments.bind(prefix), arguments.bind(format!("{prefix}:")));
        conditions.push(format!("u.region >= {from} and u.region < {to}"));
    }
    if let Some(year) = asked.year {
        conditions.push(format!("u.year = {}", arguments.bind(year)));
    }
    if !asked.indicator.is_empty() {
        conditions.push(format!("u.indicator = {}", arguments.bind(asked.indicator)));
    }
    if !asked.layer.is_empty() {
        conditions.push(format!("i.region = {}", arguments.bind(asked.layer)));
    }
    if conditions.is_empty() { String::new() } else { format!("where {}", conditions.join(" and ")) }
}
