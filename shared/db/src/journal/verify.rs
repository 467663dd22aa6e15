//! Recomputing the chain from what is stored.

use super::chain::{COLUMNS, ChainRow, GENESIS};
use super::{Head, Journal};
use crate::{DbError, Tx};

/// Rows read at a time.
const BATCH: i64 = 500;

/// What a check of the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    pub ok: bool,
    /// How many entries were recomputed and fit.
    pub checked: i64,
    /// The first position that does not fit.
    pub broken_at: Option<i64>,
    /// Why it does not fit: `gap`, `previous hash mismatch` or `hash mismatch`; empty if everything fits.
    pub reason: String,
    /// Position of the last entry that fits.
    pub head_position: i64,
    /// Its hash, to be kept elsewhere: only against it does a cut-off end of the chain show.
    pub head_hash: String,
}

impl Journal {
    /// Recomputes positions `from` to `to`, both included; 0 is the beginning, and the head.
    pub async fn verify(&self, from: i64, to: i64) -> Result<Verification, DbError> {
        let mut tx = self.db.read().await?;
        let from = from.max(1);
        let to = if to > 0 { to } else { tx.journal_head().await?.position };
        if from > to {
            return Ok(Verification::intact(tx.journal_head().await?, 0));
        }
        match tx.link_before(from).await? {
            Some(start) => tx.recompute(start, to).await,
            None => Ok(Verification::broken(Head { position: from - 2, hash: String::new() }, 0, "gap")),
        }
    }
}

impl Tx {
    /// The stored head of the chain just before `position`.
    async fn link_before(&mut self, position: i64) -> Result<Option<Head>, DbError> {
        if position == 1 {
            return Ok(Some(Head { position: 0, hash: GENESIS.to_owned() }));
        }
        let before = position - 1;
        let row = self.one("select hash from journal_entry where position = $1", &[before.into()]).await?;
        row.map(|row| Ok(Head { position: before, hash: row.text("hash")? })).transpose()
    }

    async fn recompute(&mut self, mut head: Head, to: i64) -> Result<Verification, DbError> {
        let select = format!(
            "select {COLUMNS} from journal_entry where position > $1 and position <= $2 order by position limit $3"
        );
        let mut checked = 0;
        loop {
            let rows = self.all(&select, &[head.position.into(), to.into(), BATCH.into()]).await?;
            for row in &rows {
                let entry = ChainRow::read(row)?;
                if let Some(reason) = misfit(&head, &entry) {
                    return Ok(Verification::broken(head, checked, reason));
                }
                checked += 1;
                head = Head { position: entry.position, hash: entry.hash };
            }
            if head.position >= to {
                return Ok(Verification::intact(head, checked));
            }
            if rows.is_empty() {
                return Ok(Verification::broken(head, checked, "gap"));
            }
        }
    }
}

fn misfit(head: &Head, entry: &ChainRow) -> Option<&'static str> {
    if entry.position != head.position + 1 {
        Some("gap")
    } else if entry.previous_hash != head.hash {
        Some("previous hash mismatch")
    } else if entry.hash != entry.digest() {
        Some("hash mismatch")
    } else {
        None
    }
}

impl Verification {
    fn intact(head: Head, checked: i64) -> Self {
        let Head { position, hash } = head;
        Self {
            ok: true,
            checked,
            broken_at: None,
            reason: String::new(),
            head_position: position,
            head_hash: hash,
        }
    }

    /// The position after `head` is the one that does not fit.
    fn broken(head: Head, checked: i64, reason: &str) -> Self {
        let broken_at = Some(head.position + 1);
        Self { ok: false, broken_at, reason: reason.to_owned(), ..Self::intact(head, checked) }
    }
}
