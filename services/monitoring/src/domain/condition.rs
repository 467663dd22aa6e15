use hengji_kernel::{Date, FiscalYear, RegionCode, UnitCode, name};
use serde::{Deserialize, Serialize};

use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConditionState {
    /// 监控中
    Open,
    /// 已销号
    Closed,
}

/// A condition of an ex-ante assessment concluded 调整完善后支持, watched until its proof is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MonitoredCondition {
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) id: String,
    pub(crate) project: String,
    pub(crate) assessment: String,
    pub(crate) unit: UnitCode,
    pub(crate) text: String,
    pub(crate) due_date: Option<Date>,
    pub(crate) state: ConditionState,
    pub(crate) proof: String,
    /// Account that accepted the proof.
    #[serde(default)]
    pub(crate) closer: String,
    #[serde(default)]
    pub(crate) close_date: Option<Date>,
}

impl MonitoredCondition {
    pub(crate) fn resource_name(&self) -> String {
        name::yearly(&self.region, self.year, "conditions", &self.id)
    }

    pub(crate) fn close(&mut self, account: &str, proof: String, today: Date) -> Result<(), Refusal> {
        if self.state == ConditionState::Closed {
            return Err(Refusal::State {
                name: self.resource_name(), state: "已销号", action: "再次销号"
            });
        }
        self.state = ConditionState::Closed;
        self.proof = proof;
        account.clone_into(&mut self.closer);
        self.close_date = Some(today);
        Ok(())
    }

    pub(crate) fn overdue(&self, today: Date) -> bool {
        self.state == ConditionState::Open && self.due_date.is_some_and(|due| due < today)
    }
}
