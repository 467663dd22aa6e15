//! 结果应用: results change next year's budget.
//!
//! A final evaluation is fed back to the unit, and each of its problems is put right and verified. The results of a year run
//! through the linkage rules, and every proposal is decided by a person before it is applied, tied out line by line. A missed
//! target is explained before its unit may file again. What is public is published masked, with proof; and the year's report
//! is a list of figures, each with the records it was counted from.

mod access;
mod api;
mod domain;
mod error;
mod peers;
mod store;

use hengji_chassis::ServiceSpec;
use hengji_db::{Migration, migration};

const MIGRATIONS: &[Migration] = &[migration!(1, "application", "0001_application.sql")];

pub static SERVICE: ServiceSpec = ServiceSpec {
    name: "application",
    package: "hengji.application.v1",
    migrations: MIGRATIONS,
    access: access::ACCESS,
    asks: &["catalog", "targets", "monitoring", "evaluation"],
    build: |deps| Box::pin(api::build(deps)),
};
