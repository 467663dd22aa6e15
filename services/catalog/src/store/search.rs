//! What changed in the indicator library, for the search indexes of all replicas.

use hengji_db::{DbError, Tx, Value};
use hengji_kernel::DataScope;

use crate::domain::Indicator;

const LIBRARY: &str = "indicators";

/// How often the library has changed.
pub(crate) async fn changes(tx: &mut Tx) -> Result<i64, DbError> {
    let row = tx.one("select changes from library where name = $1", &[LIBRARY.into()]).await?;
    row.map_or(Ok(0), |row| row.int("changes"))
}

/// Indicators touched after that change.
pub(crate) async fn changed_since(tx: &mut Tx, change: i64) -> Result<Vec<String>, DbError> {
    let sql = "select name from indicator_change where change > $1 order by name";
    tx.all(sql, &[change.into()]).await?.iter().map(|row| row.text("name")).collect()
}

pub(crate) async fn indicators(tx: &mut Tx, names: &[String]) -> Result<Vec<Indicator>, DbError> {
    let stored = tx.load_many::<Indicator>(names, &DataScope::Everything).await?;
    Ok(stored.into_iter().map(|row| row.record).collect())
}

/// Marks these as touched by this transaction. Others who change the library wait for it to end.
pub(crate) async fn touch<'a>(
    tx: &mut Tx,
    names: impl IntoIterator<Item = &'a String>,
) -> Result<(), DbError> {
    tx.exec("update library set changes = changes + 1 where name = $1", &[LIBRARY.into()]).await?;
    let change = changes(tx).await?;
    let rows: Vec<Vec<Value>> =
        names.into_iter().map(|name| vec![name.as_str().into(), change.into()]).collect();
    let head = "insert into indicator_change (name, change) values";
    tx.bulk(head, &rows, "on conflict (name) do update set change = excluded.change").await?;
    Ok(())
}
