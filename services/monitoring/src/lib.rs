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

use hengji_chassis::ServiceSpec;
use hengji_db::Migration;

pub use follow::Follower;

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "monitoring",
        sqlite: include_str!("../migrations/sqlite/0001_monitoring.sql"),
        postgres: include_str!("../migrations/postgres/0001_monitoring.sql"),
    },
    Migration {
        version: 2,
        name: "ledger",
        sqlite: include_str!("../migrations/sqlite/0002_ledger.sql"),
        postgres: include_str!("../migrations/postgres/0002_ledger.sql"),
    },
    Migration {
        version: 3,
        name: "rounds",
        sqlite: include_str!("../migrations/sqlite/0003_rounds.sql"),
        postgres: include_str!("../migrations/postgres/0003_rounds.sql"),
    },
    Migration {
        version: 4,
        name: "watch",
        sqlite: include_str!("../migrations/sqlite/0004_watch.sql"),
        postgres: include_str!("../migrations/postgres/0004_watch.sql"),
    },
    Migration {
        version: 5,
        name: "bonds",
        sqlite: include_str!("../migrations/sqlite/0005_bonds.sql"),
        postgres: include_str!("../migrations/postgres/0005_bonds.sql"),
    },
];

pub static SERVICE: ServiceSpec = ServiceSpec {
    name: "monitoring",
    package: "hengji.monitoring.v1",
    migrations: MIGRATIONS,
    access: access::ACCESS,
    asks: &["catalog", "targets"],
    build: |deps| Box::pin(api::build(deps)),
};
