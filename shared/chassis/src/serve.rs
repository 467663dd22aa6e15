//! Serves a host on a port until told to stop: unready at once, calls in progress finished within the drain time, then
//! closed.

use std::time::Duration;

use futures::{Stream, TryStreamExt};
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use crate::{Corked, Host};

/// How a host is served.
#[derive(Debug, Clone, Copy)]
pub struct Serving {
    pub concurrent_streams: u32,
    /// How long calls in progress may take after the first signal.
    pub drain: Duration,
}

/// The connections that come in.
pub fn incoming(listener: TcpListener) -> impl Stream<Item = Result<Corked, std::io::Error>> {
    // the builder's own setting does not reach a listener that is handed in, and without it every answer waits for an
    // acknowledgement that is itself delayed
    TcpIncoming::from(listener).with_nodelay(Some(true)).map_ok(Corked::new)
}

/// Serves until `stop` completes; then drains. Returns when everything is closed.
pub async fn serve(
    host: Host,
    listener: TcpListener,
    serving: Serving,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), tonic::transport::Error> {
    let unready = host.shutdown_token();
    let stopped = {
        let unready = unready.clone();
        async move {
            stop.await;
            unready.cancel();
        }
    };
    let server = Server::builder()
        .max_concurrent_streams(serving.concurrent_streams)
        .http2_keepalive_interval(Some(Duration::from_secs(20)))
        .http2_keepalive_timeout(Some(Duration::from_secs(10)))
        .http2_max_pending_accept_reset_streams(Some(64))
        .http2_max_header_list_size(32 * 1024)
        .serve_with_incoming_shutdown(host.link(), incoming(listener), stopped);
    tokio::pin!(server);
    let drained = async {
        unready.cancelled().await;
        tokio::time::sleep(serving.drain).await;
    };
    let served = tokio::select! {
        served = &mut server => served,
        () = drained => {
            tracing::warn!("drain time is over: calls in progress are cut off");
            Ok(())
        }
    };
    host.close().await;
    served
}
