//! Someone at a desk: an account with a token who calls any method of the contract, in JSON as the contract spells it.

use std::fmt;

use anyhow::{Context, anyhow};
use hengji_kernel::{Ids, SystemIds};
use hengji_rpc::Link;
use http::HeaderValue;
use prost::Message;
use prost_reflect::{DynamicMessage, MethodDescriptor, SerializeOptions};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::wire::{self, Answer};

/// A refused call as its caller sees it.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub code: Code,
    /// Without prefix, such as `STATE_FORBIDS`; empty where the status says none.
    pub reason: String,
    pub fields: Vec<String>,
    pub message: String,
}

impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let reason = details.error_info().map(|info| info.reason.clone()).unwrap_or_default();
        let fields = details.bad_request().map_or_else(Vec::new, |bad| {
            bad.field_violations.iter().map(|violation| violation.field.clone()).collect()
        });
        Self { code: status.code(), reason, fields, message: status.message().to_owned() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} {:?}: {}", self.code, self.reason, self.fields, self.message)
    }
}

impl std::error::Error for Refusal {}

#[derive(Clone)]
pub struct Desk {
    pub link: Link,
    pub token: String,
}

impl Desk {
    pub fn new(link: Link, token: impl Into<String>) -> Self {
        Self { link, token: token.into() }
    }

    /// Calls `method`, such as `targets.ProjectService/GetProject`; a request id is added where none is given.
    pub async fn ask(&self, method: &str, body: Value) -> anyhow::Result<Value> {
        self.try_ask(method, body).await?.map_err(|refusal| anyhow!(refusal).context(method.to_owned()))
    }

    /// The refusal of a call that must be refused.
    pub async fn refused(&self, method: &str, body: Value) -> anyhow::Result<Refusal> {
        match self.try_ask(method, body).await? {
            Ok(answer) => Err(anyhow!("{method} was allowed: {answer}")),
            Err(refusal) => Ok(refusal),
        }
    }

    pub async fn try_ask(&self, method: &str, body: Value) -> anyhow::Result<Result<Value, Refusal>> {
        self.within(None, method, body).await
    }

    /// With a deadline as `grpc-timeout` spells it, such as `200m`.
    pub async fn within(
        &self,
        timeout: Option<&str>,
        method: &str,
        body: Value,
    ) -> anyhow::Result<Result<Value, Refusal>> {
        let method = find(method)?;
        let message = message(&method, body)?;
        let mut head = wire::head(&path(&method), Some(&self.token))?;
        if let Some(timeout) = timeout {
            head.headers.insert("grpc-timeout", HeaderValue::from_str(timeout)?);
        }
        read(&method, wire::send(&self.link, &head, wire::frame(&message.encode_to_vec())).await)
    }

    /// All pages of a list, as `field` of each answer.
    pub async fn list(&self, method: &str, field: &str, mut body: Value) -> anyhow::Result<Vec<Value>> {
        let mut rows = Vec::new();
        loop {
            let answer = self.ask(method, body.clone()).await?;
            rows.extend(answer[field].as_array().cloned().unwrap_or_default());
            match answer["next_page_token"].as_str() {
                None | Some("") => return Ok(rows),
                Some(token) => body["page_token"] = json!(token),
            }
        }
    }

    /// Opens an account with one role and sits down at its desk. An account without organization acts for the nation.
    pub async fn hire(
        &self,
        account: &str,
        organization: &str,
        role: &str,
        scope: (&str, &str),
    ) -> anyhow::Result<Self> {
        let secret = format!("{}{}", SystemIds.next(), SystemIds.next());
        let created = self
            .ask(
                "identity.AccountService/CreateAccount",
                json!({
                    "account_id": account, "title": account, "kind": "ACCOUNT_KIND_PERSON",
                    "organization": organization,
                    "credential_sha256": hex::encode(Sha256::digest(&secret)),
                }),
            )
            .await?;
        let name = format!("accounts/{account}");
        if !role.is_empty() {
            let assignment = json!({
                "name": name, "etag": created["account"]["etag"], "role": format!("roles/{role}"),
                "region": scope.0, "unit": scope.1,
            });
            self.ask("identity.AccountService/AssignRole", assignment).await?;
        }
        let issued = self
            .ask("identity.TokenService/IssueToken", json!({ "account": name, "secret": secret }))
            .await?;
        Ok(Self::new(self.link.clone(), issued["token"].as_str().context("a token")?))
    }
}

/// A method of the contract by a name such as `targets.ProjectService/GetProject`.
pub fn find(method: &str) -> anyhow::Result<MethodDescriptor> {
    let missing = || anyhow!("the contract has no method {method}");
    let (service, verb) = method.split_once('/').ok_or_else(missing)?;
    let (package, service) = service.split_once('.').ok_or_else(missing)?;
    let service = hengji_proto::descriptors()
        .get_service_by_name(&format!("hengji.{package}.v1.{service}"))
        .ok_or_else(missing)?;
    service.methods().find(|method| method.name() == verb).ok_or_else(missing)
}

/// The path it is called by.
pub fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

fn message(method: &MethodDescriptor, mut body: Value) -> anyhow::Result<DynamicMessage> {
    let input = method.input();
    if input.get_field_by_name("request_id").is_some() && body.get("request_id").is_none() {
        body["request_id"] = json!(hengji_testkit::request_id());
    }
    DynamicMessage::deserialize(input, body).with_context(|| format!("the request of {}", method.full_name()))
}

fn read(method: &MethodDescriptor, answer: Answer) -> anyhow::Result<Result<Value, Refusal>> {
    if !answer.is_ok() {
        return Ok(Err(answer.status.into()));
    }
    let bytes = wire::unframe(&answer.body).context("an answer without a message")?;
    let message = DynamicMessage::decode(method.output(), bytes)?;
    let options = SerializeOptions::new()
        .use_proto_field_name(true)
        .skip_default_fields(false)
        .stringify_64_bit_integers(false);
    Ok(Ok(message.serialize_with_options(serde_json::value::Serializer, &options)?))
}
