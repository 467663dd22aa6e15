//! What targets refuses, and with which code and reason.

use hengji_rpc::{Fault, Reason};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    // --- separation of duties (不相容职责分离) ---
    #[error("申报人不得审核本人申报的目标")]
    DeclarerReviews,
    #[error("同一人不得同时承担主管部门审核和财政审核")]
    SameReviewer,
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
    // --- states ---
    #[error("目标状态为“{1}”，不能{2}")]
    TargetState(String, &'static str, &'static str),
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
            | R::DeclarerApproves
            | R::OnlyReviewerApproves
            | R::DeclarerScores
            | R::AdviserScores
            | R::DeclarerApprovesAddition => Self::duties(message),
            R::TargetState(name, ..)
            | R::ProjectInBudget(name)
            | R::ProjectRefused(name)
            | R::ProjectFiled(name)
            | R::AssessmentConcluded(name)
            | R::AssessmentUnscored(name)
            | R::ConditionsMissing(name)
            | R::AdditionApproved(name)
            | R::HoldReleased(name) => Self::precondition(Reason::StateForbids, name, message),
            R::ControlFigureExceeded(name, _) => Self::precondition(Reason::TotalsDiffer, name, message),
            R::TargetRequired(name, _) => Self::precondition(Reason::TargetRequired, name, message),
            R::Field(field, _) => Self::field(field, message),
        }
    }
}
