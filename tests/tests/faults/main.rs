//! What breaks under those who pay: the process is killed, the database restarted, answers are lost, more comes than can be
//! stored, watchers fall behind. Nothing that was acknowledged is lost or doubled, at every read totals say what their vouchers
//! make, and what waits is bounded.

mod brake;
mod killed;
mod ledger;
mod overload;
mod payer;
mod points;
mod process;
mod restarted;
mod slow;
mod totals;
mod withheld;
