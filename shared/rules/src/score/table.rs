//! What is scored: indicators with target and actual, and the money rows.

use hengji_kernel::Money;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::word::{Direction, Nature, Operator, ScoringMethod};

/// A self-evaluation or evaluation table (自评表、评价打分表).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreTable {
    pub indicators: Vec<ScoreIndicator>,
    /// Absent where the form has no execution row.
    #[serde(default)]
    pub money: Option<MoneyTable>,
    #[serde(default)]
    pub execution_override: Option<Override>,
    /// Plus and minus points a person found to apply.
    #[serde(default)]
    pub adjustments: Vec<Adjustment>,
}

/// Plus or minus points under a rule of the pack (加分、扣分事项).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    /// Id of the rule.
    pub rule: String,
    /// How many times it applies.
    pub times: u32,
    pub reason: String,
}

/// A number with its comparison and unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// A bare number has none; the direction then decides.
    #[serde(default)]
    pub operator: Option<Operator>,
    pub value: Decimal,
    /// Upper bound of a range.
    #[serde(default)]
    pub high: Option<Decimal>,
    #[serde(default)]
    pub unit: Option<String>,
}

/// One leaf. `target`/`actual` may be given as numbers; otherwise the texts are read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScoreIndicator {
    pub code: String,
    pub level1: String,
    pub level2: String,
    pub name: String,
    pub target_text: String,
    pub target: Option<Measure>,
    pub actual_text: String,
    pub actual: Option<Measure>,
    pub direction: Option<Direction>,
    pub nature: Nature,
    pub method: ScoringMethod,
    /// Points.
    pub weight: Decimal,
    /// Pass threshold set for this indicator, percent; otherwise the rule's.
    pub pass_at_percent: Option<Decimal>,
    /// Chosen level of a graded indicator (评判等级).
    pub level: Option<String>,
    /// Chosen share of the points of a graded indicator, percent.
    pub share_percent: Option<Decimal>,
    pub not_applicable: bool,
    #[serde(rename = "override")]
    pub overridden: Option<Override>,
}

/// A person's score instead of the computed one; both are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    pub score: Decimal,
    pub reason: String,
}

/// Money of the year: the total row is scored and must equal the sum of the source rows, where these are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoneyTable {
    pub total: MoneyRow,
    #[serde(default)]
    pub rows: Vec<MoneyRow>,
}

/// Amounts in yuan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MoneyRow {
    /// 资金来源
    pub source: String,
    /// 年初预算数
    pub initial: Option<Money>,
    /// 全年预算数 (A), after adjustment
    pub annual: Option<Money>,
    /// 全年执行数 (B)
    pub executed: Option<Money>,
}
