//! What catalog refuses, and with which code and reason.

use hengji_rpc::{Fault, Reason};
use hengji_rules::Finding;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("{noun}或其修订不是草稿，不能送审")]
    NotDraft { noun: &'static str, name: String },
    #[error("{noun}或其修订没有送审，不能启用或退回")]
    NotInReview { noun: &'static str, name: String },
    #[error("{noun}不在启用状态，或修订已送审")]
    NotActive { noun: &'static str, name: String },
    #[error("修订不得改变{noun}的代码和所属层级")]
    AnotherRecord { noun: &'static str, field: &'static str },
    #[error("只有启用中、尚未上报的指标可以上报")]
    NotProposable(String),
    #[error("指标没有上报，不能提升或退回上报")]
    NotProposed(String),
    #[error("区划 {layer} 不是 {below} 的上级")]
    NotAbove { layer: String, below: String },
    #[error("细化的指标 {parent} {why}")]
    NotRefinable { name: String, parent: String, why: &'static str },
    #[error("补充的代码表 {upper} {why}")]
    NotExtendable { name: String, upper: String, why: String },
    #[error("规则包不是草稿，不能启用")]
    RevisionNotDraft(String),
    #[error("第 {in_force} 版已经启用过，较早的版本不能再启用")]
    RevisionOvertaken { name: String, in_force: u32 },
    #[error("规则包代码 {code} 属于区划 {layer}，其他区划须另取代码")]
    CodeOfAnotherLayer { code: String, layer: String },
    #[error("规则包有 {} 处问题，须先改正", .0.len())]
    Unfit(Vec<Finding>),
    #[error("{region} 在 {date} 没有生效的规则包")]
    NoneInForce { region: String, date: String },
    #[error("指定的规则包不适用于该地区、日期或对象，或同一代码指定了两个版本")]
    NotApplicable(Vec<String>),
    #[error("该表不能计分（{} 处）", .0.len())]
    NotScorable(Vec<hengji_rules::Refusal>),
    #[error("该公式不能计算（{} 处）", .0.len())]
    NotComputable(Vec<hengji_rules::Refusal>),
    #[error("content of {0} is not readable: {1}")]
    Unreadable(String, String),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::AnotherRecord { field, .. } => Self::field(format!("{field}.code"), message),
            Refusal::NotAbove { .. } => Self::field("to_layer", message),
            Refusal::NotRefinable { name, .. }
            | Refusal::NotExtendable { name, .. }
            | Refusal::NotDraft { name, .. }
            | Refusal::NotInReview { name, .. }
            | Refusal::NotActive { name, .. }
            | Refusal::NotProposable(name)
            | Refusal::NotProposed(name)
            | Refusal::RevisionNotDraft(name)
            | Refusal::RevisionOvertaken { name, .. } => {
                Self::precondition(Reason::StateForbids, name, message)
            }
            Refusal::CodeOfAnotherLayer { .. } => Self::field("content_json", message),
            Refusal::Unfit(findings) => Self::preconditions(Reason::RulePackUnfit, message, told(findings)),
            Refusal::NoneInForce { region, .. } => Self::precondition(Reason::RulePackUnfit, region, message),
            Refusal::NotApplicable(names) => {
                let subjects = names.into_iter().map(|name| (name, message.clone())).collect();
                Self::preconditions(Reason::RulePackUnfit, message, subjects)
            }
            Refusal::NotScorable(refusals) | Refusal::NotComputable(refusals) => {
                let reasons =
                    refusals.into_iter().map(|refusal| (refusal.subject, refusal.message)).collect();
                Self::preconditions(Reason::NotScorable, message, reasons)
            }
            Refusal::Unreadable(..) => Self::internal(message),
        }
    }
}

fn told(findings: Vec<Finding>) -> Vec<(String, String)> {
    findings
        .into_iter()
        .map(|finding| (finding.path, format!("{}（{}）", finding.message, finding.code)))
        .collect()
}
