//! Positions moved together.

use hengji_db::{DbError, Record, Stored, Tx, Value};
use hengji_kernel::Timestamp;

use crate::domain::Position;

/// Saves every position as the version it has become; false if somebody else saved one in between.
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
            stored.version.into(),
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
        "on conflict (name) do update set {} where position.version < excluded.version",
        moved.join(", ")
    );
    Ok(tx.bulk(&head, &rows, &tail).await? == positions.len() as u64)
}
