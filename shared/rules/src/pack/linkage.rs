//! Linkage rules (评价结果与预算安排挂钩). A cut is a proposal; a person decides.

use hengji_kernel::Grade;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::word::{Basis, ObjectType, ProjectNature};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkageRule {
    /// The matching rule with the smallest rank decides; ranks are unique.
    pub rank: u32,
    /// Empty means any.
    #[serde(default)]
    pub object_types: Vec<ObjectType>,
    /// Empty means any.
    #[serde(default)]
    pub natures: Vec<ProjectNature>,
    pub basis: Vec<Basis>,
    pub condition: LinkageCondition,
    pub action: LinkageAction,
    /// Floor of the cut in percent of the base ("not less than").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_min_percent: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_max_percent: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_base: Option<CutBase>,
    /// Marks that turn the action into `keep`: mandatory_spending, upper_mandated, livelihood.
    #[serde(default)]
    pub exempt_marks: Vec<String>,
    pub requires: LinkageRequires,
}

/// All given parts must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinkageCondition {
    /// Empty means any grade.
    pub grades: Vec<Grade>,
    /// Score in `[score_from, score_to)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score_from: Option<Decimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score_to: Option<Decimal>,
    /// So many years running at this grade or worse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consecutive_years: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rectification_overdue: Option<bool>,
    /// Execution rate below this percentage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_below_percent: Option<Decimal>,
    /// Idle for at least so many years (长期沉淀资金).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_years: Option<u32>,
    /// Overlaps another project (交叉重复).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlapping: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkageAction {
    /// 优先保障
    Priority,
    /// 维持
    Keep,
    /// 从严控制新增
    ControlGrowth,
    /// 压减
    Cut,
    /// 取消
    Cancel,
    /// 暂缓或停止拨款
    Suspend,
    /// 不再安排同类项目
    NoNewSameType,
    /// 收回沉淀资金
    RecoverBalance,
    /// 整合归并
    Merge,
    /// 重新评估
    Reassess,
}

impl LinkageAction {
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Priority => "优先保障",
            Self::Keep => "维持安排",
            Self::ControlGrowth => "从严控制新增",
            Self::Cut => "压减预算",
            Self::Cancel => "取消",
            Self::Suspend => "暂缓或停止拨款",
            Self::NoNewSameType => "下年不再安排同类项目",
            Self::RecoverBalance => "收回沉淀资金",
            Self::Merge => "整合归并",
            Self::Reassess => "重新评估",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutBase {
    /// 上年预算
    LastBudget,
    /// 本年申请
    Request,
    /// 上年执行
    LastExecuted,
}

impl CutBase {
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::LastBudget => "上年预算",
            Self::Request => "本年申请数",
            Self::LastExecuted => "上年执行数",
        }
    }
}

/// What a person must add before the proposal takes effect.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkageRequires {
    pub reason: bool,
    /// Roles that decide, such as 业务股室、预算股.
    pub decision_by: Vec<String>,
    pub appeal_allowed: bool,
}
