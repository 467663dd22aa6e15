//! Where one project stands: money, baseline, lights.

use std::ops::{Deref, DerefMut};

use hengji_kernel::{Date, Money, UnitCode};
use hengji_rules::ObjectType;

use super::{
    Addition, FundKind, Funds, History, Indicator, LatestReading, Mark, ProjectKey, Reading, Suspension, lamp,
};

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
    /// What made the one from the other.
    pub(crate) additions: Vec<Addition>,
    pub(crate) fund_kind: Option<FundKind>,
    pub(crate) marks: Vec<Mark>,
}

/// Where a project stands: its money, and the indicators of its baseline with their readings. They are kept apart, because a
/// payment changes only the money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) funds: Funds,
    pub(crate) indicators: Vec<Indicator>,
}

impl Deref for Position {
    type Target = Funds;

    fn deref(&self) -> &Funds {
        &self.funds
    }
}

impl DerefMut for Position {
    fn deref_mut(&mut self) -> &mut Funds {
        &mut self.funds
    }
}

impl Position {
    /// A project before its first money.
    pub(crate) fn open(project: ProjectKey, facts: &ProjectFacts, baseline: &Baseline, day: Date) -> Self {
        let funds = Funds {
            project,
            title: facts.title.clone(),
            unit: facts.unit.clone(),
            object: baseline.object,
            fund_kind: facts.fund_kind,
            marks: facts.marks.clone(),
            initial: facts.initial,
            budget: facts.budget,
            additions: facts.additions.clone(),
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
            results: None,
            suspension: String::new(),
            freezes: vec![],
            target: baseline.target.clone(),
            target_version: baseline.version,
        };
        Self { funds, indicators: baseline.indicators.clone() }
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

    /// The position as everything dated up to `day` makes it, rows that came later among it. No light is held back: which
    /// light stood before is a matter of what was known then. `standing`: the suspensions of that day, as they were ordered.
    pub(crate) fn at(
        &self,
        day: Date,
        allotted: Money,
        paid: Money,
        standing: &[Suspension],
        readings: &[Reading],
    ) -> Self {
        let mut past = self.clone();
        past.as_of = day;
        past.budget = self.budget_on(day);
        past.allotted = allotted;
        past.paid = paid;
        past.suspension = standing
            .iter()
            .find(|suspension| suspension.is_whole())
            .map(Suspension::resource_name)
            .unwrap_or_default();
        past.freezes = standing.iter().filter_map(Suspension::freeze).collect();
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
