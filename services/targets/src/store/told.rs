//! How far catalog has been told of approvals.

use hengji_db::{DbError, Tx};

/// Position in this service's journal of the last approval told; 0 if none was.
pub(crate) async fn position(tx: &mut Tx) -> Result<i64, DbError> {
    let row = tx.one("select position from told where listener = 'catalog'", &[]).await?;
    row.map_or(Ok(0), |row| row.int("position"))
}

/// Never backwards: several replicas tell the same.
pub(crate) async fn advance(tx: &mut Tx, position: i64) -> Result<(), DbError> {
    let sql = "insert into told (listener, position) values ('catalog', $1) on conflict (listener) \
               do update set position = excluded.position where told.position < excluded.position";
    tx.exec(sql, &[position.into()]).await?;
    Ok(())
}
