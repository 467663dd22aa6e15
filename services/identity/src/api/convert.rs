//! The only place that knows both the contract and the domain.

use hengji_db::Stored;
use hengji_proto::identity::v1 as pb;
use hengji_rpc::{Fault, convert};

use crate::domain::{
    Account, AccountKind, AccountState, Assignment, Organization, OrganizationKind, Region, Role,
};

pub(crate) fn region(stored: &Stored<Region>) -> pb::Region {
    pb::Region {
        name: stored.record.resource_name(),
        code: stored.record.code.to_string(),
        title: stored.record.title.clone(),
        etag: convert::etag(stored),
        create_time: Some(convert::timestamp(stored.created_at)),
        update_time: Some(convert::timestamp(stored.updated_at)),
    }
}

pub(crate) fn organization(stored: &Stored<Organization>) -> pb::Organization {
    let record = &stored.record;
    pb::Organization {
        name: record.resource_name(),
        region: record.region.to_string(),
        code: record.code.to_string(),
        title: record.title.clone(),
        kind: kind(record.kind).into(),
        etag: convert::etag(stored),
        create_time: Some(convert::timestamp(stored.created_at)),
        update_time: Some(convert::timestamp(stored.updated_at)),
    }
}

const fn kind(kind: OrganizationKind) -> pb::OrganizationKind {
    match kind {
        OrganizationKind::FinanceDepartment => pb::OrganizationKind::FinanceDepartment,
        OrganizationKind::CompetentDepartment => pb::OrganizationKind::CompetentDepartment,
        OrganizationKind::BudgetUnit => pb::OrganizationKind::BudgetUnit,
        OrganizationKind::ThirdParty => pb::OrganizationKind::ThirdParty,
        OrganizationKind::Platform => pb::OrganizationKind::Platform,
        OrganizationKind::OversightBody => pb::OrganizationKind::OversightBody,
    }
}

/// `None` for unspecified; the contract's rules have refused unknown numbers before.
pub(crate) fn parse_kind(number: i32) -> Option<OrganizationKind> {
    match pb::OrganizationKind::try_from(number).ok()? {
        pb::OrganizationKind::Unspecified => None,
        pb::OrganizationKind::FinanceDepartment => Some(OrganizationKind::FinanceDepartment),
        pb::OrganizationKind::CompetentDepartment => Some(OrganizationKind::CompetentDepartment),
        pb::OrganizationKind::BudgetUnit => Some(OrganizationKind::BudgetUnit),
        pb::OrganizationKind::ThirdParty => Some(OrganizationKind::ThirdParty),
        pb::OrganizationKind::Platform => Some(OrganizationKind::Platform),
        pb::OrganizationKind::OversightBody => Some(OrganizationKind::OversightBody),
    }
}

pub(crate) fn parse_account_kind(number: i32) -> Result<AccountKind, Fault> {
    match pb::AccountKind::try_from(number) {
        Ok(pb::AccountKind::Person) => Ok(AccountKind::Person),
        Ok(pb::AccountKind::Service) => Ok(AccountKind::Service),
        _ => Err(Fault::field("kind", "必填")),
    }
}

/// The credential's digest is never shown.
pub(crate) fn account(stored: &Stored<Account>) -> pb::Account {
    let record = &stored.record;
    pb::Account {
        name: record.resource_name(),
        account_id: record.id.clone(),
        title: record.title.clone(),
        kind: match record.kind {
            AccountKind::Person => pb::AccountKind::Person,
            AccountKind::Service => pb::AccountKind::Service,
        }
        .into(),
        state: match record.state {
            AccountState::Active => pb::AccountState::Active,
            AccountState::Disabled => pb::AccountState::Disabled,
        }
        .into(),
        organization: record.organization.clone(),
        assignments: record.assignments.iter().map(assignment).collect(),
        etag: convert::etag(stored),
        create_time: Some(convert::timestamp(stored.created_at)),
        update_time: Some(convert::timestamp(stored.updated_at)),
    }
}

fn assignment(assignment: &Assignment) -> pb::Assignment {
    pb::Assignment {
        assignment_id: assignment.id.clone(),
        role: assignment.role.clone(),
        region: assignment.range.region.to_string(),
        unit: assignment.range.unit.as_ref().map(ToString::to_string).unwrap_or_default(),
    }
}

pub(crate) fn role(stored: &Stored<Role>) -> pb::Role {
    pb::Role {
        name: stored.record.resource_name(),
        title: stored.record.title.clone(),
        permissions: stored.record.permissions.clone(),
        etag: convert::etag(stored),
        create_time: Some(convert::timestamp(stored.created_at)),
        update_time: Some(convert::timestamp(stored.updated_at)),
    }
}
