use hengji_kernel::{RegionCode, ScopeRange};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccountKind {
    Person,
    Service,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccountState {
    Active,
    Disabled,
}

/// A role within a data scope (岗位授权).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Assignment {
    pub(crate) id: String,
    /// `roles/finance-performance`
    pub(crate) role: String,
    #[serde(flatten)]
    pub(crate) range: ScopeRange,
}

/// A person or service account (账号).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) kind: AccountKind,
    pub(crate) state: AccountState,
    /// Region of the organization; the nation for operators of the suite.
    pub(crate) region: RegionCode,
    /// `regions/640323000/organizations/219001`; empty for operators of the suite.
    pub(crate) organization: String,
    /// SHA-256 of the account's secret, hex; empty if it has none.
    pub(crate) credential_sha256: String,
    pub(crate) assignments: Vec<Assignment>,
}

impl Account {
    pub(crate) fn resource_name(&self) -> String {
        format!("accounts/{}", self.id)
    }

    /// True if `secret` is this account's and the account may still be used.
    pub(crate) fn admits(&self, secret: &str) -> bool {
        self.state == AccountState::Active
            && !self.credential_sha256.is_empty()
            && hex::encode(Sha256::digest(secret)) == self.credential_sha256
    }

    /// Adds an assignment given by `grantor`.
    pub(crate) fn assign(&mut self, grantor: &str, assignment: Assignment) -> Result<(), Refusal> {
        if grantor == self.resource_name() {
            return Err(Refusal::GrantToSelf);
        }
        if self.state == AccountState::Disabled {
            return Err(Refusal::AccountDisabled(self.resource_name()));
        }
        self.assignments.push(assignment);
        Ok(())
    }

    pub(crate) fn revoke(&mut self, assignment_id: &str) -> Result<(), Refusal> {
        let before = self.assignments.len();
        self.assignments.retain(|assignment| assignment.id != assignment_id);
        if self.assignments.len() == before {
            return Err(Refusal::AssignmentUnknown(assignment_id.to_owned()));
        }
        Ok(())
    }

    pub(crate) fn disable(&mut self) -> Result<(), Refusal> {
        if self.state == AccountState::Disabled {
            return Err(Refusal::AccountDisabled(self.resource_name()));
        }
        self.state = AccountState::Disabled;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Account {
        Account {
            id: "a".into(),
            title: "甲".into(),
            kind: AccountKind::Person,
            state: AccountState::Active,
            region: "640323000".parse().unwrap(),
            organization: String::new(),
            credential_sha256: hex::encode(Sha256::digest("secret")),
            assignments: vec![],
        }
    }

    fn assignment() -> Assignment {
        let range = ScopeRange { region: "640323000".parse().unwrap(), unit: None };
        Assignment { id: "1".into(), role: "roles/auditor".into(), range }
    }

    #[test]
    fn refuses_rights_granted_to_oneself() {
        assert_eq!(account().assign("accounts/a", assignment()), Err(Refusal::GrantToSelf));
        let mut other = account();
        other.assign("accounts/b", assignment()).unwrap();
        assert_eq!(other.assignments.len(), 1);
        other.revoke("1").unwrap();
        assert!(other.revoke("1").is_err());
    }

    #[test]
    fn a_disabled_account_is_admitted_no_more() {
        let mut account = account();
        assert!(account.admits("secret"));
        assert!(!account.admits("other"));
        account.disable().unwrap();
        assert!(!account.admits("secret"));
        assert!(account.disable().is_err());
    }
}
