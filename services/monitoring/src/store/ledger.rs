//! Positions moved together, and what was taken back of payments.

use std::collections::HashMap;

use hengji_db::{DbError, Record, Stored, Tx, Value};
use hengji_kernel::{Money, Timestamp};

/// Saves every position, or the funds of every position, as the version it has become; false if somebody else saved one in
/// between.
pub(crate) async fn save_moved<'a, T: Record + 'a>(
    tx: &mut Tx,
    positions: impl IntoIterator<Item = Stored<&'a T>>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let positions: Vec<_> = positions.into_iter().collect();
    let Some(first) = positions.first() else { return Ok(true) };
    let columns: Vec<&str> = T::COLUMNS
        .iter()
        .copied()
        .chain(first.record.columns().into_iter().map(|(column, _)| column))
        .collect();
    let mut rows = Vec::with_capacity(positions.len());
    for stored in &positions {
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

/// What the corrections stored so far took back of each of these payments, by its name; above 0.
pub(crate) async fn taken_back(tx: &mut Tx, payments: &[String]) -> Result<HashMap<String, Money>, DbError> {
    if payments.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<String> = (1..=payments.len()).map(|place| format!("${place}")).collect();
    let sql = format!(
        "select corrects, cast(-sum(amount_fen) as bigint) as taken_back from payment where corrects in ({}) \
         group by corrects",
        places.join(", ")
    );
    let names: Vec<Value> = payments.iter().map(Value::from).collect();
    tx.all(&sql, &names)
        .await?
        .iter()
        .map(|row| Ok((row.text("corrects")?, row.money("taken_back")?)))
        .collect()
}

#[cfg(test)]
mod tests;
