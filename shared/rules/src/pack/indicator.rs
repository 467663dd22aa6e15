//! Rules that turn an indicator or an execution rate into points.

use hengji_kernel::Grade;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Band;
use crate::word::{Direction, ObjectType, Operator};

/// Points of the execution rate: executed over adjusted annual budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum ExecutionRule {
    /// weight x rate, at most weight.
    Linear { weight: Decimal },
    /// Full from `full_at` percent, below it by bands.
    Banded { weight: Decimal, full_at: Decimal, bands: Vec<Band> },
    /// Full from `full_at` percent; each whole `step_percent` below it costs `points`, down to nothing.
    Stepped { weight: Decimal, full_at: Decimal, step_percent: Decimal, points: Decimal },
}

impl ExecutionRule {
    pub const fn weight(&self) -> Decimal {
        match self {
            Self::Linear { weight } | Self::Banded { weight, .. } | Self::Stepped { weight, .. } => *weight,
        }
    }
}

/// A quantitative rule for some operators and, if given, one direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuantitativeRule {
    pub operators: Vec<Operator>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    pub method: QuantitativeMethod,
    /// Two-sided only: a deviation of at most this percentage of the target counts as met (允许偏差).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance_percent: Option<Decimal>,
    /// What to do where the ratio is undefined because the target is 0.
    pub zero_target: ZeroTarget,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<PassThreshold>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuantitativeMethod {
    /// actual / target
    ActualOverTarget,
    /// target / actual
    TargetOverActual,
    /// The smaller of both ratios: a deviation to either side costs points.
    TwoSided,
    /// Inside the range full; outside by the ratio to the nearer bound.
    WithinRange,
    /// Met or not.
    Direct,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZeroTarget {
    Direct,
    Refuse,
}

/// Pass threshold (及格门槛) in percent of completion: nothing below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassThreshold {
    pub at_percent: Decimal,
    pub shape: PassShape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassShape {
    /// At and above the threshold plainly proportional.
    Cut,
    /// weight x (completion - threshold) / (100% - threshold)
    Shifted,
}

/// Met = full, not met = `unmet_share_percent` of the points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectRule {
    pub unmet_share_percent: Decimal,
}

/// Each whole `step_percent` of deviation from the target costs `points_percent` of the points, down to nothing
/// (按偏离扣分).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeductionRule {
    /// Above 0; a deviation short of a whole step costs nothing.
    pub step_percent: Decimal,
    pub points_percent: Decimal,
}

/// Levels of a qualitative judgement; the chosen share must lie in the band of the chosen level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradedRule {
    pub levels: Vec<GradedLevel>,
}

/// `[from_percent, to_percent)`; the best level includes 100 %.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradedLevel {
    pub name: String,
    pub from_percent: Decimal,
    pub to_percent: Decimal,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SatisfactionRule {
    pub bands: Vec<Band>,
}

/// What happens when completion passes `trigger_percent` of the target; without a trigger, nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
pub enum OverAchievementRule {
    None {},
    /// Full points, but a cause is asked for.
    Explain {
        trigger_percent: Decimal,
    },
    /// Each percent above the trigger costs `points_percent` of the weight, down to `floor_percent`.
    Reduce {
        trigger_percent: Decimal,
        points_percent: Decimal,
        floor_percent: Decimal,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
pub enum NotApplicableRule {
    /// Left out; the other indicators are rescaled to the full weight.
    Rescale {},
    Refuse {},
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
pub enum MissingActualRule {
    /// Not reported is not zero: it blocks submission.
    Refuse {},
    Zero {},
}

/// Score to grade, over the full mark `full`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeRule {
    pub full: Decimal,
    pub bands: Vec<GradeBand>,
}

/// `[from, to)` of the score; without `to` it is open above.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeBand {
    pub grade: Grade,
    /// Name as printed here, such as 优 or 优秀.
    pub name: String,
    pub from: Decimal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Decimal>,
}

impl GradeBand {
    pub fn contains(&self, score: Decimal) -> bool {
        score >= self.from && self.to.is_none_or(|to| score < to)
    }
}

/// Level-1 sums of one form generation; together with the execution points they make `full`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightTemplate {
    pub title: String,
    #[serde(default)]
    pub object_types: Vec<ObjectType>,
    pub full: Decimal,
    pub execution: Decimal,
    pub level1: Vec<LevelWeight>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelWeight {
    pub level1: String,
    pub points: Decimal,
}
