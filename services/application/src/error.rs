//! What result application refuses, and with which code and reason.

use hengji_kernel::Money;
use hengji_rpc::{Fault, Reason};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("评价结果尚未定稿，不能应用")]
    NotFinal(String),
    #[error("绩效目标尚未批复，不能公开")]
    NotApproved(String),
    #[error("结果应用尚未确定，不能公开")]
    NotApplied(String),
    #[error("没有未完成的绩效目标，无需说明")]
    NoTargetMissed(String),
    #[error("该评价的对象不是项目，不设申报限制")]
    NotAProject,
    #[error("当前状态为“{state}”，不能{act}")]
    WrongState { name: String, state: &'static str, act: &'static str },
    #[error("报送整改方案或进展的人不得核验（不相容职责分离）")]
    VerifiesOwnPlan,
    #[error("报送说明的人不得采纳（不相容职责分离）")]
    AcceptsOwnExplanation,
    #[error("被评价单位及其主管部门不得决定本单位项目的挂钩建议（不相容职责分离）")]
    DecidesOnOwnUnit,
    #[error("与系统建议不一致的，应说明理由")]
    ReasonMissing,
    #[error("{0}不涉及金额，应为 0")]
    CutNotAllowed(&'static str),
    #[error("核减金额应大于 0")]
    CutMissing,
    #[error("金额 {cut} 元应在 0 至基数 {base} 元之间")]
    CutOutOfRange { cut: Money, base: Money },
    #[error("还有 {} 条建议未决定", .0.len())]
    Undecided(Vec<String>),
    #[error("项目 {project} 已在 {run} 中应用过")]
    AppliedBefore { project: String, run: String },
    #[error("{what}：应为 {expected}，实为 {found}，不一致")]
    TotalsDiffer { subject: String, what: String, expected: String, found: String },
    #[error("当前生效的规则不能给出挂钩建议，共 {} 处", .0.len())]
    RulesUnfit(Vec<(String, String)>),
    #[error("{subject} 不属于 {parent}")]
    OutsideParent { subject: String, parent: String },
    #[error("公开内容类别与记录不符：{0}")]
    WrongKind(&'static str),
    #[error("截止日期 {0}")]
    CutOff(&'static str),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::NotFinal(name)
            | Refusal::NotApproved(name)
            | Refusal::NotApplied(name)
            | Refusal::NoTargetMissed(name)
            | Refusal::WrongState { name, .. }
            | Refusal::AppliedBefore { project: name, .. } => {
                Self::precondition(Reason::StateForbids, name, message)
            }
            Refusal::Undecided(names) => {
                let findings = names.into_iter().map(|name| (name, "未决定".to_owned())).collect();
                Self::preconditions(Reason::StateForbids, message, findings)
            }
            Refusal::TotalsDiffer { subject, .. } => {
                Self::precondition(Reason::TotalsDiffer, subject, message)
            }
            Refusal::RulesUnfit(findings) => Self::preconditions(Reason::RulePackUnfit, message, findings),
            Refusal::VerifiesOwnPlan | Refusal::AcceptsOwnExplanation | Refusal::DecidesOnOwnUnit => {
                Self::duties(message)
            }
            Refusal::NotAProject => Self::field("task", message),
            Refusal::ReasonMissing => Self::field("reason", message),
            Refusal::CutNotAllowed(_) | Refusal::CutMissing | Refusal::CutOutOfRange { .. } => {
                Self::field("cut_yuan", message)
            }
            Refusal::OutsideParent { .. } | Refusal::WrongKind(_) => Self::field("subject", message),
            Refusal::CutOff(_) => Self::field("cut_off", message),
        }
    }
}
