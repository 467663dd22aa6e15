//! What went wrong, in the suite's closed set of reasons; the only place a status is made.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use hengji_db::DbError;
use hengji_kernel::Invalid;
use hengji_proto::common::v1::ErrorReason as Reason;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// `ErrorInfo.domain` of every status.
pub const DOMAIN: &str = "hengji";

/// Details beyond this are cut with a count of what was left out.
const DETAILS_LIMIT: usize = 40;

/// A refusal: what the caller may know (message in zh-CN, reason, fields) apart from the cause, which goes to the log.
#[derive(Debug)]
pub struct Fault {
    code: Code,
    reason: Reason,
    message: String,
    fields: Vec<(String, String)>,
    preconditions: Vec<(String, String)>,
    resource: Option<String>,
    cause: Option<Box<dyn Error + Send + Sync>>,
    /// A peer's refusal, handed on as it came.
    peer: Option<Status>,
}

impl Fault {
    fn new(code: Code, reason: Reason, message: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
            fields: Vec::new(),
            preconditions: Vec::new(),
            resource: None,
            cause: None,
            peer: None,
        }
    }

    /// INVALID_ARGUMENT: a field breaks a rule.
    pub fn field(field: impl Into<String>, rule: impl Into<String>) -> Self {
        let (field, rule) = (field.into(), rule.into());
        let mut fault = Self::new(Code::InvalidArgument, Reason::FieldInvalid, format!("{field}：{rule}"));
        fault.fields.push((field, rule));
        fault
    }

    /// INVALID_ARGUMENT: several fields break rules, all told at once.
    pub fn fields(reason: Reason, fields: Vec<(String, String)>) -> Self {
        let first = fields.first().map_or_else(String::new, |(field, rule)| format!("{field}：{rule}"));
        let message = match fields.len() {
            0 | 1 => first,
            count => format!("{first}（共 {count} 处）"),
        };
        Self { fields, ..Self::new(Code::InvalidArgument, reason, message) }
    }

    /// NOT_FOUND: does not exist, or may not be seen by this caller.
    pub fn not_found(name: impl Into<String>) -> Self {
        let name = name.into();
        let mut fault = Self::new(Code::NotFound, Reason::NotFound, format!("未找到 {name}"));
        fault.resource = Some(name);
        fault
    }

    /// ALREADY_EXISTS: the name is taken.
    pub fn exists(name: impl Into<String>) -> Self {
        let name = name.into();
        let mut fault = Self::new(Code::AlreadyExists, Reason::AlreadyExists, format!("{name} 已存在"));
        fault.resource = Some(name);
        fault
    }

    /// ALREADY_EXISTS with a reason of its own.
    pub fn reused(reason: Reason, message: impl Into<String>) -> Self {
        Self::new(Code::AlreadyExists, reason, message)
    }

    /// ABORTED: the record has changed since the caller read it.
    pub fn stale(name: impl Into<String>) -> Self {
        let name = name.into();
        let message = format!("{name} 已被他人修改，请重新读取后再决定");
        Self { resource: Some(name), ..Self::new(Code::Aborted, Reason::EtagMismatch, message) }
    }

    /// FAILED_PRECONDITION: true of the record now, may change.
    pub fn precondition(reason: Reason, subject: impl Into<String>, message: impl Into<String>) -> Self {
        let message = message.into();
        let mut fault = Self::new(Code::FailedPrecondition, reason, message.clone());
        fault.preconditions.push((subject.into(), message));
        fault
    }

    /// FAILED_PRECONDITION with every finding at once, as (subject, description).
    pub fn preconditions(
        reason: Reason,
        message: impl Into<String>,
        findings: Vec<(String, String)>,
    ) -> Self {
        Self { preconditions: findings, ..Self::new(Code::FailedPrecondition, reason, message) }
    }

    /// PERMISSION_DENIED: separation of duties.
    pub fn duties(message: impl Into<String>) -> Self {
        Self::new(Code::PermissionDenied, Reason::DutiesNotSeparate, message)
    }

    /// PERMISSION_DENIED: no assignment carries the permission.
    pub fn permission_missing(permission: &str) -> Self {
        Self::new(Code::PermissionDenied, Reason::PermissionMissing, format!("缺少权限 {permission}"))
    }

    /// UNAUTHENTICATED
    pub fn unauthenticated(reason: Reason, message: impl Into<String>) -> Self {
        Self::new(Code::Unauthenticated, reason, message)
    }

    /// RESOURCE_EXHAUSTED
    pub fn limit(message: impl Into<String>) -> Self {
        Self::new(Code::ResourceExhausted, Reason::LimitExceeded, message)
    }

    pub fn deadline() -> Self {
        Self::new(
            Code::DeadlineExceeded,
            Reason::DeadlineExceeded,
            "已超过调用期限，请用同一 request_id 重试以确认结果",
        )
    }

    /// UNAVAILABLE: the only retryable refusal.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Code::Unavailable, Reason::DependencyUnavailable, message)
    }

    /// INTERNAL: a defect. The cause goes to the log only.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..Self::new(Code::Internal, Reason::Internal, "内部错误，请提供跟踪号联系运维")
        }
    }

    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    pub const fn reason(&self) -> Reason {
        self.reason
    }

    pub const fn code(&self) -> Code {
        self.code
    }

    /// Fields that break a rule, each with the rule.
    pub fn violations(&self) -> &[(String, String)] {
        &self.fields
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    /// A word of a field that could not be parsed.
    pub fn invalid(field: impl Into<String>, invalid: Invalid) -> Self {
        Self::field(field, invalid.message)
    }
}

