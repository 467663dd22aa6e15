//! A monitoring round (监控批次): scope, cut-off, due date.

use hengji_kernel::{Date, Decimal, FiscalYear, Money, RegionCode, UnitCode, name};
use serde::{Deserialize, Serialize};

use super::{FundKind, Mark, Position, ProjectKey, rate_percent};
use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoundState {
    /// 填报中
    Open,
    /// 已办结
    Closed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Round {
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) scope: RoundScope,
    /// What is dated up to this day counts.
    pub(crate) cut_off: Date,
    /// A form not filed by the end of this day is overdue.
    pub(crate) due: Date,
    pub(crate) state: RoundState,
    pub(crate) form_count: i32,
    pub(crate) opener: String,
    pub(crate) conclusion: String,
}

/// Every part given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct RoundScope {
    pub(crate) unit: Option<UnitCode>,
    pub(crate) fund_kind: Option<FundKind>,
    pub(crate) mark: Option<Mark>,
    /// Adjusted budget not below it.
    pub(crate) budget_from: Option<Money>,
    /// Execution rate below it, in percent.
    pub(crate) rate_below: Option<Decimal>,
}

impl RoundScope {
    /// Whether a project stands in the scope, as its position was at the cut-off.
    pub(crate) fn takes(&self, position: &Position) -> bool {
        self.unit.as_ref().is_none_or(|unit| unit.contains(&position.unit))
            && self.fund_kind.is_none_or(|kind| position.fund_kind == Some(kind))
            && self.mark.is_none_or(|mark| position.marks.contains(&mark))
            && self.budget_from.is_none_or(|least| position.budget >= least)
            && self.rate_below.is_none_or(|limit| {
                rate_percent(position.paid, position.budget).is_some_and(|rate| rate < limit)
            })
    }
}

impl Round {
    pub(crate) fn resource_name(&self) -> String {
        name::yearly(&self.region, self.year, "rounds", &self.id)
    }

    /// The dates of a round that is about to be opened.
    pub(crate) fn check_dates(&self, today: Date) -> Result<(), Refusal> {
        let year = self.year.number();
        if !(year..=year + 1).contains(&self.cut_off.year()) {
            return Err(Refusal::date("cut_off_date", "不在预算年度或次年内", self.cut_off));
        }
        if self.cut_off > today {
            return Err(Refusal::date("cut_off_date", "在今天之后", self.cut_off));
        }
        if self.due < self.cut_off {
            return Err(Refusal::date("due_date", "早于截止日期", self.due));
        }
        Ok(())
    }

    /// Nothing is filed or reviewed once a round is closed.
    pub(crate) fn must_be_open(&self, action: &'static str) -> Result<(), Refusal> {
        match self.state {
            RoundState::Open => Ok(()),
            RoundState::Closed => {
                Err(Refusal::State { name: self.resource_name(), state: "已办结", action })
            }
        }
    }

    pub(crate) fn close(&mut self, conclusion: String) -> Result<(), Refusal> {
        self.must_be_open("再次办结")?;
        self.state = RoundState::Closed;
        self.conclusion = conclusion;
        Ok(())
    }

    /// One form for each project, named after its region too: a round reaches over a subtree.
    pub(crate) fn form_name(&self, project: &ProjectKey) -> String {
        format!("{}/forms/{}.{}", self.resource_name(), project.region, project.id)
    }
}
