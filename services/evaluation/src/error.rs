//! What evaluation refuses, and with which code and reason.

use hengji_rpc::{Fault, Reason};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("{path}：{rule}")]
    Field { path: String, rule: String },
    #[error("{0} 没有经批复的绩效目标，不能评价")]
    TargetNotApproved(String),
    #[error("单位自评只能由被评价单位自己进行：{0}")]
    NotOwnUnit(String),
    #[error("{0} 是被评价方，不得担任评价方（不相容职责分离）")]
    EvaluatedEvaluates(String),
    #[error("只有本任务的评价方 {0} 可以评分（不相容职责分离）")]
    NotTheEvaluator(String),
    #[error("{0} 不得审核本机构入库（不相容职责分离）")]
    OwnAdmission(String),
    #[error("{message}")]
    State { name: String, message: &'static str },
    #[error("{task} 没有可抽取的机构：在库机构均须回避或机构库为空")]
    NoCandidate { task: String, recusals: Vec<(String, String)> },
    #[error("无法计分：{} 处须先解决", .0.len())]
    NotScorable(Vec<hengji_rules::Refusal>),
}

impl Refusal {
    pub(crate) fn field(path: impl Into<String>, rule: impl Into<String>) -> Self {
        Self::Field { path: path.into(), rule: rule.into() }
    }

    const fn is_about_duties(&self) -> bool {
        matches!(
            self,
            Self::NotOwnUnit(_)
                | Self::EvaluatedEvaluates(_)
                | Self::NotTheEvaluator(_)
                | Self::OwnAdmission(_)
        )
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Field { path, rule } => Self::field(path, rule),
            Refusal::TargetNotApproved(target) => Self::precondition(Reason::TargetRequired, target, message),
            Refusal::State { name, .. } => Self::precondition(Reason::StateForbids, name, message),
            Refusal::NoCandidate { recusals, .. } => {
                Self::preconditions(Reason::NoCandidate, message, recusals)
            }
            Refusal::NotScorable(refusals) => {
                let rows = refusals
                    .into_iter()
                    .map(|refusal| (refusal.subject, format!("{}（{}）", refusal.message, refusal.rule)));
                Self::preconditions(Reason::NotScorable, message, rows.collect())
            }
            Refusal::NotOwnUnit(_)
            | Refusal::EvaluatedEvaluates(_)
            | Refusal::NotTheEvaluator(_)
            | Refusal::OwnAdmission(_) => Self::duties(message),
        }
    }
}

/// What is wrong with the rows of a batch, all at once: fields first, then duties, then what is missing elsewhere.
pub(crate) fn in_rows(collection: &str, refusals: Vec<(usize, Refusal)>) -> Fault {
    let fields: Vec<_> = refusals
        .iter()
        .filter_map(|(row, refusal)| match refusal {
            Refusal::Field { path, rule } => Some((format!("{collection}[{row}].{path}"), rule.clone())),
            _ => None,
        })
        .collect();
    if !fields.is_empty() {
        return Fault::fields(Reason::FieldInvalid, fields);
    }
    let duties: Vec<_> = refusals
        .iter()
        .filter(|(_, refusal)| refusal.is_about_duties())
        .map(|(row, refusal)| format!("{collection}[{row}]：{refusal}"))
        .collect();
    if !duties.is_empty() {
        return Fault::duties(duties.join("；"));
    }
    let rows: Vec<_> =
        refusals.iter().map(|(row, refusal)| (format!("{collection}[{row}]"), refusal.to_string())).collect();
    let message = rows.first().map(|(_, message)| message.clone()).unwrap_or_default();
    let reason = match refusals.first() {
        Some((_, Refusal::TargetNotApproved(_))) => Reason::TargetRequired,
        _ => Reason::StateForbids,
    };
    Fault::preconditions(reason, message, rows)
}