/// The reason as `ErrorInfo` carries it.
pub fn reason_text(reason: Reason) -> &'static str {
    reason.as_str_name().trim_start_matches("ERROR_REASON_")
}

/// For the operator's eyes: the message with its cause.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.cause.as_ref().map_or(Ok(()), |cause| write!(f, ": {}", chain(cause.as_ref())))
    }
}

impl From<DbError> for Fault {
    fn from(error: DbError) -> Self {
        match &error {
            DbError::Exists { name, .. } => Self::exists(name.clone()),
            DbError::Stale { name, .. } => Self::stale(name.clone()),
            DbError::Unavailable(_) => Self::unavailable("数据库暂不可用，请稍后重试").because(error),
            _ => Self::internal(error),
        }
    }
}

/// A peer's status: refusals that concern the caller are handed on as they are, its absence becomes ours.
impl From<Status> for Fault {
    fn from(status: Status) -> Self {
        match status.code() {
            Code::Unavailable | Code::Unknown | Code::Cancelled => {
                Self::unavailable("依赖的服务暂不可用，请稍后重试").because(status)
            }
            Code::DeadlineExceeded => Self::deadline().because(status),
            Code::Internal | Code::DataLoss | Code::Unimplemented => Self::internal(status),
            code => {
                Self { peer: Some(status.clone()), ..Self::new(code, peer_reason(&status), status.message()) }
            }
        }
    }
}

fn peer_reason(status: &Status) -> Reason {
    status
        .get_details_error_info()
        .and_then(|info| Reason::from_str_name(&format!("ERROR_REASON_{}", info.reason)))
        .unwrap_or(Reason::Unspecified)
}

impl From<Fault> for Status {
    fn from(fault: Fault) -> Self {
        if let Some(cause) = &fault.cause {
            tracing::error!(reason = reason_text(fault.reason), cause = chain(cause.as_ref()), "call failed");
        }
        if let Some(status) = fault.peer {
            return status;
        }
        let mut details = ErrorDetails::new();
        details.set_error_info(reason_text(fault.reason), DOMAIN, std::collections::HashMap::new());
        details.set_localized_message("zh-CN", fault.message.clone());
        for (field, rule) in capped(&fault.fields) {
            details.add_bad_request_violation(field, rule);
        }
        for (subject, description) in capped(&fault.preconditions) {
            details.add_precondition_failure_violation(reason_text(fault.reason), subject, description);
        }
        if let Some(resource) = fault.resource {
            details.set_resource_info("", resource, "", fault.message.clone());
        }
        if matches!(fault.code, Code::Unavailable | Code::ResourceExhausted) {
            details.set_retry_info(Some(Duration::from_millis(500)));
        }
        Self::with_error_details(fault.code, fault.message, details)
    }
}

fn capped(rows: &[(String, String)]) -> Vec<(String, String)> {
    let mut shown: Vec<_> = rows.iter().take(DETAILS_LIMIT).map(|(a, b)| (shorten(a), shorten(b))).collect();
    if rows.len() > DETAILS_LIMIT {
        shown.push(("…".into(), format!("另有 {} 处", rows.len() - DETAILS_LIMIT)));
    }
    shown
}

/// Details stay below 8 KiB in all.
fn shorten(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        text.to_owned()
    } else {
        text.chars().take(LONGEST).chain(['…']).collect()
    }
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_carries_its_reason_and_stays_small() {
        let fields =
            (0..1000).map(|n| (format!("rows[{n}].amount_yuan"), "金额超过两位小数".repeat(20))).collect();
        let status = Status::from(Fault::fields(Reason::FieldInvalid, fields));
        assert_eq!(status.get_details_error_info().unwrap().reason, "FIELD_INVALID");
        assert_eq!(status.get_details_bad_request().unwrap().field_violations.len(), DETAILS_LIMIT + 1);
        assert!(status.details().len() <= 16 * 1024, "{}", status.details().len());
    }

    #[test]
    fn a_defect_does_not_show_its_cause() {
        let status = Status::from(Fault::internal("secret table name"));
        assert!(!status.message().contains("secret"));
        assert!(!String::from_utf8_lossy(status.details()).contains("secret"));
    }
}
