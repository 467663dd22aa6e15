//! Proposals of a run together.

use hengji_db::{DbError, Tx};
use hengji_kernel::Money;

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
