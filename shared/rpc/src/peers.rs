//! Calling other services: a [`Link`] is the same type in process and over the network, and so are its answers.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tonic::body::Body;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;

use crate::{Call, Fault};

/// What a generated client is built over, local or remote.
pub type Link = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, Status>;

/// A link over the network. Connects when first used and again whenever the other side comes back.
pub fn remote(endpoint: &str) -> Result<Link, Fault> {
    let channel: Channel = Endpoint::from_shared(endpoint.to_owned())
        .map_err(Fault::internal)?
        .connect_timeout(Duration::from_secs(5))
        .http2_keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(5))
        .keep_alive_while_idle(true)
        .tcp_nodelay(true)
        .connect_lazy();
    Ok(BoxCloneSyncService::new(channel.map_err(|error| Status::from_error(Box::new(error)))))
}

/// The services this one may ask, by name.
#[derive(Clone, Default)]
pub struct Peers {
    links: HashMap<&'static str, Link>,
    service_token: Option<Arc<dyn Fn() -> Option<String> + Send + Sync>>,
}

impl Peers {
    pub fn new(links: HashMap<&'static str, Link>) -> Self {
        Self { links, service_token: None }
    }

    /// Where background work gets its token from; asked anew for every connection.
    pub fn with_service_token(mut self, source: Arc<dyn Fn() -> Option<String> + Send + Sync>) -> Self {
        self.service_token = Some(source);
        self
    }

    pub fn link(&self, service: &'static str) -> Result<Link, Fault> {
        self.links
            .get(service)
            .cloned()
            .ok_or_else(|| Fault::unavailable(format!("未配置服务 {service} 的地址（peers.{service}）")))
    }

    pub fn service_token(&self) -> Option<String> {
        self.service_token.as_ref().and_then(|source| source())
    }
}

impl Call {
    /// A request to another service on behalf of this call: the caller's token, the time that is left, the trace.
    pub fn onward<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        if let Some(token) = &self.caller.token
            && let Ok(value) = format!("Bearer {token}").parse()
        {
            request.metadata_mut().insert("authorization", value);
        }
        if let Some(deadline) = self.deadline {
            request.set_timeout(deadline.saturating_duration_since(Instant::now()));
        }
        let mut headers = http::HeaderMap::new();
        hengji_telemetry::inject(&tracing::Span::current(), &mut headers);
        request.metadata_mut().as_mut().extend(headers);
        request
    }
}
