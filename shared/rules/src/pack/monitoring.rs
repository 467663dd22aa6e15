//! Rules of the warning lights (亮灯预警).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Colour of a light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// 未亮灯: nothing to judge yet
    Unlit,
    /// 绿灯
    Green,
    /// 黄灯
    Yellow,
    /// 红灯
    Red,
    /// 已暂停
    Suspended,
}

impl Light {
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Unlit => "未亮灯",
            Self::Green => "绿灯",
            Self::Yellow => "黄灯",
            Self::Red => "红灯",
            Self::Suspended => "已暂停",
        }
    }
}

/// Execution rate against the expected rate, in percentage points behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExecutionLightRule {
    /// How the expected rate is found where no payment plan is given.
    pub expected: ExpectedBy,
    /// Yellow from so many points behind.
    pub yellow_behind: Decimal,
    /// Red from so many points behind.
    pub red_behind: Decimal,
    /// Red above this rate: more paid than budgeted.
    pub red_above_percent: Decimal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpectedBy {
    /// Completed months over twelve.
    CompletedMonths,
    /// Days elapsed over the days of the year.
    Days,
}

/// Readings against interim values, in percent of the interim value behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultLightRule {
    pub yellow_behind_percent: Decimal,
    pub red_behind_percent: Decimal,
    /// Colour of an indicator that is due but has no reading.
    pub missing_reading: Light,
}
