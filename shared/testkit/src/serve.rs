//! A service under test on a port of its own, for callers that come over the network.

use hengji_chassis::incoming;
use hengji_rpc::Link;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::Server;

pub struct Served {
    pub port: u16,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), tonic::transport::Error>>,
}

impl Served {
    pub async fn start(link: Link) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let (stop, stopped) = oneshot::channel();
        let server = Server::builder().max_concurrent_streams(256).serve_with_incoming_shutdown(
            link,
            incoming(listener),
            async {
                let _ = stopped.await;
            },
        );
        Ok(Self { port, stop, server: tokio::spawn(server) })
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        let _ = self.stop.send(());
        Ok(self.server.await??)
    }
}
