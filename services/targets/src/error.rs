//! What targets refuses, and with which code and reason.

use hengji_rpc::{Fault, Reason};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    // --- separation of duties (不相容职责分离) ---
    #[error("申报人不得审核本人申报的目标")]
    DeclarerReviews,
    #[error("同一人不得在两个审核环节审核同一目标")]
    SameReviewer,
    #[error("只有编制人或申报人可以撤回目标")]
    OthersWithdraw,
    #[error("只有委托人可以撤销委托")]
    NotDelegator,
    #[error("申报人不得批复本人申报的目标")]
    DeclarerApproves,
    #[error("唯一的审核人不得单独批复")]
    OnlyReviewerApproves,
    #[error("项目申报人不得参与该项目的事前评估打分")]
    DeclarerScores,
    #[error("为项目提供过咨询的机构不得参与该项目的事前评估打分")]
    AdviserScores,
    #[error("追加申请人不得批复本人的申请")]
    DeclarerApprovesAddition,
    #[error("追减申请人不得批复本人的申请")]
    DeclarerApprovesReduction,
    // --- states ---
    #[error("目标状态为“{1}”，不能{2}")]
    TargetState(String, &'static str, &'static str),
    #[error("目标状态为“{1}”，尚未轮到{2}审核，或其已提出意见")]
    OutOfTurn(String, &'static str, &'static str),
    #[error("审核环节“{1}”不得委托他人")]
    NotDelegable(String, String),
    #[error("该委托不适用于此目标、此环节或今天，或已撤销")]
    DelegationUnfit(String),
    #[error("质量体检已结束")]
    RunEnded(String),
    #[error("目标已随追加资金 {1} 申报，不能撤回")]
    TravelsWithAddition(String, String),
    #[error("目标已随追减 {1} 申报，不能单独{2}")]
    TravelsWithReduction(String, String, &'static str),
    #[error("{1}")]
    ChainUnfit(String, String),
    #[error("项目尚未纳入预算")]
    ProjectNotInBudget(String),
    #[error("项目已纳入预算")]
    ProjectInBudget(String),
    #[error("项目不予安排")]
    ProjectRefused(String),
    #[error("项目已随绩效目标申报，退回后方可修改")]
    ProjectFiled(String),
    #[error("评估已出结论")]
    AssessmentConcluded(String),
    #[error("评估尚无专家打分")]
    AssessmentUnscored(String),
    #[error("结论为“调整完善后支持”的，须列明调整完善的条件")]
    ConditionsMissing(String),
    #[error("该申请已批复")]
    AdditionApproved(String),
    #[error("该追减已批复")]
    ReductionApproved(String),
    #[error("该限制已解除")]
    HoldReleased(String),
    #[error("{1}")]
    ControlFigureExceeded(String, String),
    // --- no target, no money ---
    #[error("{1}")]
    TargetRequired(String, &'static str),
    // --- fields ---
    #[error("{1}")]
    Field(String, String),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        use Refusal as R;
        let message = refusal.to_string();
        match refusal {
            R::DeclarerReviews
            | R::SameReviewer
            | R::OthersWithdraw
            | R::NotDelegator
            | R::DeclarerApproves
            | R::OnlyReviewerApproves
            | R::DeclarerScores
            | R::AdviserScores
            | R::DeclarerApprovesAddition
            | R::DeclarerApprovesReduction => Self::duties(message),
            R::TargetState(name, ..)
            | R::OutOfTurn(name, ..)
            | R::NotDelegable(name, _)
            | R::DelegationUnfit(name)
            | R::RunEnded(name)
            | R::TravelsWithAddition(name, _)
            | R::TravelsWithReduction(name, ..)
            | R::ProjectNotInBudget(name)
            | R::ProjectInBudget(name)
            | R::ProjectRefused(name)
            | R::ProjectFiled(name)
            | R::AssessmentConcluded(name)
            | R::AssessmentUnscored(name)
            | R::ConditionsMissing(name)
            | R::AdditionApproved(name)
            | R::ReductionApproved(name)
            | R::HoldReleased(name) => Self::precondition(Reason::StateForbids, name, message),
            R::ControlFigureExceeded(name, _) => Self::precondition(Reason::TotalsDiffer, name, message),
            R::ChainUnfit(name, _) => Self::precondition(Reason::RulePackUnfit, name, message),
            R::TargetRequired(name, _) => Self::precondition(Reason::TargetRequired, name, message),
            R::Field(field, _) => Self::field(field, message),
        }
    }
}
