//! Which indicator names are in use in a region and year.

use std::collections::{BTreeSet, HashMap};

use hengji_db::{DbError, Tx, Value};
use hengji_kernel::{FiscalYear, RegionCode};

use crate::domain::{Target, Usage, common_name};

/// Names looked up by one statement.
const NAMES_A_STATEMENT: usize = 500;

fn names(target: &Target) -> BTreeSet<String> {
    let title = &target.object.title;
    target.contents.indicators.iter().map(|indicator| common_name(&indicator.title, title)).collect()
}

/// Puts the names of the target's present indicators in place of those kept before.
pub(crate) async fn keep(tx: &mut Tx, target: &Target) -> Result<(), DbError> {
    let name = target.resource_name();
    tx.exec("delete from indicator_name where target = $1", &[(&name).into()]).await?;
    let row = |word: String| vec![(&name).into(), word.into(), (&target.region).into(), target.year.into()];
    let rows: Vec<Vec<Value>> = names(target).into_iter().map(row).collect();
    tx.bulk("insert into indicator_name (target, name, region, year) values", &rows, "").await?;
    Ok(())
}

/// Keeps the names of targets that are new.
pub(crate) async fn keep_new(tx: &mut Tx, targets: &[Target]) -> Result<(), DbError> {
    let rows_of = |target: &Target| {
        let (target_name, region, year) = (target.resource_name(), target.region.clone(), target.year);
        let row = move |word: String| -> Vec<Value> {
            vec![(&target_name).into(), word.into(), (&region).into(), year.into()]
        };
        names(target).into_iter().map(row).collect::<Vec<_>>()
    };
    let rows: Vec<Vec<Value>> = targets.iter().flat_map(rows_of).collect();
    let head = "insert into indicator_name (target, name, region, year) values";
    tx.bulk(head, &rows, "on conflict (target, name) do nothing").await?;
    Ok(())
}

/// How often the target's names are used in its year, itself included whether it is stored or not.
pub(crate) async fn with(tx: &mut Tx, target: &Target) -> Result<Usage, DbError> {
    let own = target.resource_name();
    let mut usage = of(tx, &target.region, target.year, &names(target), &own).await?;
    usage.targets += 1;
    for name in names(target) {
        *usage.uses.entry(name).or_default() += 1;
    }
    Ok(usage)
}

/// How often the names of stored targets of one region and year are used in it.
pub(crate) async fn among<'a>(
    tx: &mut Tx,
    region: &RegionCode,
    year: FiscalYear,
    targets: impl IntoIterator<Item = &'a Target>,
) -> Result<Usage, DbError> {
    let names: BTreeSet<String> = targets.into_iter().flat_map(names).collect();
    of(tx, region, year, &names, "").await
}

async fn of(
    tx: &mut Tx,
    region: &RegionCode,
    year: FiscalYear,
    names: &BTreeSet<String>,
    except: &str,
) -> Result<Usage, DbError> {
    let fixed: [Value; 3] = [region.into(), year.into(), except.into()];
    let count = "select count(*) as targets from target where region = $1 and year = $2 and name <> $3";
    let targets = tx.one(count, &fixed).await?.map_or(Ok(0), |row| row.int("targets"))?;
    let mut uses = HashMap::new();
    let names: Vec<&String> = names.iter().collect();
    for chunk in names.chunks(NAMES_A_STATEMENT) {
        let places: Vec<String> = (0..chunk.len()).map(|index| format!("${}", index + 4)).collect();
        let sql = format!(
            "select name, count(*) as uses from indicator_name \
             where region = $1 and year = $2 and target <> $3 and name in ({}) group by name",
            places.join(", ")
        );
        let mut args = fixed.to_vec();
        args.extend(chunk.iter().map(|name| Value::from(*name)));
        for row in tx.all(&sql, &args).await? {
            uses.insert(row.text("name")?, u32::try_from(row.int("uses")?).unwrap_or(u32::MAX));
        }
    }
    Ok(Usage { targets: u32::try_from(targets).unwrap_or(u32::MAX), uses })
}
