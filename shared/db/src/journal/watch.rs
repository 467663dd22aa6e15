//! Following the journal.

use std::collections::VecDeque;
use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt};
use hengji_kernel::DataScope;
use tokio::sync::watch;

use super::{Journal, JournalFilter, SealedEntry};
use crate::DbError;

/// Entries a watcher holds in memory: it reads the next ones only when these are taken.
const BATCH: usize = 100;

/// How soon entries sealed by another replica are seen.
const POLL: Duration = Duration::from_millis(200);

struct Watcher {
    journal: Journal,
    after: i64,
    ready: VecDeque<SealedEntry>,
    sealed: watch::Receiver<i64>,
}

impl Journal {
    /// Every entry after position `after`, in order, none left out, without end. Ends after an error: resume from the
    /// last position seen.
    pub fn watch(&self, after: i64) -> BoxStream<'static, Result<SealedEntry, DbError>> {
        let sealed = self.db.signals.sealed.subscribe();
        let watcher = Watcher { journal: self.clone(), after, ready: VecDeque::new(), sealed };
        stream::try_unfold(watcher, |mut watcher| async move {
            let entry = watcher.next().await?;
            Ok(Some((entry, watcher)))
        })
        .boxed()
    }
}

impl Watcher {
    async fn next(&mut self) -> Result<SealedEntry, DbError> {
        loop {
            if let Some(entry) = self.ready.pop_front() {
                self.after = entry.position;
                return Ok(entry);
            }
            self.sealed.mark_unchanged(); // before reading: a seal during the read wakes us
            let everything = JournalFilter::within(DataScope::Everything);
            self.ready = self.journal.list(self.after, BATCH, &everything).await?.into();
            if self.ready.is_empty() {
                tokio::select! {
                    _ = self.sealed.changed() => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
        }
    }
}
