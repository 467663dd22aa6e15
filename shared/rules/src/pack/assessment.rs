//! Rules of target review and ex-ante assessment.

use hengji_kernel::Grade;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::GradeBand;
use crate::word::ObjectType;

/// Review of a target by completeness, relevance, fitness and feasibility (完整性、相关性、适当性、可行性).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewRule {
    pub total: Decimal,
    pub items: Vec<ReviewItem>,
    /// Points to grade.
    pub bands: Vec<GradeBand>,
    /// Marks per item to a total grade, best first; the last one has no condition.
    pub marks: Vec<MarkRule>,
    pub decisions: Vec<GradeDecision>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewItem {
    pub aspect: String,
    pub item: String,
    pub points: Decimal,
    pub question: String,
}

/// `grade` needs at least `at_least` items marked `or_better` or better and none marked one of `none_of`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkRule {
    pub grade: Grade,
    pub at_least: u32,
    pub or_better: Grade,
    #[serde(default)]
    pub none_of: Vec<Grade>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeDecision {
    pub grade: Grade,
    pub decision: Decision,
}

/// What a review grade leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// 进入下一步预算编审
    Pass,
    /// 与单位协商直接完善
    CorrectInPlace,
    /// 退回修改、重新报送
    Return,
    /// 不得进入下一步
    Reject,
}

impl Decision {
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Pass => "进入下一步预算编审流程",
            Self::CorrectInPlace => "与单位协商直接完善后进入下一步",
            Self::Return => "退回修改完善，按程序重新报送",
            Self::Reject => "不得进入下一步预算编审流程",
        }
    }
}

/// Aspects of an ex-ante assessment for some object types and what each grade concludes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExAnteRule {
    pub object_types: Vec<ObjectType>,
    pub total: Decimal,
    pub aspects: Vec<Aspect>,
    pub bands: Vec<GradeBand>,
    pub conclusions: Vec<GradeConclusion>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aspect {
    pub name: String,
    pub points: Decimal,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeConclusion {
    pub grade: Grade,
    pub conclusion: Conclusion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// 予以支持
    Support,
    /// 调整完善后支持
    SupportAfterAmendment,
    /// 部分支持、重新报送
    Resubmit,
    /// 不予支持
    Refuse,
}

impl Conclusion {
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Support => "予以支持",
            Self::SupportAfterAmendment => "调整完善后予以支持",
            Self::Resubmit => "部分支持，修改后重新报送",
            Self::Refuse => "不予支持",
        }
    }
}

/// What must be assessed before it may ask for money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicabilityRule {
    /// New projects from this amount in yuan; absent means every new project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_amount_min_yuan: Option<Decimal>,
    /// Continuing projects whose money grows by more than this percentage; absent means never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continuing_growth_over_percent: Option<Decimal>,
    pub policy_always: bool,
    pub expired_to_continue: bool,
    /// Marks that free from assessment, such as `emergency` or `upper_mandated`.
    #[serde(default)]
    pub exempt_marks: Vec<String>,
}
