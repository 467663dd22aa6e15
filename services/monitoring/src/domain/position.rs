//! Where one project stands: running totals, baseline, lights.

use hengji_kernel::{Date, Decimal, Money, UnitCode};
use hengji_rules::ObjectType;
use hengji_rules::lights::Lit;
use serde::{Deserialize, Serialize};

use super::{Freeze, FundKind, History, Indicator, LatestReading, Mark, ProjectKey, Reading, Warning, lamp};
use crate::error::Refusal;

/// The approved target a position is measured by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Baseline {
    pub(crate) target: String,
    pub(crate) version: i32,
    pub(crate) object: ObjectType,
    pub(crate) indicators: Vec<Indicator>,
}

/// What the project library says of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProjectFacts {
    pub(crate) title: String,
    pub(crate) unit: UnitCode,
    /// 年初预算数
    pub(crate) initial: Money,
    /// 调整后预算数
    pub(crate) budget: Money,
    pub(crate) fund_kind: Option<FundKind>,
    pub(crate) marks: Vec<Mark>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
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
    /// Name of the suspension that stands; empty if none.
    pub(crate) suspension: String,
    /// Suspended in part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) freezes: Vec<Freeze>,
    pub(crate) target: String,
    pub(crate) target_version: i32,
    pub(crate) indicators: Vec<Indicator>,
}

impl Position {
    /// A project before its first money.
    pub(crate) fn open(project: ProjectKey, facts: &ProjectFacts, baseline: &Baseline, day: Date) -> Self {
        Self {
            project,
            title: facts.title.clone(),
            unit: facts.unit.clone(),
            object: baseline.object,
            fund_kind: facts.fund_kind,
            marks: facts.marks.clone(),
            initial: facts.initial,
            budget: facts.budget,
            allotted: Money::ZERO,
            paid: Money::ZERO,
            first_issue: None,
            last_paid: None,
            as_of: day,
            money: lamp::not_judged(),
            result: lamp::not_judged(),
            money_history: History::default(),
            result_history: History::default(),
            warnings: vec![],
            suspension: String::new(),
            freezes: vec![],
            target: baseline.target.clone(),
            target_version: baseline.version,
            indicators: baseline.indicators.clone(),
        }
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

    /// The baseline moves to another approved version; readings stay with their indicators.
    pub(crate) fn rebase(&mut self, baseline: &Baseline) {
        let mut indicators = baseline.indicators.clone();
        for indicator in &mut indicators {
            if let Some(known) = self.indicators.iter().find(|known| known.code == indicator.code) {
                indicator.latest.clone_from(&known.latest);
                indicator.lit.clone_from(&known.lit); // so that only a light that turns is told
            }
        }
        self.target.clone_from(&baseline.target);
        self.target_version = baseline.version;
        self.object = baseline.object;
        self.indicators = indicators;
    }

    pub(crate) fn set_budget(&mut self, initial: Money, budget: Money) {
        self.initial = initial;
        self.budget = budget;
    }

    /// What the project library tells its money apart by.
    pub(crate) fn classify(&mut self, facts: &ProjectFacts) {
        self.fund_kind = facts.fund_kind;
        self.marks.clone_from(&facts.marks);
    }

    /// The latest reading by date counts; of one date the one stored last.
    pub(crate) fn take_in(&mut self, reading: &Reading) {
        self.as_of = self.as_of.max(reading.date);
        let Some(indicator) = self.indicators.iter_mut().find(|known| known.code == reading.code) else {
            return;
        };
        if indicator.latest.as_ref().is_none_or(|latest| latest.date <= reading.date) {
            indicator.latest = Some(LatestReading {
                text: reading.text.clone(),
                date: reading.date,
                number: reading.number,
            });
        }
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

    /// The position as the rows dated up to `day` make it. The budget is today's, and no light is held back.
    pub(crate) fn at(
        &self,
        day: Date,
        allotted: Money,
        paid: Money,
        suspension: String,
        readings: &[Reading],
    ) -> Self {
        let mut past = self.clone();
        past.as_of = day;
        past.allotted = allotted;
        past.paid = paid;
        past.suspension = suspension;
        past.money_history = History::default();
        past.result_history = History::default();
        for indicator in &mut past.indicators {
            indicator.latest = None;
        }
        for reading in readings.iter().filter(|reading| reading.date <= day) {
            past.take_in(reading);
        }
        past
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
