//! Rules about days: monitoring rounds (监控批次), time limits (时限), working days (工作日).

use hengji_kernel::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::word::ObjectType;

/// The rounds of a year and what they look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonitoringCalendarRule {
    pub title: String,
    /// Empty means any.
    #[serde(default)]
    pub object_types: Vec<ObjectType>,
    /// One a year, a half-year, a quarter or a month: their number is the frequency.
    pub rounds: Vec<MonitoringRound>,
    /// Absent means every object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<RoundSelection>,
}

/// January to `cut_off`, reported by `due`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonitoringRound {
    /// As printed, such as 1-7月.
    pub name: String,
    /// 数据截止日
    pub cut_off: MonthDay,
    /// Day by which the units report to their department, where it is told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_due: Option<MonthDay>,
    /// Day by which the forms are with the finance department (报送截止日).
    pub due: MonthDay,
}

/// A day of the year; 31 stands for the last day of any month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthDay {
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// In the year after the budget year.
    #[serde(default)]
    pub next_year: bool,
}

/// Which objects a round looks at; all given parts must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoundSelection {
    /// Budget above so many yuan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_over_yuan: Option<Decimal>,
    /// Execution rate at the cut-off below this percentage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_below_percent: Option<Decimal>,
    /// At least one of these marks; empty means any.
    pub marks: Vec<String>,
}

/// How many days an act may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineRule {
    pub act: Act,
    /// Empty means any.
    #[serde(default)]
    pub object_types: Vec<ObjectType>,
    pub limit: Days,
}

/// What has to be done in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// 反馈评价结果: from the day the result is fixed.
    Feedback,
    /// 报送整改措施: from the day the feedback is received.
    Rectification,
    /// 答复监控情况: from the day the monitoring report is received.
    MonitoringAnswer,
    /// 书面反馈意见: from the day the draft report is sent.
    Opinion,
    /// 审核绩效目标: from the day the target is submitted.
    TargetReview,
    /// 报告纠偏情况: from the day the notice of correction is received.
    Correction,
    /// 逾期未整改提请上级督办: from the day a correction was due.
    Escalation,
}

impl Act {
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Feedback => "反馈评价结果",
            Self::Rectification => "报送整改措施",
            Self::MonitoringAnswer => "答复监控情况",
            Self::Opinion => "书面反馈意见",
            Self::TargetReview => "审核绩效目标",
            Self::Correction => "报告纠偏情况",
            Self::Escalation => "逾期未整改提请上级督办",
        }
    }
}

/// A number of days, the first of which is the day after the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// 1 to 1000.
    pub days: u32,
    pub counted: DayKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// 自然日
    Calendar,
    /// 工作日
    Working,
}

impl DayKind {
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Calendar => "日",
            Self::Working => "个工作日",
        }
    }
}

/// Days of one year that are not what their weekday says (节假日安排).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkingDaysRule {
    pub year: i32,
    /// Monday to Friday, but off (放假).
    pub off: Vec<Date>,
    /// Saturday or Sunday, but worked (调休上班).
    pub on: Vec<Date>,
}
