//! Monitoring behind its calls, on each database.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod allotments;
mod bonds;
mod changes;
mod concurrency;
mod faults;
mod follower;
mod lights;
mod orders;
mod payments;
mod reconciliation;
mod rounds;
mod support;
mod timekeeper;
mod totals;
mod watch;
