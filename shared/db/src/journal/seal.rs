//! The sealer: gives committed entries their positions and chains them.

use std::future::Future;
use std::time::Duration;

use super::Journal;
use super::chain::{COLUMNS, ChainRow};
use crate::{DbError, Dialect, Tx};

/// Entries of one transaction: large enough to keep up with bulk imports, small enough that writers wait little.
const BATCH: usize = 500;

/// How soon another replica's entries are sealed if that replica died before it could.
const POLL: Duration = Duration::from_millis(200);

/// Entries appended within this time are sealed together: sealing is a commit too, and every commit waits for the disk.
const TOGETHER: Duration = Duration::from_millis(20);

/// How long the last sealing of a process may take.
const LAST: Duration = Duration::from_secs(5);

impl Journal {
    /// Seals everything committed so far and says how many entries that were.
    pub async fn seal(&self) -> Result<u64, DbError> {
        let mut sealed = 0;
        loop {
            let batch = self.seal_batch().await?;
            sealed += batch;
            if batch < BATCH as u64 {
                return Ok(sealed);
            }
        }
    }

    /// Seals as entries are committed, until `shutdown`; then once more, so that a drained process leaves nothing behind. Those
    /// who are not yet cut off may go on appending: they hold up neither the shutdown nor the last sealing, and what is left
    /// is sealed by another replica or the next start.
    pub async fn run(&self, shutdown: impl Future<Output = ()> + Send) {
        tokio::pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                () = self.turn() => {}
            }
        }
        let _ = tokio::time::timeout(LAST, self.seal_or_warn()).await;
    }

    /// Seals what is there and waits for more.
    async fn turn(&self) {
        self.seal_or_warn().await;
        tokio::select! {
            () = self.db.signals.appended.notified() => tokio::time::sleep(TOGETHER).await,
            () = tokio::time::sleep(POLL) => {}
        }
    }

    /// Nothing is lost by a failure: the entries stay pending and the next round finds them.
    async fn seal_or_warn(&self) {
        if let Err(error) = self.seal().await {
            tracing::warn!(service = self.db.service, error = %error, "journal not sealed");
        }
    }

    async fn seal_batch(&self) -> Result<u64, DbError> {
        // looked at without a lock first: most rounds of most replicas find nothing
        if self.db.ask(self.db.statement("select arrival from journal_pending limit 1")).await?.is_empty() {
            return Ok(0);
        }
        let mut tx = self.db.write().await?;
        let Some((head, count)) = tx.seal_pending(self).await? else { return Ok(0) };
        tx.commit().await?;
        self.db.signals.sealed.send_replace(head);
        Ok(count)
    }
}

impl Tx {
    /// Moves the next pending entries to the end of the chain; the new head and how many there were.
    async fn seal_pending(&mut self, journal: &Journal) -> Result<Option<(i64, u64)>, DbError> {
        self.lock_journal().await?;
        let take = "delete from journal_pending \
                    where arrival in (select arrival from journal_pending order by arrival limit $1) \
                    returning arrival, entry_id, at, account, method, request_id, kind, subject, region, unit, payload, reason";
        let mut pending = Vec::new();
        for row in self.all(take, &[(BATCH as i64).into()]).await? {
            pending.push((row.int("arrival")?, ChainRow::read_pending(&row)?));
        }
        pending.sort_unstable_by_key(|(arrival, _)| *arrival);
        if pending.is_empty() {
            return Ok(None);
        }
        let mut head = self.journal_head().await?;
        let sealed_at = journal.clock.now();
        let mut sealed = Vec::with_capacity(pending.len());
        for (_, mut entry) in pending {
            head = entry.seal(head, sealed_at);
            sealed.push(entry.values());
        }
        self.bulk(&format!("insert into journal_entry ({COLUMNS}) values"), &sealed, "").await?;
        Ok(Some((head.position, sealed.len() as u64)))
    }

    /// One sealer at a time, in all replicas. SQLite has one writer anyway. The lock ends after the commit is visible.
    async fn lock_journal(&mut self) -> Result<(), DbError> {
        if self.dialect() == Dialect::Postgres {
            let lock =
                "select pg_advisory_xact_lock(hashtextextended('hengji journal ' || current_schema(), 0))";
            self.exec(lock, &[]).await?;
        }
        Ok(())
    }
}
