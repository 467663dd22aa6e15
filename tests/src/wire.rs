//! One unary call at the level of HTTP: the bytes that went out, and the status and bytes that came back.

use hengji_rpc::Link;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Full};
use prost::bytes::{BufMut, Bytes, BytesMut};
use tonic::body::Body;
use tonic::{Code, Status};
use tower::ServiceExt;

/// What came back, whole.
#[derive(Debug, Clone)]
pub struct Answer {
    pub headers: HeaderMap,
    pub body: Bytes,
    pub trailers: Option<HeaderMap>,
    pub status: Status,
}

impl Answer {
    pub fn is_ok(&self) -> bool {
        self.status.code() == Code::Ok
    }

    /// Status, details and body alike.
    pub fn same(&self, other: &Self) -> bool {
        self.status.code() == other.status.code()
            && self.status.message() == other.status.message()
            && self.status.details() == other.status.details()
            && self.body == other.body
    }

    /// The answer as a client would have received it.
    pub fn into_response(self) -> http::Response<Body> {
        let body = Full::new(self.body);
        let body = match self.trailers {
            None => Body::new(body),
            Some(trailers) => Body::new(body.with_trailers(async move { Some(Ok(trailers)) })),
        };
        let mut response = http::Response::new(body);
        *response.headers_mut() = self.headers;
        response
    }
}

/// A message in its frame: not compressed, length, bytes.
pub fn frame(message: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(message.len() + 5);
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    frame.put_slice(message);
    frame.freeze()
}

/// The message in a frame, if there is one.
pub fn unframe(body: &Bytes) -> Option<Bytes> {
    (body.len() >= 5).then(|| body.slice(5..))
}

/// The head of a call of `path`, such as `/hengji.targets.v1.ProjectService/GetProject`, with a token if there is one.
pub fn head(path: &str, token: Option<&str>) -> anyhow::Result<http::request::Parts> {
    let mut request = Request::post(path)
        .version(http::Version::HTTP_2)
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    Ok(request.body(())?.into_parts().0)
}

/// Sends one framed message and waits for the whole answer. A broken connection is an answer too.
pub async fn send(link: &Link, head: &http::request::Parts, frame: Bytes) -> Answer {
    let request = Request::from_parts(head.clone(), Body::new(Full::new(frame)));
    match link.clone().oneshot(request).await {
        Ok(response) => receive(response).await,
        Err(status) => broken(status),
    }
}

async fn receive(response: http::Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    let collected = match body.collect().await {
        Ok(collected) => collected,
        Err(status) => return broken(status),
    };
    let trailers = collected.trailers().cloned();
    let status = Status::from_header_map(&parts.headers)
        .or_else(|| trailers.as_ref().and_then(Status::from_header_map))
        .unwrap_or_else(|| Status::unknown("no grpc-status came back"));
    Answer { headers: parts.headers, body: collected.to_bytes(), trailers, status }
}

fn broken(status: Status) -> Answer {
    Answer { headers: HeaderMap::new(), body: Bytes::new(), trailers: None, status }
}
