use std::collections::BTreeSet;

use hengji_rpc::Fault;
use serde::{Deserialize, Serialize};

use crate::error::Refusal;

/// A named set of permissions (角色).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) permissions: Vec<String>,
}

impl Role {
    pub(crate) fn resource_name(&self) -> String {
        format!("roles/{}", self.id)
    }

    /// Permissions sorted and single; one that no shipped role knows is refused.
    pub(crate) fn new(id: String, title: String, permissions: Vec<String>) -> Result<Self, Fault> {
        let known: BTreeSet<String> =
            shipped_roles()?.into_iter().flat_map(|role| role.permissions).collect();
        if let Some(unknown) = permissions.iter().find(|permission| !known.contains(*permission)) {
            return Err(Refusal::UnknownPermission(unknown.clone()).into());
        }
        let permissions: BTreeSet<String> = permissions.into_iter().collect();
        Ok(Self { id, title, permissions: permissions.into_iter().collect() })
    }
}

/// The roles shipped with the suite; between them they hold every permission there is.
pub(crate) fn shipped_roles() -> Result<Vec<Role>, Fault> {
    serde_json::from_str(include_str!("../../data/roles.json")).map_err(Fault::internal)
}
