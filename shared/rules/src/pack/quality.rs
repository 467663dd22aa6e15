//! Checks of target quality (rules C1 to C15) and of self-evaluation plausibility (C16 to C24).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::GradeBand;
use crate::outcome::Severity;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QualityRule {
    pub severity: Severity,
    pub check: QualityCheck,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum QualityCheck {
    /// Level-1 groups that must be present; cost only for construction, large repair and purchase.
    RequiredLevels { level1: Vec<String>, cost: String },
    /// Leaf weights: each above 0, level-1 sums equal to a weight template.
    WeightSums {},
    /// No leaf above this share of its level-1 group where the group has two or more leaves.
    LeafShare { max_percent: Decimal },
    /// Number of leaves and level-2 groups that must occur.
    LeafCount { min: u32, max: u32, required_level2: Vec<String> },
    /// Value parses, unit known, shares within 0 to 100 % unless the name holds a growth word.
    Readable { units: Vec<String>, growth_words: Vec<String> },
    /// Every quantitative target is 100 %.
    AllFull {},
    /// Value not above last year's actual although the money grew.
    NotRaised {},
    /// Name made only of slogan words, without object or measure.
    Slogans { words: Vec<String>, max_rest_chars: u32 },
    /// Same name in more than this share of the year's projects.
    GenericName { max_share_percent: Decimal },
    /// Name repeats its level-2 group.
    NameIsLevel {},
    /// Share of qualitative indicators.
    QualitativeShare { max_percent: Decimal },
    /// Qualitative indicators need criteria for their levels.
    Criteria {},
    /// Inputs (money, staff, meetings) placed as outputs.
    Inputs { words: Vec<String>, level1: Vec<String> },
    /// Satisfaction needs a survey plan.
    SurveyPlan { words: Vec<String> },
    /// Annual deadlines lie in the budget year.
    DeadlineInYear {},
    /// Total cost indicators stay within the budget.
    CostWithinBudget { words: Vec<String>, level_words: Vec<String> },
    /// A target of 0 under one of these levels promises nothing.
    ZeroTarget { level_words: Vec<String> },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlausibilityRule {
    pub severity: Severity,
    pub check: PlausibilityCheck,
}

/// The grade of a self-evaluation by how far its score lies above or below the re-checked one (自评质量降档).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecheckRule {
    /// Bands of the difference in points, whichever of the two is greater.
    pub bands: Vec<GradeBand>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum PlausibilityCheck {
    /// No evidence for a reported value.
    Evidence {},
    /// Completion above the trigger without a cause.
    OverAchievement { trigger_percent: Decimal },
    /// Full output score with an execution rate below the limit.
    LowExecutionFullOutput { rate_below_percent: Decimal, output_words: Vec<String> },
    /// Score outside 0..weight, total above full, printed grade unlike the computed one.
    ScoreBounds {},
    /// Self score above the re-checked score by more than the limit.
    Recheck { limit_points: Decimal },
    /// A deviation without cause or measure.
    Deviation {},
    /// Sums of money rows; executed within budget.
    Money {},
    /// Expected and actual text identical in at least this share of the rows, all with full points.
    IdenticalTexts { min_share_percent: Decimal },
    /// Groups whose level 1 holds one of the words have less than this share of the full mark.
    LevelShare { level1_words: Vec<String>, min_percent: Decimal },
}
