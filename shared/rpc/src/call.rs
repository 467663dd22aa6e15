//! The context of one call: who asks, for which places and units, until when.

use std::sync::Arc;
use std::time::Instant;

use hengji_kernel::{DataScope, RegionCode, ScopeRange, UnitCode};
use prost_protovalidate::Validate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tonic::Request;

use crate::{Access, Fault, Reason};

/// One assignment as the token carries it: a role's permissions within a range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub id: String,
    pub role: String,
    pub permissions: Vec<String>,
    #[serde(flatten)]
    pub range: ScopeRange,
}

/// Who is calling.
#[derive(Debug, Clone)]
pub struct Caller {
    /// e.g. `accounts/unit-clerk`; empty for an anonymous caller of a public call.
    pub account: String,
    /// e.g. `regions/640323000/organizations/219001`; empty for operators and services.
    pub organization: String,
    pub grants: Arc<[Grant]>,
    /// Seconds since 1970 when the token ends.
    pub expires: i64,
    /// The bearer token, handed on to the services this call asks.
    pub(crate) token: Option<Arc<str>>,
}

impl Caller {
    pub fn anonymous() -> Self {
        Self {
            account: String::new(),
            organization: String::new(),
            grants: [].into(),
            expires: 0,
            token: None,
        }
    }

    /// True if some assignment carries one of `permissions`.
    pub(crate) fn holds(&self, permissions: &[&str]) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.permissions.iter().any(|held| permissions.contains(&held.as_str())))
    }
}

#[derive(Debug, Clone)]
enum Reach {
    /// The ranges of every grant that carries one of the permissions.
    Granted(Access),
    /// The service itself, for its background work and public reads.
    Everything,
}

/// A call on its way through a handler.
#[derive(Debug, Clone)]
pub struct Call {
    pub caller: Caller,
    /// e.g. `/hengji.targets.v1.TargetService/ApproveTargets`
    pub method: &'static str,
    reach: Reach,
    pub(crate) deadline: Option<Instant>,
}

impl Call {
    pub(crate) const fn new(
        caller: Caller,
        method: &'static str,
        access: Access,
        deadline: Option<Instant>,
    ) -> Self {
        let reach = match access {
            Access::Permission(_) | Access::AnyOf(_) => Reach::Granted(access),
            Access::Public | Access::Authenticated => Reach::Everything,
        };
        Self { caller, method, reach, deadline }
    }

    /// The service's own background work, such as following another service's journal.
    pub fn background(service: &str, method: &'static str, token: Option<String>) -> Self {
        let caller = Caller {
            account: format!("services/{service}"),
            token: token.map(Into::into),
            ..Caller::anonymous()
        };
        Self { caller, method, reach: Reach::Everything, deadline: None }
    }

    /// For calls that stream: what they ask of others is not bound to the time given for their beginning.
    pub fn streaming(self) -> Self {
        Self { deadline: None, ..self }
    }

    /// What this call may see and touch: goes into every query.
    pub fn scope(&self) -> DataScope {
        match &self.reach {
            Reach::Everything => DataScope::Everything,
            Reach::Granted(access) => self.scope_of_any(access.permissions()),
        }
    }

    /// The ranges in which the caller holds `permission`.
    pub fn scope_of(&self, permission: &str) -> DataScope {
        self.scope_of_any(&[permission])
    }

    fn scope_of_any(&self, permissions: &[&str]) -> DataScope {
        let ranges: Vec<ScopeRange> = self
            .caller
            .grants
            .iter()
            .filter(|grant| grant.permissions.iter().any(|held| permissions.contains(&held.as_str())))
            .map(|grant| grant.range.clone())
            .collect();
        DataScope::Ranges(ranges)
    }

    /// Refuses what lies outside the caller's scope as if it did not exist.
    pub fn reach(&self, name: &str, region: &RegionCode, unit: Option<&UnitCode>) -> Result<(), Fault> {
        if self.scope().contains(region, unit) { Ok(()) } else { Err(Fault::not_found(name)) }
    }

    pub fn account(&self) -> &str {
        &self.caller.account
    }

    /// True if some assignment of the caller carries `permission`, wherever.
    pub fn holds(&self, permission: &str) -> bool {
        self.caller.holds(&[permission])
    }
}

/// Opens a request: its call context, and the message with every field rule of the contract checked at once.
pub fn open<M: Validate>(request: Request<M>) -> Result<(Call, M), Fault> {
    let (call, message) = open_unchecked(request)?;
    check(&message)?;
    Ok((call, message))
}

/// As [`open`] for requests that have no field rules.
pub fn open_unchecked<M>(mut request: Request<M>) -> Result<(Call, M), Fault> {
    let call = request
        .extensions_mut()
        .remove::<Call>()
        .ok_or_else(|| Fault::internal("a request came past the guard"))?;
    Ok((call, request.into_inner()))
}

/// The field rules of one message, such as a row of a stream.
pub fn check<M: Validate>(message: &M) -> Result<(), Fault> {
    message.validate().map_err(|error| {
        let fields = error
            .violations()
            .iter()
            .map(|violation| {
                let rule = violation.rule_id();
                (violation.field_path().clone(), format!("{}（{rule}）", in_chinese(rule)))
            })
            .collect();
        Fault::fields(Reason::FieldInvalid, fields)
    })
}

/// A rule of the contract as an official reads it.
fn in_chinese(rule: &str) -> &'static str {
    match rule {
        "required" | "string.min_len" | "repeated.min_items" | "bytes.min_len" => "必填",
        "string.max_len" | "repeated.max_items" => "超过长度上限",
        "string.pattern" => "格式不符",
        "string.in" | "enum.defined_only" | "enum.not_in" => "不是允许的取值",
        _ if rule.starts_with("string.uuid") => "应为 UUID",
        _ if rule.starts_with("int") => "超出允许范围",
        _ => "不符合字段规则",
    }
}

/// The request id of a step this request causes in another service: the same each time the request is repeated.
pub fn derived_request_id(request_id: &str, step: &str) -> String {
    let digest = Sha256::digest(format!("{request_id}/{step}"));
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}
