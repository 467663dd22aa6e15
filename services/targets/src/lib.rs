//! 目标管理: no target, no money.
//!
//! A project enters the library, is assessed before it may ask (事前绩效评估), and declares what its money is to bring about.
//! The target is declared, reviewed and approved together with the budget (一同申报、一同审核、一同批复); every approved version
//! is kept and is the baseline of all that follows. Whoever is about to move money asks the gate and gets a signed verdict
//! that anyone can verify later.

mod access;
mod api;
mod domain;
mod error;
mod peers;
mod store;
mod tell;

use hengji_chassis::ServiceSpec;
use hengji_db::{Migration, migration};

const MIGRATIONS: &[Migration] = &[
    migration!(1, "targets", "0001_targets.sql"),
    migration!(2, "library", "0002_library.sql"),
    migration!(3, "review", "0003_review.sql"),
    migration!(4, "quality", "0004_quality.sql"),
    migration!(5, "told", "0005_told.sql"),
    migration!(6, "listing", "0006_listing.sql"),
    migration!(7, "reductions", "0007_reductions.sql"),
    migration!(8, "listing_by_money", "0008_listing_by_money.sql"),
];

pub static SERVICE: ServiceSpec = ServiceSpec {
    name: "targets",
    package: "hengji.targets.v1",
    migrations: MIGRATIONS,
    access: access::ACCESS,
    asks: &["catalog"],
    build: |deps| Box::pin(api::build(deps)),
};
