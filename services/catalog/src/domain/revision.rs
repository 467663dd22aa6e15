use hengji_kernel::{Date, RegionCode};
use hengji_rules::{RulePack, check};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RevisionState {
    /// 草稿
    Draft,
    /// 已启用
    Active,
    /// 已被新版本替代
    Superseded,
}

/// One revision of a rule pack (规则包): the document as it was sent, and what is searched of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PackRevision {
    pub(crate) code: String,
    /// Counted here; the number written in the document is the drafter's own.
    pub(crate) revision: u32,
    pub(crate) title: String,
    pub(crate) layer: RegionCode,
    pub(crate) valid_from: Date,
    pub(crate) valid_to: Option<Date>,
    /// Byte for byte.
    pub(crate) content: String,
    pub(crate) content_sha256: String,
    pub(crate) state: RevisionState,
}

impl PackRevision {
    pub(crate) fn draft(document: &RulePack, content: &str, revision: u32) -> Self {
        Self {
            code: document.code.clone(),
            revision,
            title: document.title.clone(),
            layer: document.layer.clone(),
            valid_from: document.valid_from,
            valid_to: document.valid_to,
            content: content.to_owned(),
            content_sha256: hex::encode(Sha256::digest(content)),
            state: RevisionState::Draft,
        }
    }

    pub(crate) fn name_of(code: &str, revision: u32) -> String {
        format!("rulePacks/{code}@{revision}")
    }

    pub(crate) fn resource_name(&self) -> String {
        Self::name_of(&self.code, self.revision)
    }

    /// The rules as the engine reads them, under the revision counted here.
    pub(crate) fn rules(&self) -> Result<RulePack, Refusal> {
        let rules = RulePack::from_json(&self.content)
            .map_err(|error| Refusal::Unreadable(self.resource_name(), error.to_string()))?;
        Ok(RulePack { revision: self.revision, ..rules })
    }

    /// The rules, if nothing is wrong with them.
    pub(crate) fn fit_rules(&self) -> Result<RulePack, Refusal> {
        let rules = self.rules()?;
        let findings = check(&rules);
        if findings.is_empty() { Ok(rules) } else { Err(Refusal::Unfit(findings)) }
    }

    /// Puts a draft in force. `in_force` is the latest revision of the code that ever was.
    pub(crate) fn activate(&mut self, in_force: Option<u32>) -> Result<(), Refusal> {
        if self.state != RevisionState::Draft {
            return Err(Refusal::RevisionNotDraft(self.resource_name()));
        }
        if let Some(in_force) = in_force.filter(|in_force| *in_force > self.revision) {
            return Err(Refusal::RevisionOvertaken { name: self.resource_name(), in_force });
        }
        self.fit_rules()?;
        self.state = RevisionState::Active;
        Ok(())
    }

    pub(crate) fn supersede(&mut self) {
        self.state = RevisionState::Superseded;
    }
}
