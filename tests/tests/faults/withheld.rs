//! A wire to a server that lets everything through, until the server's answers are held back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};

pub(crate) struct Wire {
    pub(crate) endpoint: String,
    held: Arc<AtomicBool>,
}

impl Wire {
    /// To `http://127.0.0.1:7443` and the like.
    pub(crate) async fn to(endpoint: &str) -> anyhow::Result<Self> {
        let server = endpoint.strip_prefix("http://").context("an http address")?.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let held = Arc::new(AtomicBool::new(false));
        let hold = Arc::clone(&held);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server.clone(), Arc::clone(&hold)));
            }
        });
        Ok(Self { endpoint, held })
    }

    /// From now on what the server says reaches nobody.
    pub(crate) fn hold(&self) {
        self.held.store(true, Ordering::SeqCst);
    }
}

/// Until one of the two goes away, which the other then learns.
async fn carry(client: TcpStream, server: String, held: Arc<AtomicBool>) -> std::io::Result<()> {
    let server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut asked, mut told) = client.into_split();
    let (mut answers, mut questions) = server.into_split();
    let asking = copy(&mut asked, &mut questions);
    let telling = async {
        let mut piece = vec![0; 16 * 1024];
        loop {
            let length = answers.read(&mut piece).await?;
            if length == 0 {
                return std::io::Result::Ok(());
            }
            if !held.load(Ordering::SeqCst) {
                told.write_all(&piece[..length]).await?;
            }
        }
    };
    tokio::select! {
        asked = asking => asked.map(|_| ()),
        told = telling => told,
    }
}
