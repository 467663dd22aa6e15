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
use hengji_db::{Migration, migration};

const MIGRATIONS: &[Migration] = &[
    migration!(1, "catalog", "0001_catalog.sql"),
    migration!(2, "search", "0002_search.sql"),
    migration!(3, "library", "0003_library.sql"),
];

pub static SERVICE: ServiceSpec = ServiceSpec {
    name: "catalog",
    package: "hengji.catalog.v1",
    migrations: MIGRATIONS,
    access: access::ACCESS,
    asks: &[],
    build: |deps| Box::pin(api::build(deps)),
};
