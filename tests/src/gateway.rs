//! One address for six processes: a call goes to the process that serves its package. What every process serves, its journal
//! and its health, goes to the one whose name the request carries first.

use std::collections::BTreeMap;
use std::sync::Arc;

use hengji_rpc::Link;
use http_body_util::{BodyExt, Full};
use prost::Message;
use tonic::Status;
use tonic::body::Body;
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;

use crate::wire;

/// Watch, list, verify and health check alike: the service is the first field.
#[derive(Clone, PartialEq, Message)]
struct Named {
    #[prost(string, tag = "1")]
    service: String,
}

/// A link over the links of the services by name.
pub fn link(services: BTreeMap<String, Link>) -> Link {
    let services = Arc::new(services);
    BoxCloneSyncService::new(tower::service_fn(move |request: http::Request<Body>| {
        let services = Arc::clone(&services);
        async move {
            let (name, request) = named(request).await?;
            let link = services.get(&name).cloned();
            let link = link.ok_or_else(|| Status::unimplemented(format!("nobody serves {name}")))?;
            link.oneshot(request).await
        }
    }))
}

async fn named(request: http::Request<Body>) -> Result<(String, http::Request<Body>), Status> {
    let package = request.uri().path().trim_start_matches('/').split('/').next().unwrap_or_default();
    let service = package.strip_prefix("hengji.").and_then(|rest| rest.split('.').next()).map(str::to_owned);
    if let Some(service) = service.filter(|service| service != "common") {
        return Ok((service, request));
    }
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let name = wire::unframe(&body)
        .and_then(|message| Named::decode(message).ok())
        .map(|named| named.service.trim_start_matches("hengji.").to_owned())
        .unwrap_or_default();
    Ok((name, http::Request::from_parts(parts, Body::new(Full::new(body)))))
}
