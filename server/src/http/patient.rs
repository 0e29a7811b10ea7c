//! A socket that does not wait for ever for somebody who takes nothing.
//!
//! The kernel holds some megabytes for a peer. When it takes no more, and for a while not one byte of that is taken, writing
//! fails and the connection ends. Reading has other bounds. What became a WebSocket is the broker's to watch: there a client
//! may sleep, and [`Watch::ends`].

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// See the module.
pub(super) struct Patient<S> {
    socket: S,
    /// How long nothing may be taken.
    within: Duration,
    watch: Watch,
    /// Since nothing was taken.
    stalled: Option<Pin<Box<Sleep>>>,
}

/// Whether somebody has to take what is written.
#[derive(Clone, Default)]
pub(super) struct Watch(Arc<AtomicBool>);

impl Watch {
    /// From now on nobody has to.
    pub(super) fn ends(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl<S> Patient<S> {
    pub(super) fn new(socket: S, within: Duration, watch: Watch) -> Patient<S> {
        Patient { socket, within, watch, stalled: None }
    }

    /// What is to be said of a write.
    fn judge<T>(&mut self, context: &mut Context<'_>, written: Poll<Result<T>>) -> Poll<Result<T>> {
        if written.is_ready() || self.watch.0.load(Ordering::Relaxed) {
            self.stalled = None;
            return written;
        }
        let within = self.within;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(within)));
        match stalled.as_mut().poll(context) {
            Poll::Ready(()) => {
                Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "nothing was taken for too long")))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(context, bytes);
        self.judge(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(context, slices);
        self.judge(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let flushed = Pin::new(&mut self.socket).poll_flush(context);
        self.judge(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let shut = Pin::new(&mut self.socket).poll_shutdown(context);
        self.judge(context, shut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt as _;

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_not_waited_for_and_who_takes_a_little_is() {
        let (ours, mut theirs) = tokio::io::duplex(4);
        let within = Duration::from_secs(120);
        let mut patient = Patient::new(ours, within, Watch::default());
        patient.write_all(b"four").await.unwrap();
        let slowly = tokio::spawn(async move {
            for _ in 0..3 {
                tokio::time::sleep(Duration::from_secs(100)).await;
                tokio::io::AsyncReadExt::read_exact(&mut theirs, &mut [0; 4]).await.unwrap();
            }
            theirs
        });
        patient.write_all(b"and twelve more").await.unwrap_err();
        let _theirs = slowly.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn of_what_the_broker_watches_nothing_is_said_here() {
        let (ours, _theirs) = tokio::io::duplex(4);
        let watch = Watch::default();
        let mut patient = Patient::new(ours, Duration::from_secs(1), watch.clone());
        watch.ends();
        let waited = tokio::time::timeout(Duration::from_secs(600), patient.write_all(b"five!")).await;
        assert!(waited.is_err(), "it waits");
    }
}
