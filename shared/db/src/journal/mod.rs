//! The journal (审计日志): every change of a service, in order, chained by hashes, never altered.
//!
//! [`Tx::append`] writes an entry to `journal_pending` in the transaction of the change it tells of. One sealer at a time
//! moves committed entries to `journal_entry` and only then gives them positions. A transaction that commits late is
//! therefore sealed late, and a reader who has seen position n has seen everything below n.

mod chain;
mod seal;
mod verify;
mod watch;

use std::sync::Arc;

use hengji_kernel::{Clock, DataScope, RegionCode, Timestamp, UnitCode};

use crate::scope_sql::restrict;
use crate::statement::Statement;
use crate::{Db, DbError, Filter, Scoping, Tx, Value};
use chain::{COLUMNS, ChainRow, GENESIS};

pub use verify::Verification;

/// A change to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Unique id (UUID).
    pub entry_id: String,
    pub at: Timestamp,
    /// Who made it.
    pub account: String,
    /// The call that made it.
    pub method: String,
    pub request_id: String,
    /// What happened, such as `target.approved`.
    pub kind: &'static str,
    /// Resource name of the record changed.
    pub subject: String,
    pub region: Option<RegionCode>,
    pub unit: Option<UnitCode>,
    pub payload: serde_json::Value,
    /// The reason given by the person; empty where the call takes none.
    pub reason: String,
}

/// A change as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedEntry {
    /// Gapless from 1.
    pub position: i64,
    pub entry_id: String,
    pub at: Timestamp,
    pub account: String,
    pub method: String,
    pub request_id: String,
    pub kind: String,
    pub subject: String,
    pub region: Option<RegionCode>,
    pub unit: Option<UnitCode>,
    pub payload: serde_json::Value,
    pub reason: String,
    pub sealed_at: Timestamp,
    /// Hash of the entry before, hex; 64 zeros for the first.
    pub previous_hash: String,
    /// SHA-256 over this entry and `previous_hash`, hex.
    pub hash: String,
}

/// The end of the chain: position 0 and 64 zeros while it is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub position: i64,
    pub hash: String,
}

/// Which entries a list shows.
#[derive(Debug, Clone)]
pub struct JournalFilter {
    /// Any of these; all kinds if empty.
    pub kinds: Vec<String>,
    pub subject: Option<String>,
    /// Entries without a region are seen by those who reach the nation.
    pub scope: DataScope,
}

impl JournalFilter {
    /// Every entry in the scope.
    pub const fn within(scope: DataScope) -> Self {
        Self { kinds: Vec::new(), subject: None, scope }
    }
}

/// One service's journal. Clones share the database.
#[derive(Clone)]
pub struct Journal {
    db: Db,
    clock: Arc<dyn Clock>,
}

impl Journal {
    pub fn new(db: Db, clock: Arc<dyn Clock>) -> Self {
        Self { db, clock }
    }

    /// Wakes the sealer. `Tx::commit` does so by itself after an append.
    pub fn nudge(&self) {
        self.db.signals.appended.notify_one();
    }

    pub async fn head(&self) -> Result<Head, DbError> {
        self.db.read().await?.journal_head().await
    }

    /// Entries after position `after`, oldest first, at most `limit`.
    pub async fn list(
        &self,
        after: i64,
        limit: usize,
        filter: &JournalFilter,
    ) -> Result<Vec<SealedEntry>, DbError> {
        let mut tx = self.db.read().await?;
        let mut statement = Statement::new(tx.dialect(), format!("select {COLUMNS} from journal_entry"));
        statement.and().push("position > ").bind(after);
        let mut conditions = Filter::new();
        if !filter.kinds.is_empty() {
            conditions = conditions.one_of("kind", &filter.kinds);
        }
        if let Some(subject) = &filter.subject {
            conditions = conditions.eq("subject", subject);
        }
        conditions.restrict(&mut statement);
        restrict(&mut statement, Scoping::RegionAndUnit, &filter.scope);
        statement.push(" order by position limit ").bind(i64::try_from(limit).unwrap_or(i64::MAX));
        tx.select(statement).await?.iter().map(|row| ChainRow::read(row)?.open()).collect()
    }
}

impl Tx {
    /// Tells of a change, to be committed with it.
    pub async fn append(&mut self, entry: NewEntry) -> Result<(), DbError> {
        self.append_many(vec![entry]).await
    }

    /// Tells of many changes in their order.
    pub async fn append_many(&mut self, entries: Vec<NewEntry>) -> Result<(), DbError> {
        let rows: Vec<_> = entries.into_iter().map(pending_values).collect();
        let head = "insert into journal_pending (entry_id, at, account, method, request_id, kind, subject, region, unit, \
                    payload, reason) values";
        self.bulk(head, &rows, "").await?;
        self.appended |= !rows.is_empty();
        Ok(())
    }

    async fn journal_head(&mut self) -> Result<Head, DbError> {
        let last =
            self.one("select position, hash from journal_entry order by position desc limit 1", &[]).await?;
        last.map_or_else(
            || Ok(Head { position: 0, hash: GENESIS.to_owned() }),
            |row| Ok(Head { position: row.int("position")?, hash: row.text("hash")? }),
        )
    }
}

fn pending_values(entry: NewEntry) -> Vec<Value> {
    vec![
        entry.entry_id.into(),
        entry.at.into(),
        entry.account.into(),
        entry.method.into(),
        entry.request_id.into(),
        entry.kind.into(),
        entry.subject.into(),
        entry.region.into(),
        entry.unit.into(),
        entry.payload.to_string().into(),
        entry.reason.into(),
    ]
}
