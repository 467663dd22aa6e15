//! The words rules are written in: object types, natures, operators, directions.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a target, score or linkage is about (绩效管理对象).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectType {
    /// 项目
    Project,
    /// 政策
    Policy,
    /// 部门整体
    Department,
    /// 社会保险基金
    SocialInsuranceFund,
    /// 专项债券项目
    Bond,
    /// 转移支付
    Transfer,
}

/// Nature of a project (项目属性), which linkage rules tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectNature {
    /// 经常性
    Recurrent,
    /// 延续性
    Continuing,
    /// 一次性
    OneOff,
    /// 跨年度
    MultiYear,
    /// 新增
    New,
}

/// Nature of an indicator (指标性质).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// 定量
    #[default]
    Quantitative,
    /// 定性
    Qualitative,
}

/// Whether more or less is better (指标方向).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// 正向
    Positive,
    /// 反向
    Negative,
}

/// Comparison of actual with target (计算符号).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// ≥
    Ge,
    /// ＞
    Gt,
    /// ≤
    Le,
    /// ＜
    Lt,
    /// ＝
    Eq,
    /// 区间
    Range,
}

impl Operator {
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Ge => "≥",
            Self::Gt => "＞",
            Self::Le => "≤",
            Self::Lt => "＜",
            Self::Eq => "＝",
            Self::Range => "区间",
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sign())
    }
}

/// How an indicator is scored (赋分规则); `Auto` leaves it to the operator, the nature and the kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScoringMethod {
    #[default]
    Auto,
    /// 直接赋分
    Direct,
    /// 按完成比例赋分
    Proportional,
    /// 按评判等级赋分
    Graded,
    /// 满意度赋分
    Satisfaction,
    /// 按偏离扣分
    Deduction,
}

/// How sure the rule's wording is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Seen on a public page.
    Seen,
    /// Remembered wording of the document, to be verified.
    Memory,
    /// Remembered and doubtful.
    MemoryDoubtful,
    /// A local rule, binding only there.
    Local,
    /// A design reading, not law.
    Design,
}

/// Where a decision rests (依据): which result a linkage rule may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// 财政评价
    FinanceEvaluation,
    /// 部门评价
    DepartmentEvaluation,
    /// 单位自评
    SelfEvaluation,
    /// 绩效监控
    Monitoring,
    /// 目标审核
    TargetReview,
    /// 预算执行率
    ExecutionRate,
}
