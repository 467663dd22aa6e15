//! Rules of who has to file a target and who reviews it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Days;
use crate::word::ObjectType;

/// The reviewers of a target in their order (审核流程); the matching rule of the smallest rank decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewChainRule {
    /// Unique in the pack.
    pub rank: u32,
    /// Empty means any.
    #[serde(default)]
    pub object_types: Vec<ObjectType>,
    /// Annual money in `[amount_from_yuan, amount_to_yuan)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_from_yuan: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_to_yuan: Option<Decimal>,
    /// At least one of these marks; empty means any.
    #[serde(default)]
    pub marks: Vec<String>,
    pub steps: Vec<ReviewStep>,
}

/// One step; the opinions of its reviewers are given side by side (并联审核).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewStep {
    /// As printed, such as 财政部门审核.
    pub name: String,
    pub reviewers: Vec<Reviewer>,
    /// How many opinions the step needs; all of them if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinions_needed: Option<u32>,
    /// From the day the step is reached; absent means without a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Days>,
    /// A reviewer may name somebody else (委托审核).
    pub delegable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reviewer {
    /// 预算单位
    Unit,
    /// 上级单位
    SuperiorUnit,
    /// 主管部门
    Department,
    /// 财政部门业务股室
    FinanceLine,
    /// 财政部门绩效管理机构
    FinancePerformance,
    /// 第三方机构
    ThirdParty,
    /// 专家
    Expert,
}

impl Reviewer {
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Unit => "预算单位",
            Self::SuperiorUnit => "上级单位",
            Self::Department => "主管部门",
            Self::FinanceLine => "财政部门业务股室",
            Self::FinancePerformance => "财政部门绩效管理机构",
            Self::ThirdParty => "第三方机构",
            Self::Expert => "专家",
        }
    }
}

/// Which projects need a target, by category (项目类别).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetNeedRule {
    /// Each category once.
    pub needs: Vec<CategoryNeed>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryNeed {
    pub category: ProjectCategory,
    pub need: Need,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectCategory {
    /// 人员类
    Personnel,
    /// 运转类：公用经费
    PublicOperation,
    /// 运转类：其他运转类
    OtherOperation,
    /// 特定目标类
    Specific,
}

impl ProjectCategory {
    pub const ALL: [Self; 4] = [Self::Personnel, Self::PublicOperation, Self::OtherOperation, Self::Specific];

    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Personnel => "人员类",
            Self::PublicOperation => "公用经费",
            Self::OtherOperation => "其他运转类",
            Self::Specific => "特定目标类",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// 须编报
    Required,
    /// 可编报
    Optional,
    /// 不编报
    None,
}
