//! The result of scoring: rows, total, grade, findings, explanations.

use hengji_kernel::Grade;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::explanation::Explanation;
use crate::outcome::Finding;

/// A scored table (计分表).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scorecard {
    pub rows: Vec<ScoreRow>,
    pub execution: Option<ExecutionScore>,
    pub adjustments: Vec<AdjustmentScore>,
    /// Points that could be reached: weights of rows and execution.
    pub full: Decimal,
    /// Sum of the given scores, rescaled where indicators do not apply, adjusted, and capped where the pack says so.
    pub total: Decimal,
    pub grade: Grade,
    /// The grade's printed name here.
    pub grade_name: String,
    pub findings: Vec<Finding>,
    pub explanation: Explanation,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreRow {
    pub code: String,
    pub level1: String,
    pub level2: String,
    pub name: String,
    pub weight: Decimal,
    /// By rule; absent only where the indicator does not apply.
    pub computed: Option<Decimal>,
    /// The override's score, else the computed one.
    pub given: Option<Decimal>,
    pub override_reason: Option<String>,
    /// Completion in percent of the target where a ratio exists, uncapped.
    pub completion_percent: Option<Decimal>,
    /// Code of the row that counts instead of this one; neither its points nor its weight count then.
    pub replaced_by: Option<String>,
    pub explanation: Explanation,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionScore {
    pub weight: Decimal,
    /// Executed over annual budget, percent, uncapped.
    pub rate_percent: Decimal,
    pub computed: Decimal,
    pub given: Decimal,
    pub override_reason: Option<String>,
    pub explanation: Explanation,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdjustmentScore {
    /// Id of the rule.
    pub rule: String,
    pub title: String,
    /// Negative where it costs points.
    pub points: Decimal,
    pub reason: String,
    pub explanation: Explanation,
}
