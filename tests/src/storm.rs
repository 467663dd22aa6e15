//! A link that sends every call that changes something sixteen times at once, wants one answer sixteen times, and then tries
//! the same request id with another body.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::join_all;
use hengji_proto::descriptors;
use hengji_rpc::Link;
use http_body_util::BodyExt;
use prost::Message;
use prost::bytes::Bytes;
use prost_reflect::{DynamicMessage, MethodDescriptor};
use tonic::Status;
use tonic::body::Body;
use tower::util::BoxCloneSyncService;

use crate::desk::{self, Refusal};
use crate::vary;
use crate::wire::{self, Answer};

const COPIES: usize = 16;

/// Paths of every unary call whose request carries a request id.
pub fn mutating() -> BTreeSet<String> {
    methods().map(|method| desk::path(&method)).collect()
}

fn methods() -> impl Iterator<Item = MethodDescriptor> {
    let services: Vec<_> = descriptors().services().collect();
    services.into_iter().flat_map(|service| service.methods().collect::<Vec<_>>()).filter(|method| {
        method.input().get_field_by_name("request_id").is_some()
            && !method.is_client_streaming()
            && !method.is_server_streaming()
    })
}

/// What the storm has seen so far.
#[derive(Clone, Default)]
pub struct Storm {
    log: Arc<Mutex<Log>>,
}

#[derive(Default)]
struct Log {
    /// Paths carried out at least once.
    carried_out: BTreeSet<String>,
    /// Paths for which another body was told from the first.
    told_apart: BTreeSet<String>,
    /// What must not be, by path.
    findings: BTreeMap<String, Vec<String>>,
}

impl Storm {
    /// `calm`, with the storm before it.
    pub fn before(&self, calm: Link) -> Link {
        let storm = self.clone();
        BoxCloneSyncService::new(tower::service_fn(move |request: http::Request<Body>| {
            let (storm, calm) = (storm.clone(), calm.clone());
            async move { storm.pass(calm, request).await }
        }))
    }

    /// Calls that were carried out.
    pub fn carried_out(&self) -> BTreeSet<String> {
        self.read(|log| log.carried_out.clone())
    }

    /// What must not be, one line a path.
    pub fn findings(&self) -> Vec<String> {
        self.read(|log| {
            let found =
                log.findings.iter().map(|(path, all)| format!("{path}: {} (in all {})", all[0], all.len()));
            let never = log.carried_out.difference(&log.told_apart);
            let never = never.map(|path| format!("{path}: no other body was refused as a reused request id"));
            found.chain(never).collect()
        })
    }

    fn find(&self, path: &str, finding: String) {
        self.note(|log| log.findings.entry(path.to_owned()).or_default().push(finding));
    }

    fn read<T>(&self, look: impl FnOnce(&Log) -> T) -> T {
        look(&self.log.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, write: impl FnOnce(&mut Log)) {
        write(&mut self.log.lock().unwrap_or_else(PoisonError::into_inner));
    }

    async fn pass(&self, calm: Link, request: http::Request<Body>) -> Result<http::Response<Body>, Status> {
        let path = request.uri().path().to_owned();
        let Some(method) = methods().find(|method| desk::path(method) == path) else {
            return tower::ServiceExt::oneshot(calm, request).await;
        };
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let message =
            wire::unframe(&body).and_then(|bytes| DynamicMessage::decode(method.input(), bytes).ok());
        // what only asks leaves no trace: every copy is asked anew, and no other body can clash with it
        let Some(message) = message.filter(|message| !validates_only(message)) else {
            return Ok(wire::send(&calm, &head, body).await.into_response());
        };
        let answer = self.sixteen(&calm, &head, &path, &body).await;
        if answer.is_ok() {
            self.note(|log| log.carried_out.extend([path.clone()]));
            self.another_body(&calm, &head, &path, &message).await;
        }
        Ok(answer.into_response())
    }

    /// One answer of sixteen; one that was carried out, if any was.
    async fn sixteen(&self, calm: &Link, head: &http::request::Parts, path: &str, body: &Bytes) -> Answer {
        let mut answers = join_all((0..COPIES).map(|_| wire::send(calm, head, body.clone()))).await;
        answers.sort_by_key(|answer| !answer.is_ok());
        let first = answers.remove(0);
        if let Some(other) = answers.iter().find(|other| !other.same(&first)) {
            self.find(path, format!("sixteen copies, two answers: {} and {}", told(&first), told(other)));
        }
        first
    }

    /// The first other body that gets past the field rules must be refused, and for this reason.
    async fn another_body(
        &self,
        calm: &Link,
        head: &http::request::Parts,
        path: &str,
        message: &DynamicMessage,
    ) {
        for variant in vary::variants(message) {
            let answer = wire::send(calm, head, wire::frame(&variant.encode_to_vec())).await;
            if answer.is_ok() {
                self.find(path, format!("the same request id was carried out for another body: {variant}"));
                return;
            }
            if Refusal::from(answer.status).reason == "REQUEST_ID_REUSED" {
                self.note(|log| log.told_apart.extend([path.to_owned()]));
                return;
            }
        }
    }
}

fn validates_only(message: &DynamicMessage) -> bool {
    message.get_field_by_name("validate_only").and_then(|value| value.as_bool()).unwrap_or_default()
}

fn told(answer: &Answer) -> String {
    if answer.is_ok() {
        format!("{} bytes", answer.body.len())
    } else {
        Refusal::from(answer.status.clone()).to_string()
    }
}
