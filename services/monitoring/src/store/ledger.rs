//! Positions moved together.

use hengji_db::{DbError, Record, Stored, Tx, Value};
use hengji_kernel::Timestamp;

/// Saves every position, or the funds of every position, as the version it has become; false if somebody else saved one in
/// between.
pub(crate) async fn save_moved<T: Record>(
    tx: &mut Tx,
    positions: &[Stored<T>],
    now: Timestamp,
) -> Result<bool, DbError> {
    let Some(first) = positions.first() else { return Ok(true) };
    let columns: Vec<&str> = T::COLUMNS
        .iter()
        .copied()
        .chain(first.record.columns().into_iter().map(|(column, _)| column))
        .collect();
    let mut rows = Vec::with_capacity(positions.len());
    for stored in positions {
        let texts = stored.record.encode().map_err(|cause| DbError::Other(std::sync::Arc::new(cause)))?;
        let mut row: Vec<Value> =
            vec![stored.record.name().into(), stored.version.into(), stored.created_at.into(), now.into()];
        row.extend(texts.into_iter().map(Value::from));
        row.extend(stored.record.columns().into_iter().map(|(_, value)| value));
        rows.push(row);
    }
    let head = format!(
        "insert into {} (name, version, created_at, updated_at, {}) values",
        T::TABLE,
        columns.join(", ")
    );
    let moved: Vec<String> = ["version", "updated_at"]
        .iter()
        .chain(&columns)
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    let tail = format!(
        "on conflict (name) do update set {} where {}.version < excluded.version",
        moved.join(", "),
        T::TABLE
    );
    Ok(tx.bulk(&head, &rows, &tail).await? == positions.len() as u64)
}
