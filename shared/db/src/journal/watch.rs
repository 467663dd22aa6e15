//! Following the journal.

use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt};
use hengji_kernel::DataScope;
use tokio::sync::{mpsc, watch};

use super::{Journal, JournalFilter, SealedEntry};
use crate::DbError;

/// Entries read at once. Two such batches are held for a watcher who is slow: one being taken, one that waits.
const BATCH: usize = 100;

/// How soon entries sealed by another replica are seen.
const POLL: Duration = Duration::from_millis(200);

type Batch = Result<Vec<SealedEntry>, DbError>;

impl Journal {
    /// Every entry after position `after`, in order, none left out, without end. Ends after an error: resume from the
    /// last position seen. A task of its own reads, and only when there is room: a watcher who is slow, and whose stream the
    /// transport does not touch for a long time, holds no connection to the database.
    pub fn watch(&self, after: i64) -> BoxStream<'static, Result<SealedEntry, DbError>> {
        let (news, heard) = mpsc::channel(1);
        let sealed = self.db.signals.sealed.subscribe();
        tokio::spawn(read(self.clone(), after, sealed, news));
        let batches = stream::unfold(heard, |mut heard| async move { Some((heard.recv().await?, heard)) });
        let entries = batches.flat_map(|batch| match batch {
            Ok(entries) => stream::iter(entries).map(Ok).left_stream(),
            Err(error) => stream::iter([Err(error)]).right_stream(),
        });
        entries.boxed()
    }
}

/// Reads on until nobody listens, or until it fails.
async fn read(journal: Journal, mut after: i64, mut sealed: watch::Receiver<i64>, news: mpsc::Sender<Batch>) {
    while let Ok(room) = news.reserve().await {
        sealed.mark_unchanged(); // before reading: a seal during the read wakes us
        let everything = JournalFilter::within(DataScope::Everything);
        let batch = journal.list(after, BATCH, &everything).await;
        match batch.as_ref().map(|entries| entries.last()) {
            Ok(None) => {
                tokio::select! {
                    () = news.closed() => return,
                    _ = sealed.changed() => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
            Ok(Some(last)) => {
                after = last.position;
                room.send(batch);
            }
            Err(_) => return room.send(batch),
        }
    }
}
