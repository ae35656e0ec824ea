//! How do both systems behave on the wire? When they fail: a connection that can be cut before a byte of the answer has left.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// The knife of one connection: once cut, these last bytes leave and nothing else.
#[derive(Clone, Debug, Default)]
pub(super) struct Cut(Arc<Mutex<Option<Vec<u8>>>>);

impl Cut {
    /// Cuts the connection: whatever the server writes from now on, only `last_words` go out, then it is closed.
    pub(super) fn after(&self, last_words: Vec<u8>) {
        *self.words() = Some(last_words);
    }

    fn words(&self) -> MutexGuard<'_, Option<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A listener whose connections can be cut.
#[derive(Debug)]
pub(super) struct CutListener(pub(super) TcpListener);

impl Listener for CutListener {
    type Io = CutStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = <TcpListener as Listener>::accept(&mut self.0).await;
        (CutStream { stream, cut: Cut::default() }, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

/// A connection with its knife.
#[derive(Debug)]
pub(super) struct CutStream {
    stream: TcpStream,
    cut: Cut,
}

impl Connected<IncomingStream<'_, CutListener>> for Cut {
    fn connect_info(stream: IncomingStream<'_, CutListener>) -> Self {
        stream.io().cut.clone()
    }
}

impl AsyncRead for CutStream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for CutStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Self { stream, cut } = self.get_mut();
        let mut words = cut.words();
        let Some(last) = words.as_mut() else { return Pin::new(stream).poll_write(context, bytes) };
        while !last.is_empty() {
            let written = ready!(Pin::new(&mut *stream).poll_write(context, last))?;
            last.drain(..written);
        }
        // The server lets go of a connection that takes no more.
        Poll::Ready(Err(io::Error::new(io::ErrorKind::ConnectionAborted, "cut on demand")))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
