use hengji_kernel::{Date, Money, UnitCode};
use serde::{Deserialize, Serialize};

use super::ProjectKey;
use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AllotmentState {
    /// 已下达
    Issued,
    /// 已收回
    Withdrawn,
}

/// Money issued to a project together with its target (预算指标).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Allotment {
    pub(crate) id: String,
    #[serde(flatten)]
    pub(crate) issue: Issue,
    pub(crate) state: AllotmentState,
    pub(crate) withdraw_date: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Issue {
    pub(crate) project: ProjectKey,
    pub(crate) title: String,
    pub(crate) unit: UnitCode,
    /// 指标文号
    pub(crate) document: String,
    pub(crate) amount: Money,
    pub(crate) issue_date: Date,
    /// The target issued with it.
    pub(crate) target: String,
    pub(crate) target_version: i32,
    pub(crate) signed_verdict: String,
}

impl Allotment {
    pub(crate) fn resource_name(&self) -> String {
        self.issue.project.sibling("allotments", &self.id)
    }

    /// Taken back as of `date`.
    pub(crate) fn withdraw(&mut self, date: Date, today: Date) -> Result<(), Refusal> {
        if date < self.issue.issue_date {
            return Err(Refusal::date("withdraw_date", "早于下达日期", date));
        }
        if date > today {
            return Err(Refusal::date("withdraw_date", "在今天之后", date));
        }
        if self.state == AllotmentState::Withdrawn {
            return Err(Refusal::State {
                name: self.resource_name(), state: "已收回", action: "再次收回"
            });
        }
        self.state = AllotmentState::Withdrawn;
        self.withdraw_date = Some(date);
        Ok(())
    }

    /// True if the money was issued by that day and not yet taken back.
    pub(crate) fn stood_on(&self, day: Date) -> bool {
        self.issue.issue_date <= day && self.withdraw_date.is_none_or(|withdrawn| withdrawn > day)
    }
}
