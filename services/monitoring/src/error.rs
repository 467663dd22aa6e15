//! What monitoring refuses, and with which code and reason.

use hengji_db::DbError;
use hengji_kernel::{Date, Invalid, Money};
use hengji_rpc::{Fault, Reason};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("{message}")]
    Field { field: String, message: String },
    #[error("未找到 {0}")]
    NotFound(String),
    #[error("支付凭证号 {0} 已用于内容不同的另一笔支付")]
    VoucherReused(String),
    #[error("超指标：已下达 {allotted} 元，已支付 {paid} 元，本笔 {amount} 元")]
    AllotmentExceeded { project: String, allotted: Money, paid: Money, amount: Money },
    #[error("项目已暂停拨付（{suspension}），解除前不得支付")]
    PaymentSuspended { project: String, suspension: String },
    #[error(
        "暂停拨付的资金不得支付（{suspension}）：已下达 {allotted} 元，其中暂停 {frozen} 元，已支付 {paid} 元，本笔 {amount} 元"
    )]
    MoneySuspended { suspension: String, allotted: Money, frozen: Money, paid: Money, amount: Money },
    #[error("退款 {amount} 元超过已支付的 {paid} 元")]
    RefundAbovePaid { project: String, paid: Money, amount: Money },
    #[error("下达合计 {total} 元超过批复预算 {budget} 元")]
    IssuedAboveBudget { project: String, total: Money, budget: Money },
    #[error("该指标已有支出，收回后下达 {left} 元将少于已支付 {paid} 元")]
    AlreadyPaidFrom { allotment: String, left: Money, paid: Money },
    #[error("结转指标 {allotment} 尚可下达 {left} 元，本次 {amount} 元")]
    AboveCarriedOver { allotment: String, amount: Money, left: Money },
    #[error("{name} 的状态为“{state}”，不能{action}")]
    State { name: String, state: &'static str, action: &'static str },
    #[error("项目已在暂停拨付中（{suspension}）")]
    AlreadySuspended { project: String, suspension: String },
    #[error("制定整改方案或报告进展的人不得核验销号（不相容职责分离）")]
    VerifiedByPlanner,
    #[error("填报监控表的人不得审核该表（不相容职责分离）")]
    ReviewedByFiller,
}

impl Refusal {
    pub(crate) fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Field { field: field.into(), message: message.into() }
    }

    pub(crate) fn invalid(field: &str, invalid: Invalid) -> Self {
        Self::field(field, invalid.message)
    }

    pub(crate) fn date(field: &str, rule: &str, date: Date) -> Self {
        Self::field(field, format!("{date} {rule}"))
    }

    /// As it reads where the row is a field of a request.
    pub(crate) fn within(self, parent: &str) -> Self {
        match self {
            Self::Field { field, message } => Self::Field { field: format!("{parent}.{field}"), message },
            other => other,
        }
    }

    pub(crate) const fn reason(&self) -> Reason {
        match self {
            Self::Field { .. } => Reason::FieldInvalid,
            Self::NotFound(_) => Reason::NotFound,
            Self::VoucherReused(_) => Reason::VoucherReused,
            Self::AllotmentExceeded { .. } => Reason::AllotmentExceeded,
            Self::PaymentSuspended { .. } | Self::MoneySuspended { .. } => Reason::PaymentSuspended,
            Self::IssuedAboveBudget { .. } | Self::AboveCarriedOver { .. } => Reason::TotalsDiffer,
            Self::RefundAbovePaid { .. }
            | Self::AlreadyPaidFrom { .. }
            | Self::State { .. }
            | Self::AlreadySuspended { .. } => Reason::StateForbids,
            Self::VerifiedByPlanner | Self::ReviewedByFiller => Reason::DutiesNotSeparate,
        }
    }

    /// What the refusal is about, for the details of a precondition.
    fn subject(&self) -> &str {
        match self {
            Self::Field { field: subject, .. }
            | Self::NotFound(subject)
            | Self::VoucherReused(subject)
            | Self::AllotmentExceeded { project: subject, .. }
            | Self::PaymentSuspended { project: subject, .. }
            | Self::MoneySuspended { suspension: subject, .. }
            | Self::RefundAbovePaid { project: subject, .. }
            | Self::IssuedAboveBudget { project: subject, .. }
            | Self::AlreadyPaidFrom { allotment: subject, .. }
            | Self::AboveCarriedOver { allotment: subject, .. }
            | Self::State { name: subject, .. }
            | Self::AlreadySuspended { project: subject, .. } => subject,
            Self::VerifiedByPlanner | Self::ReviewedByFiller => "",
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Field { field, message } => Self::field(field, message),
            Refusal::NotFound(name) => Self::not_found(name),
            Refusal::VoucherReused(_) => Self::reused(Reason::VoucherReused, message),
            Refusal::VerifiedByPlanner | Refusal::ReviewedByFiller => Self::duties(message),
            other => Self::precondition(other.reason(), other.subject(), message),
        }
    }
}

/// Several findings at once, each with its row such as `payments[3]`: the first decides the code.
pub(crate) fn all_refused(findings: Vec<(String, Refusal)>) -> Fault {
    let path = |row: &str, refusal: &Refusal| match refusal {
        Refusal::Field { field, .. } if row.is_empty() => field.clone(),
        Refusal::Field { field, .. } => format!("{row}.{field}"),
        _ => row.to_owned(),
    };
    let told: Vec<_> =
        findings.iter().map(|(row, refusal)| (path(row, refusal), refusal.to_string())).collect();
    let Some((row, first)) = findings.first() else { return Fault::internal("a refusal without a finding") };
    let message = match findings.len() {
        1 => format!("{row}：{first}"),
        count => format!("{row}：{first}（共 {count} 处）"),
    };
    match first {
        Refusal::Field { .. } => Fault::fields(Reason::FieldInvalid, told),
        Refusal::NotFound(name) => Fault::not_found(format!("{name}（{row}）")),
        Refusal::VoucherReused(_) => Fault::reused(Reason::VoucherReused, message),
        other => Fault::preconditions(other.reason(), message, told),
    }
}

/// Why an attempt ended: for good, or because somebody else was faster.
pub(crate) enum Trouble {
    /// Read again and decide again.
    Again,
    Fault(Fault),
}

/// Attempts at one act before the caller is asked to try later.
pub(crate) const ATTEMPTS: usize = 5;

impl Trouble {
    /// After the last attempt.
    pub(crate) fn exhausted() -> Fault {
        Fault::unavailable("同一项目的并发写入过多，请稍后重试")
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<DbError> for Trouble {
    fn from(error: DbError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Fault(refusal.into())
    }
}
