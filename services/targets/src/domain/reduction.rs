//! Mid-year reductions (年中追减、调减): money leaves a project's budget together with the change of its target, or neither does.

use hengji_kernel::{Date, FiscalYear, Money, RegionCode, UnitCode, name};
use serde::{Deserialize, Serialize};

use super::addition::approval_day;
use super::{Project, Target};
use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReductionState {
    /// 已申报
    Filed,
    /// 已批复
    Approved,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reduction {
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) id: String,
    pub(crate) project: String,
    pub(crate) unit: UnitCode,
    /// Above 0.
    pub(crate) amount: Money,
    pub(crate) target: String,
    pub(crate) reason: String,
    pub(crate) state: ReductionState,
    pub(crate) declarer: String,
    /// 已下达金额, as whoever approved it stated.
    pub(crate) issued: Option<Money>,
    /// Approval document number.
    pub(crate) document: String,
    /// 批复日期
    pub(crate) approve_date: Option<Date>,
}

impl Reduction {
    pub(crate) fn resource_name(&self) -> String {
        name::yearly(&self.region, self.year, "reductions", &self.id)
    }

    /// The target is declared for exactly what is left.
    pub(crate) fn demand_sums(&self, project: &Project, target: &Target) -> Result<(), Refusal> {
        let (left, declared) = (project.budget() - self.amount, target.contents.budget);
        if left.is_negative() {
            let message = format!("超过项目预算 {} 元", project.budget());
            return Err(Refusal::Field("amount_yuan".into(), message));
        }
        if left != declared {
            let message = format!("追减后的预算为 {left} 元，而绩效目标的预算为 {declared} 元");
            return Err(Refusal::Field("amount_yuan".into(), message));
        }
        Ok(())
    }

    pub(crate) fn approval_day(&self, said: Option<Date>, today: Date) -> Result<Date, Refusal> {
        approval_day(self.year, said, today)
    }

    /// Takes the money out of the project's budget, which never comes to less than was issued. The target that travels with it
    /// is approved in the same act.
    pub(crate) fn approve(
        &mut self,
        approver: &str,
        (issued, document, day): (Money, &str, Date),
        project: &mut Project,
        target: &Target,
    ) -> Result<(), Refusal> {
        if self.state == ReductionState::Approved {
            return Err(Refusal::ReductionApproved(self.resource_name()));
        }
        if self.declarer == approver {
            return Err(Refusal::DeclarerApprovesReduction);
        }
        if target.reduction.as_deref() != Some(self.resource_name().as_str()) {
            return Err(Refusal::TargetRequired(self.target.clone(), "该目标已不随这笔追减申报"));
        }
        self.demand_sums(project, target)?;
        project.reduce(self.amount, issued)?;
        self.state = ReductionState::Approved;
        self.issued = Some(issued);
        document.clone_into(&mut self.document);
        self.approve_date = Some(day);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ProjectState, TargetState, sample};

    const OFFICE: &str = "accounts/budget-office";

    fn day() -> Date {
        "2022-09-01".parse().unwrap()
    }

    fn yuan(text: &str) -> Money {
        text.parse().unwrap()
    }

    /// A budget of 1200 of which 200 are to go; the target says 1000.
    fn filed() -> (Reduction, Project, Target) {
        let mut project = sample::project();
        project.state = ProjectState::InBudget;
        (project.approved, project.added) = (yuan("1000"), yuan("200"));
        let mut target = sample::target();
        target.state = TargetState::FinanceReviewed;
        target.contents.budget = yuan("1000");
        let reduction = Reduction {
            region: project.region.clone(),
            year: project.year,
            id: "R1".into(),
            project: project.resource_name(),
            unit: project.unit.clone(),
            amount: yuan("200"),
            target: target.resource_name(),
            reason: "压减一般性支出".into(),
            state: ReductionState::Filed,
            declarer: sample::DECLARER.into(),
            issued: None,
            document: String::new(),
            approve_date: None,
        };
        target.reduction = Some(reduction.resource_name());
        (reduction, project, target)
    }

    #[test]
    fn money_leaves_the_budget_down_to_what_was_issued() {
        for (issued, passes) in [("0", true), ("1000", true), ("1000.01", false), ("1200", false)] {
            let (mut reduction, mut project, target) = filed();
            let answer = reduction.approve(OFFICE, (yuan(issued), "一号", day()), &mut project, &target);
            assert_eq!(answer.is_ok(), passes, "{issued}: {answer:?}");
            let budget = if passes { "1000.00" } else { "1200.00" };
            assert_eq!(project.budget().to_string(), budget, "{issued}");
            assert_eq!(project.approved, yuan("1000"), "the initial budget stays the initial budget");
        }
    }

    #[test]
    fn refuses_sums_that_do_not_tie_out_and_more_than_there_is() {
        for (amount, declared) in [("200", "1000.01"), ("199.99", "1000"), ("1200.01", "0")] {
            let (mut reduction, project, mut target) = filed();
            (reduction.amount, target.contents.budget) = (yuan(amount), yuan(declared));
            let refused = reduction.demand_sums(&project, &target);
            assert!(matches!(refused, Err(Refusal::Field(..))), "{amount} {declared}: {refused:?}");
        }
        let (mut reduction, project, mut target) = filed();
        (reduction.amount, target.contents.budget) = (yuan("1200"), Money::ZERO);
        reduction.demand_sums(&project, &target).unwrap();
    }

    #[test]
    fn refuses_its_own_declarer_another_target_and_a_second_approval() {
        let (mut reduction, mut project, mut target) = filed();
        let said = (Money::ZERO, "一号", day());
        let own = reduction.approve(sample::DECLARER, said, &mut project, &target);
        assert_eq!(own, Err(Refusal::DeclarerApprovesReduction));
        reduction.approve(OFFICE, said, &mut project, &target).unwrap();
        let again = reduction.approve(OFFICE, said, &mut project, &target);
        assert!(matches!(again, Err(Refusal::ReductionApproved(_))));
        let (mut reduction, mut project, _) = filed();
        target.reduction = None;
        let alone = reduction.approve(OFFICE, said, &mut project, &target);
        assert!(matches!(alone, Err(Refusal::TargetRequired(..))));
        assert_eq!(project.reduced, Money::ZERO);
    }
}
