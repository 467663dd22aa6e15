//! Scoring standards of single indicators (指标评分标准), alternatives, plus and minus points, caps of the total.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How the indicators of these names are scored; it goes before the general rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndicatorRule {
    /// Names of indicators as their tables print them.
    pub names: Vec<String>,
    /// Full points of the standard; a row of another weight earns in proportion.
    pub points: Decimal,
    pub method: IndicatorMethod,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum IndicatorMethod {
    /// Met is full; each `step` beyond the target, in the indicator's unit, costs `points` (每超过一个百分点扣…分).
    PerStep { step: Decimal, points: Decimal, part: PartStep },
    /// Points by the actual value (按区间计分).
    Table { closed: ClosedAt, bands: Vec<PointBand> },
}

/// What a part of a step costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartStep {
    /// 不足一步不扣
    Free,
    /// 不足一步按一步扣
    Whole,
    /// 按比例扣
    Share,
}

/// Which end of a band belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedAt {
    /// `[from, to)`
    From,
    /// `(from, to]`
    To,
}

/// A band of actual values; open where an end is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointBand {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Decimal>,
    pub points: Decimal,
}

impl PointBand {
    pub fn contains(&self, value: Decimal, closed: ClosedAt) -> bool {
        match closed {
            ClosedAt::From => {
                self.from.is_none_or(|from| value >= from) && self.to.is_none_or(|to| value < to)
            }
            ClosedAt::To => self.from.is_none_or(|from| value > from) && self.to.is_none_or(|to| value <= to),
        }
    }
}

/// Of the rows with these names the one with the greatest share of its points counts (二者择其一).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlternativesRule {
    pub names: Vec<String>,
}

/// Points on top of, or off, the total (加分、扣分).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdjustmentRule {
    pub title: String,
    pub direction: AdjustmentDirection,
    /// For each time.
    pub points_each: Decimal,
    /// For all times together.
    pub points_max: Decimal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentDirection {
    /// 加分
    Add,
    /// 扣分
    Deduct,
}

/// The total is at most so much where the execution rate lies in a band (按执行率封顶).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TotalCapRule {
    pub bands: Vec<CapBand>,
}

/// `[from, to)` of the execution rate in percent; without `to` it is open above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapBand {
    pub from: Decimal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Decimal>,
    pub at_most: Decimal,
}

impl CapBand {
    pub fn contains(&self, rate: Decimal) -> bool {
        rate >= self.from && self.to.is_none_or(|to| rate < to)
    }
}
