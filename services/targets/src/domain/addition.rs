use hengji_kernel::{FiscalYear, Money, RegionCode, UnitCode, name};
use serde::{Deserialize, Serialize};

use super::{Target, TargetState};
use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AdditionState {
    /// 已申报
    Filed,
    /// 已批复
    Approved,
}

/// Mid-year money (年中追加) that brings its own target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Addition {
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) id: String,
    pub(crate) project: String,
    pub(crate) unit: UnitCode,
    pub(crate) amount: Money,
    pub(crate) target: String,
    /// The target's version it was filed with.
    pub(crate) target_version: i32,
    pub(crate) reason: String,
    pub(crate) state: AdditionState,
    pub(crate) declarer: String,
}

impl Addition {
    pub(crate) fn resource_name(&self) -> String {
        name::yearly(&self.region, self.year, "additions", &self.id)
    }

    /// Approved once the target it brought, or a later version of it, is approved.
    pub(crate) fn approve(&mut self, approver: &str, target: &Target) -> Result<(), Refusal> {
        if self.state == AdditionState::Approved {
            return Err(Refusal::AdditionApproved(self.resource_name()));
        }
        if self.declarer == approver {
            return Err(Refusal::DeclarerApprovesAddition);
        }
        if target.state != TargetState::Approved || target.target_version < self.target_version {
            return Err(Refusal::TargetRequired(self.target.clone(), "随同申报的绩效目标尚未批复"));
        }
        self.state = AdditionState::Approved;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    fn addition(version: i32) -> Addition {
        let project = sample::project();
        Addition {
            region: project.region.clone(),
            year: project.year,
            id: "A1".into(),
            project: project.resource_name(),
            unit: project.unit.clone(),
            amount: "1000".parse().unwrap(),
            target: sample::target().resource_name(),
            target_version: version,
            reason: "水毁修复".into(),
            state: AdditionState::Filed,
            declarer: sample::DECLARER.into(),
        }
    }

    #[test]
    fn refuses_money_before_its_target_is_approved() {
        let cases = [
            (TargetState::Submitted, 1, false),
            (TargetState::FinanceReviewed, 1, false),
            (TargetState::Adjusting, 2, false),
            (TargetState::Approved, 1, true),
            (TargetState::Approved, 2, true),
        ];
        for (state, version, passes) in cases {
            let mut target = sample::target();
            (target.state, target.target_version) = (state, version);
            let answer = addition(1).approve("accounts/approver", &target);
            assert_eq!(answer.is_ok(), passes, "{state:?} {version}: {answer:?}");
        }
    }

    #[test]
    fn refuses_its_own_declarer_and_a_second_approval() {
        let mut target = sample::target();
        target.state = TargetState::Approved;
        let mut addition = addition(1);
        assert_eq!(addition.approve(sample::DECLARER, &target), Err(Refusal::DeclarerApprovesAddition));
        addition.approve("accounts/approver", &target).unwrap();
        assert!(matches!(addition.approve("accounts/approver", &target), Err(Refusal::AdditionApproved(_))));
    }
}
