//! Mounts services: one value in ([`ServiceSpec`]), one running host out ([`Host`]).
//!
//! A host opens each service's database, builds the service, puts the guard before it and the switchboard behind the port.
//! Whether a peer is mounted in the same process or dialled, a service sees the same [`hengji_rpc::Link`]. The host also
//! mounts what all six share: journal, health, reflection; and it ends in order: unready, drained, closed.

mod cork;
mod health;
mod host;
mod journal_service;
mod keys;
mod persistent;
mod serve;
mod spec;
mod switchboard;

pub use cork::Corked;
pub use host::{Host, HostOptions};
pub use persistent::{Progress, persistent};
pub use serve::{Serving, incoming, serve};
pub use spec::{Built, Deps, Entropy, Job, ServiceSpec};
pub use switchboard::Switchboard;
