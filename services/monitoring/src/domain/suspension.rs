use hengji_kernel::{Date, UnitCode};
use serde::{Deserialize, Serialize};

use super::ProjectKey;
use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SuspensionState {
    /// 暂停中
    Standing,
    /// 已恢复
    Lifted,
}

/// An order to suspend payment of a project (暂停拨付).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Suspension {
    pub(crate) project: ProjectKey,
    pub(crate) id: String,
    pub(crate) unit: UnitCode,
    pub(crate) authority: String,
    pub(crate) reason: String,
    pub(crate) lift_condition: String,
    pub(crate) state: SuspensionState,
    pub(crate) lift_reason: String,
    pub(crate) order_date: Date,
    pub(crate) lift_date: Option<Date>,
}

impl Suspension {
    pub(crate) fn resource_name(&self) -> String {
        self.project.sibling("suspensions", &self.id)
    }

    pub(crate) fn lift(&mut self, reason: String, today: Date) -> Result<(), Refusal> {
        if self.state == SuspensionState::Lifted {
            return Err(Refusal::State {
                name: self.resource_name(), state: "已恢复", action: "再次解除"
            });
        }
        self.state = SuspensionState::Lifted;
        self.lift_reason = reason;
        self.lift_date = Some(today);
        Ok(())
    }

    pub(crate) fn stood_on(&self, day: Date) -> bool {
        self.order_date <= day && self.lift_date.is_none_or(|lifted| lifted > day)
    }
}
