//! A link that adds nothing of its own: where tonic's channel keeps the deadline for the server, this one leaves it to the
//! server.

use hengji_rpc::Link;
use http::Uri;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tonic::Status;
use tonic::body::Body;
use tower::util::BoxCloneSyncService;

/// To `http://127.0.0.1:7443` and the like.
pub fn link(endpoint: &str) -> anyhow::Result<Link> {
    let server: Uri = endpoint.parse()?;
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<HttpConnector, Body> =
        Client::builder(TokioExecutor::new()).http2_only(true).build(connector);
    Ok(BoxCloneSyncService::new(tower::service_fn(move |mut request: http::Request<Body>| {
        let (client, server) = (client.clone(), server.clone());
        async move {
            let mut address = server.into_parts();
            address.path_and_query = request.uri().path_and_query().cloned();
            *request.uri_mut() =
                Uri::from_parts(address).map_err(|error| Status::internal(error.to_string()))?;
            let answer =
                client.request(request).await.map_err(|error| Status::unavailable(error.to_string()))?;
            Ok(answer.map(Body::new))
        }
    })))
}
