//! The quality of all targets of a region and year, found out page by page (绩效目标质量体检).

use std::collections::HashSet;

use hengji_kernel::{Decimal, FiscalYear, RegionCode, Timestamp, UnitCode, name};
use hengji_rules::Severity;
use serde::{Deserialize, Serialize};

use super::{Concern, Quality, Remark, Target};
use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RunState {
    /// 进行中
    Running,
    /// 已完成
    Finished,
    /// 已取消
    Cancelled,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct QualityRun {
    /// With everything below it.
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) id: String,
    pub(crate) state: RunState,
    pub(crate) starter: String,
    /// Targets there were when it was started.
    pub(crate) total: u32,
    pub(crate) checked: u32,
    /// Name of the target checked last.
    pub(crate) after: Option<String>,
    /// It begins then; at once if none.
    pub(crate) not_before: Option<Timestamp>,
}

impl QualityRun {
    pub(crate) fn resource_name(&self) -> String {
        name::yearly(&self.region, self.year, "qualityRuns", &self.id)
    }

    /// Takes in that the targets up to `last` are checked; `is_end` where none is left.
    pub(crate) fn advance(&mut self, last: Option<&str>, checked: usize, is_end: bool) {
        if let Some(last) = last {
            self.after = Some(last.to_owned());
        }
        self.checked = self.checked.saturating_add(u32::try_from(checked).unwrap_or(u32::MAX));
        if is_end {
            self.state = RunState::Finished;
        }
    }

    pub(crate) fn cancel(&mut self) -> Result<(), Refusal> {
        if self.state != RunState::Running {
            return Err(Refusal::RunEnded(self.resource_name()));
        }
        self.state = RunState::Cancelled;
        Ok(())
    }
}

/// What a run found in one target; none is kept of a target without findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct QualityReport {
    pub(crate) run: String,
    pub(crate) target: String,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) region: RegionCode,
    pub(crate) unit: UnitCode,
    pub(crate) target_version: i32,
    pub(crate) remarks: Vec<Remark>,
}

impl QualityReport {
    pub(crate) fn of(run: &str, target: &Target, quality: Quality) -> Option<Self> {
        (!quality.remarks.is_empty()).then(|| Self {
            run: run.to_owned(),
            target: target.resource_name(),
            id: target.id.clone(),
            title: target.object.title.clone(),
            region: target.region.clone(),
            unit: target.object.unit.clone(),
            target_version: target.target_version,
            remarks: quality.remarks,
        })
    }

    pub(crate) fn resource_name(&self) -> String {
        format!("{}/reports/{}-{}", self.run, self.region, self.id)
    }
}

/// How generic and how unmeasurable the targets of one unit are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct QualityStatistic {
    pub(crate) run: String,
    pub(crate) region: RegionCode,
    pub(crate) unit: UnitCode,
    pub(crate) targets: u32,
    pub(crate) indicators: u32,
    /// Indicators with a finding of that aspect.
    pub(crate) generic: u32,
    pub(crate) unmeasurable: u32,
    pub(crate) errors: u32,
    pub(crate) warnings: u32,
    pub(crate) notices: u32,
}

impl QualityStatistic {
    pub(crate) fn of(run: &str, target: &Target, quality: &Quality) -> Self {
        let severe = |severity| {
            count(quality.remarks.iter().filter(|remark| remark.finding.severity == severity).count())
        };
        let speaking_of = |aspect| {
            let found = quality.remarks.iter().filter(|remark| remark.aspect == aspect);
            count(found.filter_map(Remark::indicator).collect::<HashSet<_>>().len())
        };
        Self {
            run: run.to_owned(),
            region: target.region.clone(),
            unit: target.object.unit.clone(),
            targets: 1,
            indicators: count(target.contents.indicators.len()),
            generic: speaking_of(Concern::Generic),
            unmeasurable: speaking_of(Concern::Unmeasurable),
            errors: severe(Severity::Error),
            warnings: severe(Severity::Warning),
            notices: severe(Severity::Notice),
        }
    }

