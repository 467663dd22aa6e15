//! 指标库: the common words and the dated rules every other service scores by.
//!
//! Indicators, target templates, code lists and rule packs, layer upon layer from the nation down to the county. A rule pack is a
//! document whose bytes are hashed; what is active is never edited, only followed by a next revision. Every service that
//! scores asks for the rules in force at a place and day and gets them resolved, each with its origin.

mod access;
mod api;
mod domain;
mod error;
mod search;
mod store;

use hengji_chassis::ServiceSpec;
use hengji_db::Migration;

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "catalog",
        sqlite: include_str!("../migrations/sqlite/0001_catalog.sql"),
        postgres: include_str!("../migrations/postgres/0001_catalog.sql"),
    },
    Migration {
        version: 2,
        name: "search",
        sqlite: include_str!("../migrations/sqlite/0002_search.sql"),
        postgres: include_str!("../migrations/postgres/0002_search.sql"),
    },
    Migration {
        version: 3,
        name: "library",
        sqlite: include_str!("../migrations/sqlite/0003_library.sql"),
        postgres: include_str!("../migrations/postgres/0003_library.sql"),
    },
];

pub static SERVICE: ServiceSpec = ServiceSpec {
    name: "catalog",
    package: "hengji.catalog.v1",
    migrations: MIGRATIONS,
    access: access::ACCESS,
    asks: &[],
    build: |deps| Box::pin(api::build(deps)),
};
