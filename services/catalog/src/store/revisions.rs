//! Which revisions of rule packs there are.

use hengji_db::{DbError, Tx};
use hengji_kernel::{DataScope, Date, RegionCode};

use super::Arguments;
use crate::domain::PackRevision;

/// The latest revision of a code, and the layer the code belongs to.
pub(crate) async fn code_of(tx: &mut Tx, code: &str) -> Result<Option<(u32, RegionCode)>, DbError> {
    let sql = "select revision, region from rule_pack where code = $1 order by revision desc limit 1";
    let row = tx.one(sql, &[code.into()]).await?;
    row.map(|row| Ok((number(row.int("revision")?), row.get("region")?))).transpose()
}

/// The latest revision of a code that is or was active.
pub(crate) async fn last_in_force(tx: &mut Tx, code: &str) -> Result<Option<u32>, DbError> {
    let sql = "select revision from rule_pack where code = $1 and state in ('active', 'superseded') \
               order by revision desc limit 1";
    let row = tx.one(sql, &[code.into()]).await?;
    row.map(|row| Ok(number(row.int("revision")?))).transpose()
}

/// For each code of these layers the latest revision whose first day has come. A superseded one still counts for the days
/// before its successor's first day, so that the past is scored by the rules of the past.
pub(crate) async fn in_force(
    tx: &mut Tx,
    layers: &[RegionCode],
    date: Date,
) -> Result<Vec<PackRevision>, DbError> {
    let mut arguments = Arguments::default();
    let sql = format!(
        "select code, max(revision) as revision from rule_pack where state in ('active', 'superseded') \
         and region in ({}) and valid_from <= {} group by code",
        arguments.bind_all(layers),
        arguments.bind(date)
    );
    let mut names = Vec::new();
    for row in tx.all(&sql, &arguments.0).await? {
        names.push(PackRevision::name_of(&row.text("code")?, number(row.int("revision")?)));
    }
    let stored = tx.load_many::<PackRevision>(&names, &DataScope::Everything).await?;
    Ok(stored.into_iter().map(|row| row.record).collect())
}

fn number(revision: i64) -> u32 {
    u32::try_from(revision).unwrap_or(u32::MAX)
}
