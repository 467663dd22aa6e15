//! The money of one project: running totals, what is suspended of them, lights.

use hengji_kernel::{DataScope, Date, Decimal, Money, UnitCode};
use hengji_rules::ObjectType;
use hengji_rules::lights::Lit;
use serde::{Deserialize, Serialize};

use super::{Freeze, FundKind, History, Mark, ProjectFacts, ProjectKey, Warning};
use crate::error::Refusal;

/// Money added to a budget in mid-year (年中追加), or taken back from it (年中追减): then below 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Addition {
    /// 批复日期
    pub(crate) date: Date,
    pub(crate) amount: Money,
}

/// The money of a project and how it is judged: all that a payment looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Funds {
    pub(crate) project: ProjectKey,
    pub(crate) title: String,
    pub(crate) unit: UnitCode,
    pub(crate) object: ObjectType,
    /// None in positions that were opened before it was told.
    #[serde(default)]
    pub(crate) fund_kind: Option<FundKind>,
    #[serde(default)]
    pub(crate) marks: Vec<Mark>,
    pub(crate) initial: Money,
    pub(crate) budget: Money,
    /// Those the budget holds. None in positions of before they were kept, until news of the budget comes: they then count
    /// from the first day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) additions: Vec<Addition>,
    pub(crate) allotted: Money,
    pub(crate) paid: Money,
    /// Nothing may be paid before this day.
    pub(crate) first_issue: Option<Date>,
    /// Day of the last payment, refunds aside.
    #[serde(default)]
    pub(crate) last_paid: Option<Date>,
    /// Latest date that counted.
    pub(crate) as_of: Date,
    pub(crate) money: Lit,
    pub(crate) result: Lit,
    #[serde(default)]
    pub(crate) money_history: History,
    #[serde(default)]
    pub(crate) result_history: History,
    #[serde(default)]
    pub(crate) warnings: Vec<Warning>,
    /// None in positions that were judged before it was kept.
    #[serde(default)]
    pub(crate) results: Option<Results>,
    /// Name of the suspension that stands; empty if none.
    pub(crate) suspension: String,
    /// Suspended in part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) freezes: Vec<Freeze>,
    pub(crate) target: String,
    pub(crate) target_version: i32,
}

/// What the money is held against, as the readings have it on the day the results were judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Results {
    /// 绩效目标完成率; none where nothing can be measured.
    pub(crate) achieved_percent: Option<Decimal>,
}

impl Funds {
    pub(crate) fn lies_in(&self, scope: &DataScope) -> bool {
        scope.contains(&self.project.region, Some(&self.unit))
    }

    pub(crate) fn resource_name(&self) -> String {
        self.project.position()
    }

    /// Money comes in, never above the budget.
    pub(crate) fn issue(&mut self, amount: Money, date: Date) -> Result<(), Refusal> {
        self.raise(amount)?;
        self.first_issue = Some(self.first_issue.map_or(date, |first| first.min(date)));
        self.as_of = self.as_of.max(date);
        Ok(())
    }

    /// An allotment gets larger, never above the budget.
    pub(crate) fn raise(&mut self, amount: Money) -> Result<(), Refusal> {
        let total = self.allotted + amount;
        if total > self.budget {
            let project = self.project.name();
            return Err(Refusal::IssuedAboveBudget { project, total, budget: self.budget });
        }
        self.allotted = total;
        Ok(())
    }

    /// An allotment gets smaller, never by what is already paid.
    pub(crate) fn lower(&mut self, allotment: &str, amount: Money) -> Result<(), Refusal> {
        let left = self.allotted - amount;
        if left < self.paid {
            return Err(Refusal::AlreadyPaidFrom { allotment: allotment.to_owned(), left, paid: self.paid });
        }
        self.allotted = left;
        Ok(())
    }

    /// Money goes back, never what is already paid. `first_issue` is the first of the allotments that stay.
    pub(crate) fn withdraw(
        &mut self,
        allotment: &str,
        amount: Money,
        first_issue: Option<Date>,
    ) -> Result<(), Refusal> {
        self.lower(allotment, amount)?;
        self.first_issue = first_issue;
        self.fit_freezes(allotment, Money::ZERO);
        Ok(())
    }

    pub(crate) fn set_budget(&mut self, facts: &ProjectFacts, budget: Money) {
        self.initial = facts.initial;
        self.budget = budget;
        self.additions.clone_from(&facts.additions);
    }

    /// The adjusted budget as it stood on that day.
    pub(crate) fn budget_on(&self, day: Date) -> Money {
        let later = self.additions.iter().filter(|addition| addition.date > day);
        self.budget - later.map(|addition| addition.amount).sum()
    }

    /// What the project library tells its money apart by.
    pub(crate) fn classify(&mut self, facts: &ProjectFacts) {
        self.fund_kind = facts.fund_kind;
        self.marks.clone_from(&facts.marks);
    }

    pub(crate) fn suspend(&mut self, suspension: String) -> Result<(), Refusal> {
        if !self.suspension.is_empty() {
            let project = self.project.name();
            return Err(Refusal::AlreadySuspended { project, suspension: self.suspension.clone() });
        }
        self.suspension = suspension;
        Ok(())
    }

    pub(crate) fn resume(&mut self) {
        self.suspension.clear();
    }
}

/// paid ÷ budget in percent, two decimals; nothing without a budget.
pub(crate) fn rate_percent(paid: Money, budget: Money) -> Option<Decimal> {
    if budget <= Money::ZERO {
        return None;
    }
    let rate = paid.yuan().checked_mul(Decimal::ONE_HUNDRED)?.checked_div(budget.yuan())?;
    Some(hengji_rules::exact::round(rate, 2, hengji_rules::pack::RoundingMode::HalfUp))
}
