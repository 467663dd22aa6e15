//! Which background work is due: one row for each, so that of several replicas one does it.

use hengji_db::{DbError, Tx};
use hengji_kernel::Timestamp;

/// Takes the turn, unless one was taken after `before`.
pub(crate) async fn claim_turn(
    tx: &mut Tx,
    job: &str,
    now: Timestamp,
    before: Timestamp,
) -> Result<bool, DbError> {
    let claim = "insert into turn (job, taken_at) values ($1, $2) \
                 on conflict (job) do update set taken_at = excluded.taken_at where turn.taken_at <= $3";
    Ok(tx.exec(claim, &[job.into(), now.into(), before.into()]).await? == 1)
}

/// The turn taken at that moment failed and is due again.
pub(crate) async fn give_back_turn(tx: &mut Tx, job: &str, taken: Timestamp) -> Result<(), DbError> {
    let give_back = "update turn set taken_at = 0 where job = $1 and taken_at = $2";
    tx.exec(give_back, &[job.into(), taken.into()]).await.map(|_| ())
}
