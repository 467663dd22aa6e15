//! Closed words of the project library, as the integrated platform has them.

use serde::{Deserialize, Serialize};

/// 项目类别
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Category {
    /// 人员类
    Personnel,
    /// 运转类, its two kinds not told apart
    Operation,
    /// 特定目标类
    Specific,
    /// 公用经费
    PublicExpense,
    /// 其他运转类
    OtherOperation,
}

/// 资金性质
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FundKind {
    GeneralPublic,
    GovernmentFund,
    StateCapital,
    SocialInsurance,
    SpecialBond,
}

impl FundKind {
    /// As the store writes it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::GeneralPublic => "general_public",
            Self::GovernmentFund => "government_fund",
            Self::StateCapital => "state_capital",
            Self::SocialInsurance => "social_insurance",
            Self::SpecialBond => "special_bond",
        }
    }
}

/// 项目标识
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mark {
    DirectFunds,
    Consolidation,
    Transfer,
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
    /// As rule packs and the store write it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::DirectFunds => "direct_funds",
            Self::Consolidation => "consolidation",
            Self::Transfer => "transfer",
            Self::MajorDecision => "major_decision",
            Self::Emergency => "emergency",
            Self::UpperMandated => "upper_mandated",
            Self::Livelihood => "livelihood",
            Self::Policy => "policy",
            Self::ExpiredContinued => "expired_continued",
            Self::Construction => "construction",
        }
    }
}

/// 项目级次
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    /// 一级项目
    First,
    /// 二级项目
    Second,
}

/// 资金来源
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FundSource {
    Central,
    Provincial,
    City,
    Local,
    CarryOver,
    Bond,
    Own,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProjectState {
    /// 入库
    Stored,
    /// 纳入预算
    InBudget,
    /// 不予安排
    Refused,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_fund_is_one_word_wherever_it_is_stored() {
        use FundKind::*;
        for kind in [GeneralPublic, GovernmentFund, StateCapital, SocialInsurance, SpecialBond] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
        }
    }

    #[test]
    fn a_mark_is_one_word_for_rules_and_store() {
        for mark in [Mark::DirectFunds, Mark::UpperMandated, Mark::ExpiredContinued, Mark::Construction] {
            assert_eq!(serde_json::to_value(mark).unwrap(), mark.word());
        }
    }
}
