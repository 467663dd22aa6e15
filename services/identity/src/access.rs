//! Who may call what.

use hengji_rpc::Access::{self, Authenticated, Permission, Public};

pub(crate) const READ: &str = "identity.read";
pub(crate) const MANAGE: &str = "identity.manage";

pub(crate) const ACCESS: &[(&str, Access)] = &[
    ("/hengji.identity.v1.RegionService/CreateRegion", Permission(MANAGE)),
    ("/hengji.identity.v1.RegionService/GetRegion", Permission(READ)),
    ("/hengji.identity.v1.RegionService/ListRegions", Permission(READ)),
    ("/hengji.identity.v1.OrganizationService/CreateOrganization", Permission(MANAGE)),
    ("/hengji.identity.v1.OrganizationService/GetOrganization", Permission(READ)),
    ("/hengji.identity.v1.OrganizationService/ListOrganizations", Permission(READ)),
    ("/hengji.identity.v1.AccountService/CreateAccount", Permission(MANAGE)),
    ("/hengji.identity.v1.AccountService/GetAccount", Permission(MANAGE)),
    ("/hengji.identity.v1.AccountService/ListAccounts", Permission(MANAGE)),
    ("/hengji.identity.v1.AccountService/AssignRole", Permission(MANAGE)),
    ("/hengji.identity.v1.AccountService/RevokeAssignment", Permission(MANAGE)),
    ("/hengji.identity.v1.AccountService/DisableAccount", Permission(MANAGE)),
    ("/hengji.identity.v1.AccountService/CreateRole", Permission(MANAGE)),
    ("/hengji.identity.v1.AccountService/ListRoles", Permission(READ)),
    ("/hengji.identity.v1.TokenService/IssueToken", Public),
    ("/hengji.identity.v1.TokenService/GetKeySet", Public),
    ("/hengji.identity.v1.TokenService/GetCaller", Authenticated),
];
