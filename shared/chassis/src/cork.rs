//! A connection whose answers leave together: what is to be sent waits until the tasks that are ready at this moment have
//! had their turn. No time passes over it where nothing else is to be done, and under load many answers share a system call.

use std::io::{Error, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, BufWriter, ReadBuf};
use tokio::net::TcpStream;
use tonic::transport::server::{Connected, TcpConnectInfo};

/// Bytes that wait at most; more are sent at once.
const WAITING: usize = 32 * 1024;

pub struct Corked {
    stream: BufWriter<TcpStream>,
    /// The ready tasks have had their turn since something was last sent.
    yielded: bool,
}

impl Corked {
    pub fn new(stream: TcpStream) -> Self {
        Self { stream: BufWriter::with_capacity(WAITING, stream), yielded: false }
    }
}

impl AsyncRead for Corked {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Corked {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize, Error>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if !self.yielded && !self.stream.buffer().is_empty() {
            self.yielded = true;
            cx.waker().wake_by_ref(); // puts this task behind those that are ready
            return Poll::Pending;
        }
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.yielded = false;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Connected for Corked {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        self.stream.get_ref().connect_info()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    async fn pair() -> (Corked, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (Corked::new(near), listener.accept().await.unwrap().0)
    }

    #[tokio::test]
    async fn everything_arrives_in_order_however_much_it_is() {
        let (mut near, mut far) = pair().await;
        let sent: Vec<u8> = (0..300_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        let reading = tokio::spawn(async move {
            let mut read = vec![];
            far.read_to_end(&mut read).await.map(|_| read)
        });
        for part in sent.chunks(7001) {
            near.write_all(part).await.unwrap();
            near.flush().await.unwrap();
        }
        near.shutdown().await.unwrap();
        assert_eq!(reading.await.unwrap().unwrap(), sent);
    }

    #[tokio::test]
    async fn a_flush_lets_ready_tasks_go_first_and_then_sends_without_being_asked_again() {
        let (mut near, mut far) = pair().await;
        let done = Arc::new(AtomicBool::new(false));
        let ready = tokio::spawn({
            let done = Arc::clone(&done);
            async move { done.store(true, SeqCst) }
        });
        near.write_all(b"one").await.unwrap();
        near.flush().await.unwrap();
        assert!(done.load(SeqCst), "it was ready before");
        let mut read = [0; 3];
        far.read_exact(&mut read).await.unwrap();
        assert_eq!(&read, b"one");
        ready.await.unwrap();
    }
}
