//! 评价: every score explains itself.
//!
//! A task is opened for an object with an approved target, scored from target, money and readings under the rules in force on
//! the last day of its year, exchanged with the evaluated unit where others evaluate, and fixed. Third-party institutions
//! come from a pool by seeded draws that anyone can run again.

mod access;
mod api;
mod domain;
mod error;
mod peers;
mod store;

use hengji_chassis::ServiceSpec;
use hengji_db::{Migration, migration};

const MIGRATIONS: &[Migration] = &[migration!(1, "evaluation", "0001_evaluation.sql")];

pub static SERVICE: ServiceSpec = ServiceSpec {
    name: "evaluation",
    package: "hengji.evaluation.v1",
    migrations: MIGRATIONS,
    access: access::ACCESS,
    asks: &["catalog", "targets", "monitoring"],
    build: |deps| Box::pin(async move { api::build(&deps) }),
};
