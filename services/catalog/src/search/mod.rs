//! Finding indicators by Chinese words: an index in memory, kept up with the database at every question.
//!
//! Every transaction that changes indicators raises one counter under its row lock, so whatever a later reader sees has a
//! higher number than everything before it. A replica asks for what came after the number it has taken in.

mod index;
mod words;

use std::sync::{Arc, PoisonError, RwLock};

use hengji_db::{Db, DbError};
use tokio::sync::Mutex;

pub(crate) use index::{Filter, Hit, Index};

use crate::store;

/// Indicators read and taken in at a time.
const BATCH: usize = 2000;

/// The search index of one process. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Library {
    index: Arc<RwLock<Index>>,
    /// One reader at a time brings the index up to date; the others wait for it.
    catching_up: Arc<Mutex<()>>,
}

impl Library {
    /// Asks the index after it has taken in everything committed before this call.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        db: &Db,
        question: impl FnOnce(&Index) -> T + Send + 'static,
    ) -> Result<T, DbError> {
        self.catch_up(db).await?;
        Ok(question(&self.index.read().unwrap_or_else(PoisonError::into_inner)))
    }

    fn taken_in(&self) -> i64 {
        self.index.read().unwrap_or_else(PoisonError::into_inner).change
    }

    async fn catch_up(&self, db: &Db) -> Result<(), DbError> {
        if store::changes(&mut db.read().await?).await? == self.taken_in() {
            return Ok(());
        }
        let _turn = self.catching_up.lock().await;
        let mut tx = db.read().await?;
        let latest = store::changes(&mut tx).await?;
        let changed = store::changed_since(&mut tx, self.taken_in()).await?;
        for names in changed.chunks(BATCH) {
            let indicators = store::indicators(&mut tx, names).await?;
            let index = Arc::clone(&self.index);
            let taken = tokio::task::spawn_blocking(move || {
                // the words are found before the lock is taken: others go on searching
                let entries: Vec<_> = indicators.iter().map(index::Entry::of).collect();
                let mut index = index.write().unwrap_or_else(PoisonError::into_inner);
                for entry in entries {
                    index.take_in(entry);
                }
            });
            taken.await.map_err(DbError::caused_by)?;
        }
        self.index.write().unwrap_or_else(PoisonError::into_inner).change = latest;
        Ok(())
    }
}
