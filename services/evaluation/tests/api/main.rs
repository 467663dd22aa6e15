//! The calls of evaluation on each database, with stand-ins for catalog, targets and monitoring.

mod coverage;
mod draws;
mod institutions;
mod results;
mod scoring;
mod stage;
mod stand_ins;
mod tasks;
