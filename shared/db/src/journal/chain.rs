//! One row of the chain as its columns hold it, and the hash over it.

use hengji_kernel::Timestamp;
use sha2::{Digest, Sha256};

use super::{Head, SealedEntry};
use crate::{DbError, Row, Value};

/// Stands before the first entry.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

pub(super) const COLUMNS: &str = "position, entry_id, at, account, method, request_id, kind, subject, region, unit, \
                                  payload, reason, sealed_at, previous_hash, hash";

/// Named in the hash, so that another way of hashing can follow without doubt which one made an old entry.
const FORMAT: &str = "hengji.journal.v1";

/// Texts are kept as stored: the hash is over what is there, not over what it means.
pub(super) struct ChainRow {
    pub position: i64,
    pub entry_id: String,
    pub at: i64,
    pub account: String,
    pub method: String,
    pub request_id: String,
    pub kind: String,
    pub subject: String,
    pub region: Option<String>,
    pub unit: Option<String>,
    pub payload: String,
    pub reason: String,
    pub sealed_at: i64,
    pub previous_hash: String,
    pub hash: String,
}

impl ChainRow {
    pub(super) fn read(row: &Row) -> Result<Self, DbError> {
        let position = row.int("position")?;
        let mut entry = Self::read_pending(row).map_err(|error| error.in_row("journal_entry", position))?;
        entry.position = position;
        entry.sealed_at = row.int("sealed_at")?;
        entry.previous_hash = row.text("previous_hash")?;
        entry.hash = row.text("hash")?;
        Ok(entry)
    }

    /// Not in the chain yet: no position, no hash.
    pub(super) fn read_pending(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            position: 0,
            entry_id: row.text("entry_id")?,
            at: row.int("at")?,
            account: row.text("account")?,
            method: row.text("method")?,
            request_id: row.text("request_id")?,
            kind: row.text("kind")?,
            subject: row.text("subject")?,
            region: row.get("region")?,
            unit: row.get("unit")?,
            payload: row.text("payload")?,
            reason: row.text("reason")?,
            sealed_at: 0,
            previous_hash: String::new(),
            hash: String::new(),
        })
    }

    /// Takes its place after `head` and is the new head.
    pub(super) fn seal(&mut self, head: Head, sealed_at: Timestamp) -> Head {
        self.position = head.position + 1;
        self.previous_hash = head.hash;
        self.sealed_at = sealed_at.micros();
        self.hash = self.digest();
        Head { position: self.position, hash: self.hash.clone() }
    }

    /// SHA-256, hex, over the format's name and every column in order, each as its length (8 bytes, big-endian) and its
    /// UTF-8 text; numbers in decimal, null as empty.
    pub(super) fn digest(&self) -> String {
        let (position, at, sealed_at) =
            (self.position.to_string(), self.at.to_string(), self.sealed_at.to_string());
        let fields = [
            FORMAT,
            &self.previous_hash,
            &position,
            &self.entry_id,
            &at,
            &self.account,
            &self.method,
            &self.request_id,
            &self.kind,
            &self.subject,
            self.region.as_deref().unwrap_or_default(),
            self.unit.as_deref().unwrap_or_default(),
            &self.payload,
            &self.reason,
            &sealed_at,
        ];
        let mut hasher = Sha256::new();
        for field in fields {
            hasher.update((field.len() as u64).to_be_bytes());
            hasher.update(field);
        }
        hex::encode(hasher.finalize())
    }

    /// In the order of [`COLUMNS`].
    pub(super) fn values(self) -> Vec<Value> {
        vec![
            self.position.into(),
            self.entry_id.into(),
            self.at.into(),
            self.account.into(),
            self.method.into(),
            self.request_id.into(),
            self.kind.into(),
            self.subject.into(),
            self.region.into(),
            self.unit.into(),
            self.payload.into(),
            self.reason.into(),
            self.sealed_at.into(),
            self.previous_hash.into(),
            self.hash.into(),
        ]
    }

    /// In the domain's words.
    pub(super) fn open(self) -> Result<SealedEntry, DbError> {
        let unreadable = |column: &str, cause: &dyn std::fmt::Display| {
            DbError::corrupt(column, cause).in_row("journal_entry", self.position)
        };
        let region = self.region.map(|code| code.parse()).transpose();
        let unit = self.unit.map(|code| code.parse()).transpose();
        Ok(SealedEntry {
            position: self.position,
            entry_id: self.entry_id,
            at: Timestamp(self.at),
            account: self.account,
            method: self.method,
            request_id: self.request_id,
            kind: self.kind,
            subject: self.subject,
            region: region.map_err(|cause| unreadable("region", &cause))?,
            unit: unit.map_err(|cause| unreadable("unit", &cause))?,
            payload: serde_json::from_str(&self.payload).map_err(|cause| unreadable("payload", &cause))?,
            reason: self.reason,
            sealed_at: Timestamp(self.sealed_at),
            previous_hash: self.previous_hash,
            hash: self.hash,
        })
    }
}
