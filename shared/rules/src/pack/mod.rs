//! Rule packs (规则包): cited, dated, layered rules as one JSON document.

mod assessment;
mod indicator;
mod linkage;
mod monitoring;
mod quality;

use hengji_kernel::{Date, RegionCode};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use self::assessment::*;
pub use self::indicator::*;
pub use self::linkage::*;
pub use self::monitoring::*;
pub use self::quality::*;
use crate::word::{Confidence, ObjectType};

/// Where an effective rule came from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// Pack code.
    pub pack: String,
    pub revision: u32,
}

/// One rule with its citation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cited<T> {
    /// Unique in its section; a lower layer replaces an upper rule by repeating its id.
    pub id: String,
    /// Document number (文号), or `local` with a note.
    pub document: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    pub rule: T,
    /// Filled when packs are resolved; never part of a pack file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// A rule pack of one layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulePack {
    pub code: String,
    /// Rises with every change; a revision in force is never edited.
    pub revision: u32,
    pub title: String,
    /// Region whose layer this is; 000000000 is national.
    pub layer: RegionCode,
    /// First day in force.
    pub valid_from: Date,
    /// Last day in force; absent while open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// Empty means every object type.
    #[serde(default)]
    pub object_types: Vec<ObjectType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    pub sections: Sections,
}

impl RulePack {
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// The rules by section. A single rule is replaced whole by a lower layer, a list rule by rule.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sections {
    /// Points of the execution rate (预算执行率).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution: Option<Cited<ExecutionRule>>,
    /// By operator and direction (定量指标).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quantitative: Vec<Cited<QuantitativeRule>>,
    /// Met or not (直接赋分).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direct: Option<Cited<DirectRule>>,
    /// Qualitative bands (按评判等级赋分).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graded: Option<Cited<GradedRule>>,
    /// Satisfaction bands (满意度赋分).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<Cited<SatisfactionRule>>,
    /// By deviation from the target (按偏离扣分).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deduction: Option<Cited<DeductionRule>>,
    /// Far above target (超额完成).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_achievement: Option<Cited<OverAchievementRule>>,
    /// Indicators that do not apply (不适用指标).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_applicable: Option<Cited<NotApplicableRule>>,
    /// Actual not reported (未填完成值).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_actual: Option<Cited<MissingActualRule>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounding: Option<Cited<RoundingRule>>,
    /// Score to grade (等级).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grades: Option<Cited<GradeRule>>,
    /// Level-1 weight templates (权重).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<Cited<WeightTemplate>>,
    /// Review of targets by the four natures (目标审核).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_review: Option<Cited<ReviewRule>>,
    /// Target quality (泛指标化 and the other checks).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub target_quality: Vec<Cited<QualityRule>>,
    /// Aspects and conclusions of ex-ante assessment (事前绩效评估), per object type.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ex_ante: Vec<Cited<ExAnteRule>>,
    /// What must be assessed ex ante (适用范围).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applicability: Option<Cited<ApplicabilityRule>>,
    /// Warning light of execution (资金执行亮灯).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub light_execution: Option<Cited<ExecutionLightRule>>,
    /// Warning light of results (绩效目标亮灯).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub light_result: Option<Cited<ResultLightRule>>,
    /// Result to budget (结果与预算挂钩).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub linkage: Vec<Cited<LinkageRule>>,
    /// Plausibility of self-evaluations (自评质量).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plausibility: Vec<Cited<PlausibilityRule>>,
}

/// A half-open band `[from, to)` in percent; without `to` it is open above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    pub from: Decimal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Decimal>,
    /// Share of the points, percent.
    pub share_percent: Decimal,
}

impl Band {
    pub fn contains(&self, value: Decimal) -> bool {
        value >= self.from && self.to.is_none_or(|to| value < to)
    }
}

/// How the last digit is found (舍入方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundingMode {
    /// 四舍五入
    #[default]
    HalfUp,
    /// 四舍六入五成双
    HalfEven,
    /// 去尾
    Down,
    /// 进一
    Up,
}

impl RoundingMode {
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::HalfUp => "四舍五入",
            Self::HalfEven => "四舍六入五成双",
            Self::Down => "去尾",
            Self::Up => "进一",
        }
    }
}

/// Places per step. Rates are not rounded before they are scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoundingRule {
    pub mode: RoundingMode,
    /// Decimals of a row's score.
    pub row_places: u32,
    /// Decimals of the total.
    pub total_places: u32,
    /// How a proposed cut is rounded to the fen.
    pub cut_mode: RoundingMode,
}
