//! Both databases behind one thin facade: transactions, records, paging, migrations, journal.
//!
//! A service opens a [`Db`] (SQLite in one file, or PostgreSQL), migrates it, and works in transactions: [`Db::read`] sees
//! one consistent state, [`Db::write`] changes it. SQL is one lower-case text with `$1` for both databases; only migrations
//! come in two dialects. What holds everywhere:
//!
//! - columns are TEXT and BIGINT (money as fen), so a number read is the number written;
//! - a [`Record`] is stored whole as JSON beside the columns it is searched by, and saved only over the version it was
//!   read at;
//! - a caller's data scope (数据范围) becomes predicates of the query; where callers share one ([`Gather`]), each sees only what
//!   lies in its own;
//! - a change, its journal entry (审计日志) and the answer kept for repeats ([`Claim`]) commit together or not at all;
//! - an error inside a transaction ends it: drop the [`Tx`], which rolls back.

mod db;
mod error;
mod filter;
mod gather;
mod journal;
mod migrate;
mod record;
mod request_log;
mod row;
mod scope_sql;
mod statement;
mod tally;
mod tx;
mod value;

pub use db::{Db, Dialect, OpenOptions};
pub use error::DbError;
pub use filter::Filter;
pub use gather::Gather;
pub use journal::{Head, Journal, JournalFilter, NewEntry, SealedEntry, Verification};
pub use migrate::Migration;
pub use record::{Body, Record, Stored};
pub use request_log::{Claim, RequestKey};
pub use row::{FromColumn, Row};
pub use scope_sql::Scoping;
pub use statement::Statement;
pub use tally::Tally;
pub use tx::Tx;
pub use value::Value;
