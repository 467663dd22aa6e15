//! What the stores promise, each promise on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "in a test the panic is the message")]

mod both;
mod fixture;
mod journal;
mod journal_tampering;
mod migrations;
mod records;
mod requests;
mod scopes;
mod tallies;
mod transactions;
