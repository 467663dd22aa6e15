//! 统一身份: who is asking, for which place and unit, and what they may do.
//!
//! Regions and organizations are the map every other service's data scope is drawn on. Accounts get roles within a scope;
//! a token carries those grants, signed, so that no other service asks identity during a call. The embedded issuer serves
//! the all-in-one run and small counties; in production the province's own provider may issue tokens instead.

mod access;
mod api;
mod bootstrap;
mod domain;
mod error;
mod store;

use hengji_chassis::ServiceSpec;
use hengji_db::{Migration, migration};

pub use bootstrap::{administrator_token, service_token};

const MIGRATIONS: &[Migration] = &[migration!(1, "identity", "0001_identity.sql")];

pub static SERVICE: ServiceSpec = ServiceSpec {
    name: "identity",
    package: "hengji.identity.v1",
    migrations: MIGRATIONS,
    access: access::ACCESS,
    asks: &[],
    build: |deps| Box::pin(api::build(deps)),
};
