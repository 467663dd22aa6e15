//! 双监控: each payment moves the indicators.
//!
//! Money is issued together with its target or not at all; what is paid is a ledger of vouchers that never exceeds what was
//! issued; what is achieved is read against the approved target. Each payment and each reading recomputes both lights
//! (亮灯预警) in its own transaction, with the reason. News of targets is followed from its journal.

mod access;
mod api;
mod domain;
mod error;
mod follow;
mod peers;
mod rules;
mod sheet;
mod store;
mod timekeeper;

use hengji_chassis::ServiceSpec;
use hengji_db::{Migration, migration};

pub use follow::Follower;
pub use timekeeper::{Timekeeper, Turned};

const MIGRATIONS: &[Migration] = &[
    migration!(1, "monitoring", "0001_monitoring.sql"),
    migration!(2, "ledger", "0002_ledger.sql"),
    migration!(3, "rounds", "0003_rounds.sql"),
    migration!(4, "watch", "0004_watch.sql"),
    migration!(5, "bonds", "0005_bonds.sql"),
    migration!(6, "indicators", "0006_indicators.sql"),
    migration!(7, "corrections", "0007_corrections.sql"),
    migration!(8, "turns", "0008_turns.sql"),
];

pub static SERVICE: ServiceSpec = ServiceSpec {
    name: "monitoring",
    package: "hengji.monitoring.v1",
    migrations: MIGRATIONS,
    access: access::ACCESS,
    asks: &["catalog", "targets"],
    build: |deps| Box::pin(api::build(deps)),
};