    pub(crate) fn resource_name(&self) -> String {
        format!("{}/statistics/{}-{}", self.run, self.region, self.unit)
    }

    pub(crate) fn add(&mut self, more: &Self) {
        for (sum, more) in [
            (&mut self.targets, more.targets),
            (&mut self.indicators, more.indicators),
            (&mut self.generic, more.generic),
            (&mut self.unmeasurable, more.unmeasurable),
            (&mut self.errors, more.errors),
            (&mut self.warnings, more.warnings),
            (&mut self.notices, more.notices),
        ] {
            *sum = sum.saturating_add(more);
        }
    }

    /// `part` of the unit's indicators, percent with two decimals, half up; none without indicators.
    pub(crate) fn percent(&self, part: u32) -> Option<Decimal> {
        let share = (Decimal::from(part) * Decimal::ONE_HUNDRED).checked_div(self.indicators.into())?;
        Some(share.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero))
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use hengji_rules::ObjectType;

    use super::*;
    use crate::domain::{Usage, sample};

    const RUN: &str = "regions/640323000/years/2022/qualityRuns/Q1";

    fn quality(target: &Target) -> Quality {
        Quality::of(target, &sample::pack(ObjectType::Project), &Usage::default())
    }

    #[test]
    fn counts_indicators_by_aspect_and_findings_by_severity() {
        let mut target = sample::target();
        target.contents.indicators[1].value_text = "明显提高".into();
        target.contents.indicators[1].value = None;
        target.contents.indicators[2].title = "有效促进发展".into();
        let quality = quality(&target);
        let mut sum = QualityStatistic::of(RUN, &target, &quality);
        assert_eq!((sum.targets, sum.indicators, sum.generic, sum.unmeasurable), (1, 4, 1, 1));
        assert_eq!((sum.errors, sum.warnings), (1, 1));
        sum.add(&QualityStatistic::of(RUN, &sample::target(), &Quality::default()));
        assert_eq!((sum.targets, sum.indicators, sum.generic, sum.unmeasurable), (2, 8, 1, 1));
        assert_eq!(sum.percent(sum.generic).unwrap().to_string(), "12.50");
        assert_eq!(sum.resource_name(), format!("{RUN}/statistics/640323000-219001"));
    }

    #[test]
    fn a_share_is_rounded_half_up_and_absent_without_indicators() {
        let mut one = QualityStatistic::of(RUN, &sample::target(), &Quality::default());
        one.indicators = 3;
        assert_eq!(one.percent(2).unwrap().to_string(), "66.67");
        one.indicators = 0;
        assert_eq!(one.percent(0), None);
    }

    #[test]
    fn only_targets_with_findings_are_reported() {
        let mut target = sample::target();
        assert_eq!(QualityReport::of(RUN, &target, quality(&target)), None);
        target.contents.indicators[2].title = "有效促进发展".into();
        let report = QualityReport::of(RUN, &target, quality(&target)).unwrap();
        assert_eq!(report.resource_name(), format!("{RUN}/reports/640323000-T001"));
        assert_eq!(report.remarks[0].finding.code, "C7");
    }

    #[test]
    fn a_run_goes_on_to_its_end_or_is_cancelled_once() {
        let mut run = QualityRun {
            region: sample::region(),
            year: sample::year(),
            id: "Q1".into(),
            state: RunState::Running,
            starter: "accounts/finance".into(),
            total: 3,
            checked: 0,
            after: None,
            not_before: None,
        };
        run.advance(Some("b"), 2, false);
        assert_eq!((run.after.as_deref(), run.checked, run.state), (Some("b"), 2, RunState::Running));
        let mut cancelled = run.clone();
        cancelled.cancel().unwrap();
        assert!(matches!(cancelled.cancel(), Err(Refusal::RunEnded(_))));
        run.advance(None, 0, true);
        assert_eq!((run.after.as_deref(), run.checked, run.state), (Some("b"), 2, RunState::Finished));
        assert!(run.cancel().is_err());
    }
}
