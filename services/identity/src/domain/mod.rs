//! Nouns and rules of identity, pure.

mod account;
mod organization;
mod region;
mod role;

pub(crate) use account::{Account, AccountKind, AccountState, Assignment};
pub(crate) use organization::{Organization, OrganizationKind};
pub(crate) use region::Region;
pub(crate) use role::{Role, shipped_roles};
