//! Proposals of a run together: sums, and saving all of them at once.

use std::sync::Arc;

use hengji_db::{DbError, Record, Stored, Tx};
use hengji_kernel::{Money, Timestamp};

use crate::domain::LinkageProposal;

/// What a run's proposals come to as they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Of what was decided; of what is proposed while undecided.
    pub(crate) cut: Money,
    /// Decided as a cut, a cancellation or a recovery.
    pub(crate) cut_count: i64,
}

pub(crate) async fn totals(tx: &mut Tx, run: &str) -> Result<Totals, DbError> {
    let select = "select cast(coalesce(sum(cut_fen), 0) as bigint) as cut_fen,
        cast(coalesce(sum(case when decided = 1 and action in ('cut', 'cancel', 'recover') then 1 else 0 end), 0)
            as bigint) as cut_count
        from linkage_proposal where run = $1";
    match tx.one(select, &[run.into()]).await? {
        Some(row) => Ok(Totals { cut: row.money("cut_fen")?, cut_count: row.int("cut_count")? }),
        None => Ok(Totals { cut: Money::ZERO, cut_count: 0 }),
    }
}

/// A project of this run that another run has applied, with that run.
pub(crate) async fn applied_elsewhere(tx: &mut Tx, run: &str) -> Result<Option<(String, String)>, DbError> {
    let select = "select other.project as project, other.run as run
        from linkage_proposal own join linkage_proposal other on other.project = own.project
        where own.run = $1 and other.run <> $1 and other.state = 'applied' order by other.name limit 1";
    let found = tx.one(select, &[run.into()]).await?;
    found.map(|row| Ok((row.text("project")?, row.text("run")?))).transpose()
}

/// Saves every proposal over the version it was read at, in few statements; [`DbError::Stale`] if one has changed.
pub(crate) async fn save_all(
    tx: &mut Tx,
    run: &str,
    stored: &[Stored<LinkageProposal>],
    now: Timestamp,
) -> Result<Vec<Stored<LinkageProposal>>, DbError> {
    let mut rows = Vec::with_capacity(stored.len());
    let mut columns = vec!["name", "version", "body", "created_at", "updated_at"];
    columns.extend(
        stored.first().map(|one| one.record.columns()).unwrap_or_default().iter().map(|(name, _)| *name),
    );
    for one in stored {
        let body = serde_json::to_string(&one.record).map_err(|cause| DbError::Other(Arc::new(cause)))?;
        let name = one.record.name();
        let mut row =
            vec![name.into(), (one.version + 1).into(), body.into(), one.created_at.into(), now.into()];
        row.extend(one.record.columns().into_iter().map(|(_, value)| value));
        rows.push(row);
    }
    let head = format!("insert into linkage_proposal ({}) values", columns.join(", "));
    let tail = "on conflict (name) do update set version = excluded.version, body = excluded.body,
        updated_at = excluded.updated_at, action = excluded.action, cut_fen = excluded.cut_fen,
        decided = excluded.decided, state = excluded.state
        where linkage_proposal.version = excluded.version - 1";
    let touched = tx.bulk(&head, &rows, tail).await?;
    if touched != rows.len() as u64 {
        return Err(DbError::Stale { table: LinkageProposal::TABLE, name: run.to_owned() });
    }
    let saved = stored.iter().map(|one| Stored { version: one.version + 1, updated_at: now, ..one.clone() });
    Ok(saved.collect())
}
