//! Codes, names, credentials and permissions that are none.

use hengji_tests::prepared::{Prepared, REGION};
use serde_json::{Value, json};
use tonic::Code;

use crate::{Case, field, refused};

fn administrator(people: &Prepared) -> &hengji_tests::Desk {
    &people.administrator
}

fn region(code: &str) -> Value {
    json!({ "code": code, "title": "某县" })
}

fn organization(parent: &str, code: &str, kind: &str) -> Value {
    json!({ "parent": parent, "code": code, "title": "某单位", "kind": kind })
}

fn account(id: &str, organization: &str, credential: &str) -> Value {
    json!({
        "account_id": id, "title": "某人", "kind": "ACCOUNT_KIND_PERSON", "organization": organization,
        "credential_sha256": credential,
    })
}

fn assignment(etag: &str, role: &str, region: &str) -> Value {
    json!({ "name": "accounts/platform", "etag": etag, "role": role, "region": region })
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = names_and_codes();
    cases.extend(accounts());
    cases.extend(requests());
    cases
}

fn names_and_codes() -> Vec<Case> {
    let create_region = "identity.RegionService/CreateRegion";
    let create_organization = "identity.OrganizationService/CreateOrganization";
    let parent = format!("regions/{REGION}");
    let unit = "ORGANIZATION_KIND_BUDGET_UNIT";
    vec![
        field(administrator, create_region, region("64032300"), "code"),
        field(administrator, create_region, region("盐池"), "code"),
        refused(administrator, create_region, region(REGION), Code::AlreadyExists, "ALREADY_EXISTS"),
        field(administrator, create_organization, organization(&parent, "2190", unit), "code"),
        field(administrator, create_organization, organization(&parent, "219abc", unit), "code"),
        field(administrator, create_organization, organization("region/640323000", "220", unit), "parent"),
        field(administrator, create_organization, organization("regions/abc", "220", unit), "parent"),
        field(
            administrator,
            create_organization,
            organization(&parent, "220", "ORGANIZATION_KIND_UNSPECIFIED"),
            "kind",
        ),
        refused(
            administrator,
            create_organization,
            organization("regions/659999000", "220", unit),
            Code::NotFound,
            "NOT_FOUND",
        ),
        refused(
            administrator,
            create_organization,
            organization(&parent, "219", unit),
            Code::AlreadyExists,
            "ALREADY_EXISTS",
        ),
        field(administrator, "identity.RegionService/ListRegions", json!({ "region": "64" }), "region"),
        field(administrator, "identity.RegionService/ListRegions", json!({ "page_size": -1 }), "page_size"),
        field(administrator, "identity.RegionService/ListRegions", json!({ "page_size": 1001 }), "page_size"),
        refused(
            administrator,
            "identity.RegionService/GetRegion",
            json!({ "name": "regions/659999000" }),
            Code::NotFound,
            "NOT_FOUND",
        ),
    ]
}

fn accounts() -> Vec<Case> {
    let create = "identity.AccountService/CreateAccount";
    let assign = "identity.AccountService/AssignRole";
    let role = "identity.AccountService/CreateRole";
    let of = format!("regions/{REGION}/organizations/219");
    vec![
        field(administrator, create, account("Zhang San", &of, ""), "account_id"),
        field(administrator, create, account("unit-clerk", &of, "not-a-digest"), "credential_sha256"),
        field(
            administrator,
            create,
            account("unit-clerk", "regions/1/organizations/219", ""),
            "organization",
        ),
        refused(
            administrator,
            create,
            account("unit-clerk", &format!("regions/{REGION}/organizations/777"), ""),
            Code::NotFound,
            "NOT_FOUND",
        ),
        refused(administrator, create, account("platform", &of, ""), Code::AlreadyExists, "ALREADY_EXISTS"),
        field(administrator, assign, assignment("", "roles/platform", REGION), "etag"),
        refused(
            administrator,
            assign,
            assignment("v1", "roles/platform", REGION),
            Code::Aborted,
            "ETAG_MISMATCH",
        ),
        refused(administrator, assign, assignment("v2", "roles/nobody", REGION), Code::NotFound, "NOT_FOUND"),
        field(administrator, assign, assignment("v2", "roles/platform", "6403"), "region"),
        field(
            administrator,
            role,
            json!({ "role_id": "r1", "title": "某角色", "permissions": [] }),
            "permissions",
        ),
        field(
            administrator,
            role,
            json!({ "role_id": "R 1", "title": "某角色", "permissions": ["targets.read"] }),
            "role_id",
        ),
        field(
            administrator,
            role,
            json!({ "role_id": "r1", "title": "某角色", "permissions": ["targets.read", "targets.everything"] }),
            "permissions",
        ),
    ]
}

/// The request id itself, on any call.
fn requests() -> Vec<Case> {
    let create = "identity.RegionService/CreateRegion";
    let with = |request_id: &str| json!({ "request_id": request_id, "code": "659999000", "title": "某县" });
    vec![
        field(administrator, create, with(""), "request_id"),
        field(administrator, create, with("1"), "request_id"),
        field(administrator, create, with("0190163d-8694-739b-aea5-966c26f8ad9"), "request_id"),
    ]
}
