//! What money is told apart by: its kind, and the marks of its project.

use serde::{Deserialize, Serialize};

/// 资金性质
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FundKind {
    /// 一般公共预算
    GeneralPublic,
    /// 政府性基金预算
    GovernmentFund,
    /// 国有资本经营预算
    StateCapital,
    /// 社会保险基金预算
    SocialInsurance,
    /// 专项债券
    SpecialBond,
}

/// 项目标识
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mark {
    /// 直达资金
    DirectFunds,
    /// 衔接资金
    Consolidation,
    /// 转移支付
    Transfer,
    /// 政府重大决策
    MajorDecision,
    /// 应急救灾
    Emergency,
    /// 上级明确要求
    UpperMandated,
    /// 民生保障
    Livelihood,
    /// 出台政策
    Policy,
    /// 到期后继续实施
    ExpiredContinued,
    /// 基本建设、大型修缮、购置
    Construction,
}

impl Mark {
    pub(crate) const ALL: [Self; 10] = [
        Self::DirectFunds,
        Self::Consolidation,
        Self::Transfer,
        Self::MajorDecision,
        Self::Emergency,
        Self::UpperMandated,
        Self::Livelihood,
        Self::Policy,
        Self::ExpiredContinued,
        Self::Construction,
    ];
}
