//! Whole stories over the public API, on both databases and both topologies.
//!
//! The stories are in `tests/`; here is what they share: a suite that runs ([`topology`]), someone who calls it ([`Desk`]),
//! the journals ([`journals`]), a county's year ([`year`]), a small prepared project ([`prepared`]), and a link that sends
//! everything sixteen times ([`storm`]).

pub mod bare;
pub mod binary;
pub mod child;
pub mod desk;
pub mod gateway;
pub mod journals;
pub mod prepared;
pub mod storm;
pub mod topology;
pub mod vary;
pub mod wire;
pub mod year;

pub use desk::{Desk, Refusal};
pub use topology::{Running, Topology};

/// The six services, left to right.
pub const SERVICES: [&str; 6] = ["identity", "catalog", "targets", "monitoring", "evaluation", "application"];
