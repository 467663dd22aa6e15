//! What every call passes before its handler, in process and over the network alike: a span, a panic guard, a deadline,
//! the token and the permission. Denies by default: a call without an access rule is unknown.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use http::HeaderMap;
use tonic::body::Body;
use tonic::service::Routes;
use tonic::{Code, Status};
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;
use tracing::{Instrument, field};

use crate::peers::Link;
use crate::{Access, AccessTable, Call, Caller, Fault, Reason, Verifier};

/// How long a unary call may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Where the caller names no deadline.
    pub default_deadline: Duration,
    /// Where the caller names a longer one.
    pub longest_deadline: Duration,
}

pub struct Guard {
    pub access: AccessTable,
    pub verifier: Arc<Verifier>,
    pub limits: Limits,
}

/// The transport keeps the caller's deadline too, and answers it without a reason: ours falls a moment before.
const TRANSPORT_MARGIN: Duration = Duration::from_millis(2);

type Response = http::Response<Body>;

impl Guard {
    /// Stands before `routes`; the result serves the port and in-process peers.
    pub fn before(self: Arc<Self>, routes: Routes) -> Link {
        let routes = routes.prepare();
        BoxCloneSyncService::new(tower::service_fn(move |request: http::Request<Body>| {
            let (guard, routes) = (Arc::clone(&self), routes.clone());
            async move { Ok(guard.pass(routes, request).await) }
        }))
    }

    async fn pass(&self, routes: Routes, request: http::Request<Body>) -> Response {
        let path = request.uri().path();
        let Some(method) = self.access.known(path) else {
            return Status::unimplemented(format!("unknown method {path}")).into_http();
        };
        let started = Instant::now();
        let span = tracing::info_span!(
            "rpc",
            otel.name = method,
            otel.kind = "server",
            rpc.system = "grpc",
            rpc.method = method,
            rpc.grpc.status_code = field::Empty,
            account = field::Empty,
        );
        hengji_telemetry::set_parent(&span, request.headers());
        let response = self.admit_and_run(routes, request, method, started).instrument(span.clone()).await;
        let code = Status::from_header_map(response.headers()).map_or(Code::Ok, |status| status.code());
        span.record("rpc.grpc.status_code", code as i32);
        hengji_telemetry::record_call(method, code as i32, started.elapsed());
        span.in_scope(|| {
            tracing::debug!(
                method,
                code = code as i32,
                micros = started.elapsed().as_micros() as u64,
                "call"
            );
        });
        response
    }

    async fn admit_and_run(
        &self,
        routes: Routes,
        mut request: http::Request<Body>,
        method: &'static str,
        started: Instant,
    ) -> Response {
        let deadline = match self.deadline(request.headers(), started) {
            Ok(deadline) => deadline,
            Err(fault) => return Status::from(fault).into_http(),
        };
        let call = match self.admit(request.headers(), method, deadline) {
            Ok(call) => call,
            Err(fault) => return Status::from(fault).into_http(),
        };
        tracing::Span::current().record("account", call.account());
        request.extensions_mut().insert(call);

        // a panic stays here, and a caller that goes away takes the handler along
        let handled = AssertUnwindSafe(routes.oneshot(request)).catch_unwind();
        match tokio::time::timeout_at(deadline.into(), handled).await {
            Ok(Ok(Ok(response))) => explained(response),
            Ok(Ok(Err(never))) => match never {},
            Ok(Err(_)) => Status::from(Fault::internal("the handler panicked")).into_http(),
            Err(_) => Status::from(Fault::deadline()).into_http(),
        }
    }

    fn admit(&self, headers: &HeaderMap, method: &'static str, deadline: Instant) -> Result<Call, Fault> {
        let access = self.access.get(method).unwrap_or(Access::Authenticated);
        if access == Access::Public {
            return Ok(Call::new(Caller::anonymous(), method, access, Some(deadline)));
        }
        let caller = self.verifier.verify(bearer(headers)?)?;
        let needed = access.permissions();
        if !needed.is_empty() && !caller.holds(needed) {
            return Err(Fault::permission_missing(&needed.join("、")));
        }
        Ok(Call::new(caller, method, access, Some(deadline)))
    }

    fn deadline(&self, headers: &HeaderMap, started: Instant) -> Result<Instant, Fault> {
        let Some(value) = headers.get("grpc-timeout") else {
            return Ok(started + self.limits.default_deadline);
        };
        let asked = value
            .to_str()
            .ok()
            .and_then(timeout)
            .ok_or_else(|| Fault::field("grpc-timeout", "不是有效的期限，例如 200m"))?;
        let deadline = started + asked.min(self.limits.longest_deadline);
        Ok(deadline.checked_sub(TRANSPORT_MARGIN).unwrap_or(started))
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, Fault> {
    let missing = || Fault::unauthenticated(Reason::TokenMissing, "缺少访问令牌（authorization: Bearer …）");
    let value = headers.get("authorization").ok_or_else(missing)?.to_str().map_err(|_| missing())?;
    value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("bearer ")).ok_or_else(missing)
}

/// `200m` and the like: up to eight digits and a unit (gRPC over HTTP/2).
fn timeout(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

/// Statuses the transport makes on its own get the suite's reasons.
fn explained(response: Response) -> Response {
    let Some(status) = Status::from_header_map(response.headers()) else { return response };
    if status.code() == Code::Ok || !status.details().is_empty() {
        return response;
    }
    let fault = match status.code() {
        Code::OutOfRange | Code::ResourceExhausted => {
            Fault::limit("消息超过大小限制（limits.message_bytes）")
        }
        Code::Internal if status.message().contains("decode") => {
            Fault::field("message", "不是有效的请求消息")
        }
        Code::Cancelled | Code::DeadlineExceeded => Fault::deadline(),
        Code::Internal | Code::Unknown => Fault::internal(status),
        _ => return response,
    };
    Status::from(fault).into_http()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_unit_and_refuses_the_rest() {
        assert_eq!(timeout("200m"), Some(Duration::from_millis(200)));
        assert_eq!(timeout("1H"), Some(Duration::from_secs(3600)));
        for wrong in ["", "m", "12", "123456789S", "-1S", "1.5S", "1秒"] {
            assert_eq!(timeout(wrong), None, "{wrong}");
        }
    }
}
