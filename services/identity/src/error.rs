//! What identity refuses, and with which code and reason.

use hengji_rpc::{Fault, Reason};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("不得为本人授权（不相容职责分离）")]
    GrantToSelf,
    #[error("该权限 {0} 不存在")]
    UnknownPermission(String),
    #[error("账号 {0} 已停用")]
    AccountDisabled(String),
    #[error("没有编号为 {0} 的授权")]
    AssignmentUnknown(String),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::GrantToSelf => Self::duties(message),
            Refusal::UnknownPermission(_) => Self::field("permissions", message),
            Refusal::AccountDisabled(name) => Self::precondition(Reason::StateForbids, name, message),
            Refusal::AssignmentUnknown(_) => Self::field("assignment_id", message),
        }
    }
}
