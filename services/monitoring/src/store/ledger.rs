//! Positions held and moved together, so that no two writers pay the same money.

use hengji_db::{DbError, Dialect, Record, Stored, Tx, Value};
use hengji_kernel::Timestamp;

use crate::domain::Position;

/// Holds the named positions until the transaction ends, in name order, so that two writers wait instead of deadlocking.
/// SQLite admits one writer anyway.
pub(crate) async fn lock_positions(tx: &mut Tx, names: &[String]) -> Result<(), DbError> {
    if tx.dialect() == Dialect::Sqlite || names.is_empty() {
        return Ok(());
    }
    let lock =
        "select name from position where name = any(string_to_array($1, ',')) order by name for update";
    tx.all(lock, &[names.join(",").into()]).await?;
    Ok(())
}

/// Saves every position over the version it was loaded at; false if somebody else saved one in between.
pub(crate) async fn save_positions(
    tx: &mut Tx,
    positions: &[Stored<Position>],
    now: Timestamp,
) -> Result<bool, DbError> {
    let Some(first) = positions.first() else { return Ok(true) };
    let columns: Vec<&str> = first.record.columns().into_iter().map(|(column, _)| column).collect();
    let mut rows = Vec::with_capacity(positions.len());
    for stored in positions {
        let body = serde_json::to_string(&stored.record)
            .map_err(|cause| DbError::Other(std::sync::Arc::new(cause)))?;
        let mut row: Vec<Value> = vec![
            stored.record.name().into(),
            (stored.version + 1).into(),
            body.into(),
            stored.created_at.into(),
            now.into(),
        ];
        row.extend(stored.record.columns().into_iter().map(|(_, value)| value));
        rows.push(row);
    }
    let head = format!(
        "insert into position (name, version, body, created_at, updated_at, {}) values",
        columns.join(", ")
    );
    let moved: Vec<String> = ["version", "body", "updated_at"]
        .iter()
        .chain(&columns)
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    let tail = format!(
        "on conflict (name) do update set {} where position.version = excluded.version - 1",
        moved.join(", ")
    );
    Ok(tx.bulk(&head, &rows, &tail).await? == positions.len() as u64)
}
