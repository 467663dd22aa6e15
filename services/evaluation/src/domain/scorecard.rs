use hengji_kernel::{Decimal, Grade};
use hengji_rules::{Explanation, Finding};
use serde::{Deserialize, Serialize};

use super::Correction;

/// Scores with their explanations (评分表); computed and given stay side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Scorecard {
    /// Indicators, then the execution rate.
    pub(crate) rows: Vec<CardRow>,
    pub(crate) total: Decimal,
    pub(crate) grade: Grade,
    /// The grade's printed name under the rules.
    pub(crate) grade_name: String,
    pub(crate) explanation: Explanation,
    pub(crate) findings: Vec<Finding>,
    /// Digest of the rules in force.
    pub(crate) rule_pack_sha256: String,
    /// Evidence beside the scores; none in cards of before they were kept.
    #[serde(default)]
    pub(crate) corrections: Vec<Correction>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CardRow {
    /// Indicator code, or `execution`.
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) target_text: String,
    pub(crate) actual_text: String,
    pub(crate) weight: Decimal,
    pub(crate) computed: Option<Decimal>,
    /// The score that counts; absent where the indicator does not apply.
    pub(crate) given: Option<Decimal>,
    pub(crate) given_reason: String,
    pub(crate) missed: bool,
    pub(crate) explanation: Explanation,
}
