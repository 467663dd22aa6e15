//! Rules of the double monitoring (双监控): warning lights (亮灯预警), their classes, expected progress, idle money.

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultLightRule {
    pub yellow_behind_percent: Decimal,
    pub red_behind_percent: Decimal,
    /// Colour of an indicator that is due but has no reading.
    pub missing_reading: Light,
    /// What stands for interim values where a target has none; if absent, nothing is expected before the end of the year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_interim: Option<AlongProgress>,
}

/// Annual values that add up over the year are expected at the rate money is (序时进度).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlongProgress {
    /// 二级指标 whose values add up, such as 数量指标; percentages never do.
    pub level2: Vec<String>,
    /// How the share expected by a day is found.
    pub expected: ExpectedBy,
}

/// Cumulative share of the year's money expected at the end of each month (序时进度).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgressCurve {
    /// Twelve percentages, January first, never falling.
    pub month_end_percent: Vec<Decimal>,
}

/// What is wrong, told apart from how wrong it is (异常类别), and the light it turns on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LightClassRule {
    /// Yellow or red.
    pub light: Light,
    pub class: LightClass,
}

/// Rates in percent of the adjusted annual budget, achievement in percent of the annual target values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum LightClass {
    /// 资金执行缓慢: so many percentage points behind the expected rate.
    SlowExecution { behind_points: Decimal },
    /// 超预算支付: paid above this rate.
    Overspending { above_percent: Decimal },
    /// 绩效滞后: an indicator behind its interim value by this percentage of it.
    ResultBehind { behind_percent: Decimal },
    /// 绩效信息逾期未报: a due interim value without a reading for more than so many calendar days.
    ReadingOverdue { grace_days: u32 },
    /// 有支出无绩效: paid from this rate on, achieved less than that.
    MoneyWithoutResults { rate_from_percent: Decimal, achieved_below_percent: Decimal },
    /// 有绩效无支出: achieved from this share on, paid less than that.
    ResultsWithoutMoney { achieved_from_percent: Decimal, rate_below_percent: Decimal },
    /// 资金闲置: at least so much money unpaid for at least so many calendar days.
    IdleMoney { from_days: u32, from_yuan: Decimal },
}

impl LightClass {
    pub const fn kind(&self) -> LightClassKind {
        match self {
            Self::SlowExecution { .. } => LightClassKind::SlowExecution,
            Self::Overspending { .. } => LightClassKind::Overspending,
            Self::ResultBehind { .. } => LightClassKind::ResultBehind,
            Self::ReadingOverdue { .. } => LightClassKind::ReadingOverdue,
            Self::MoneyWithoutResults { .. } => LightClassKind::MoneyWithoutResults,
            Self::ResultsWithoutMoney { .. } => LightClassKind::ResultsWithoutMoney,
            Self::IdleMoney { .. } => LightClassKind::IdleMoney,
        }
    }
}

/// The word of a class without its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LightClassKind {
    SlowExecution,
    Overspending,
    ResultBehind,
    ReadingOverdue,
    MoneyWithoutResults,
    ResultsWithoutMoney,
    IdleMoney,
}

impl LightClassKind {
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::SlowExecution => "资金执行缓慢",
            Self::Overspending => "超预算支付",
            Self::ResultBehind => "绩效滞后",
            Self::ReadingOverdue => "绩效信息逾期未报",
            Self::MoneyWithoutResults => "有支出无绩效",
            Self::ResultsWithoutMoney => "有绩效无支出",
            Self::IdleMoney => "资金闲置",
        }
    }
}

/// What keeps a light from flickering (防止忽亮忽灭). Turning worse is never delayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HysteresisRule {
    /// The execution light turns better only when this many percentage points inside the limit it crossed.
    pub execution_margin_points: Decimal,
    /// The result light likewise, in percent of the interim value.
    pub result_margin_percent: Decimal,
    /// And not before it has stood for so many calendar days.
    pub hold_days: u32,
    /// So many changes
    pub flapping_changes: u32,
    /// within so many calendar days are a light that flaps.
    pub flapping_days: u32,
}

/// Ages of idle money (沉淀资金账龄) from the day it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdleMoneyRule {
    /// Smaller remainders are not listed, yuan.
    pub from_yuan: Decimal,
    pub ages: Vec<IdleAge>,
}

/// `[from_days, to_days)` in calendar days; the last age is open above.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdleAge {
    pub name: String,
    pub from_days: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_days: Option<u32>,
    pub light: Light,
}
