//! Quality of a target before it is submitted (泛指标化 and the checks C1 to C15).

mod leaf;
mod tree;
pub mod weights;

use hengji_kernel::{FiscalYear, Money};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::effective::EffectivePack;
use crate::outcome::{Finding, Severity};
use crate::pack::{Cited, QualityRule};
use crate::score::table::Measure;
use crate::word::{Direction, Nature};

/// A target as declared (申报的绩效目标). Amounts in yuan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetDraft {
    pub project_name: String,
    pub year: FiscalYear,
    /// Construction, large repair or purchase: cost indicators are compulsory.
    pub cost_required: bool,
    pub budget: Option<Money>,
    pub last_budget: Option<Money>,
    pub indicators: Vec<DraftIndicator>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of a form, each read by its own check")]
pub struct DraftIndicator {
    pub level1: String,
    pub level2: String,
    pub name: String,
    pub target_text: String,
    pub target: Option<Measure>,
    pub nature: Nature,
    pub direction: Option<Direction>,
    pub weight: Decimal,
    /// Criteria for the levels of a qualitative indicator are filed.
    pub has_criteria: bool,
    pub has_survey_plan: bool,
    /// Mid-term indicators may end after the budget year.
    pub mid_term: bool,
    /// Taken from the catalog as a common indicator, meant to be shared.
    pub common: bool,
    /// Share of the year's projects that use the same name, percent.
    pub used_by_percent: Option<Decimal>,
    pub last_actual: Option<Decimal>,
}

/// Every finding of every check the pack holds; `code` is the rule's id.
pub fn check(target: &TargetDraft, pack: &EffectivePack) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in &pack.rules.target_quality {
        let mut found = Found { rule, findings: &mut findings };
        tree::check(target, pack, &mut found);
        for (index, indicator) in target.indicators.iter().enumerate() {
            leaf::check(target, index, indicator, &mut found);
        }
    }
    findings
}

struct Found<'a> {
    rule: &'a Cited<QualityRule>,
    findings: &'a mut Vec<Finding>,
}

impl Found<'_> {
    fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        let severity: Severity = self.rule.rule.severity;
        self.findings.push(Finding::new(self.rule.id.clone(), severity, path, message));
    }
}

#[cfg(test)]
mod tests;
