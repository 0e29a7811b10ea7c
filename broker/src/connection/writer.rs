//! What waits becomes bytes, as many as possible for each write. The connection keeps only what the kernel did not
//! take.

use super::{Io, scratch};
use crate::application::{Acknowledged, Farewell};
use crate::outbound::{Ending, Shared};
use bytes::{Buf, Bytes, BytesMut};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::SystemTime;

/// The writing side of a connection.
#[derive(Debug, Default)]
pub(super) struct Writer {
    /// Encoded and not taken by the kernel.
    rest: Bytes,
    /// Written, and perhaps not yet on its way.
    unflushed: bool,
    /// What was written since it was last counted.
    wrote: Wrote,
}

/// What was written.
#[derive(Debug, Default)]
pub(super) struct Wrote {
    pub(super) bytes: usize,
    pub(super) publishes: usize,
}

impl Writer {
    /// Writes what waits, until nothing does or the kernel takes no more. Ready when the connection must end:
    /// somebody asked for it, or the socket broke. Wakes when either side has something to do.
    pub(super) fn poll<S: Io>(
        &mut self,
        cx: &mut Context<'_>,
        io: &mut S,
        shared: &Shared,
        done: impl Fn(Vec<Acknowledged>),
    ) -> Poll<Ending> {
        shared.task.register(cx.waker());
        loop {
            match self.poll_rest(cx, io) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => return Poll::Ready(Ending::unheard(Farewell::SocketLost)),
                Poll::Pending => return shared.lock().ending().map_or(Poll::Pending, Poll::Ready),
            }
            let acknowledged = shared.written();
            if !acknowledged.is_empty() {
                done(acknowledged);
            }
            if let Some(ending) = shared.lock().ending() {
                return Poll::Ready(ending);
            }
            let wrote = scratch::writing(|buffer| {
                self.wrote.publishes += shared.fill(buffer, SystemTime::now());
                self.wrote.bytes += buffer.len();
                self.poll_first(cx, io, buffer)
            });
            if !wrote && !shared.has_done() {
                return Poll::Pending;
            }
        }
    }

    /// What was written since the last call.
    pub(super) fn wrote(&mut self) -> Wrote {
        std::mem::take(&mut self.wrote)
    }

    /// Adds bytes behind what is left; for last words.
    pub(super) fn append(&mut self, more: &BytesMut) {
        let mut all = BytesMut::from(std::mem::take(&mut self.rest));
        all.extend_from_slice(more);
        self.rest = all.freeze();
    }

    /// Writes what is left and sees it on its way.
    pub(super) fn poll_rest<S: Io>(&mut self, cx: &mut Context<'_>, io: &mut S) -> Poll<io::Result<()>> {
        while !self.rest.is_empty() {
            let wrote = ready!(Pin::new(&mut *io).poll_write(cx, &self.rest))?;
            if wrote == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.unflushed = true;
            self.rest.advance(wrote);
        }
        self.rest = Bytes::new();
        if self.unflushed {
            ready!(Pin::new(io).poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// The first try of a full buffer: mostly the kernel takes it whole, and nothing is copied. False if it was
    /// empty. An error comes again with the next try.
    fn poll_first<S: Io>(&mut self, cx: &mut Context<'_>, io: &mut S, buffer: &[u8]) -> bool {
        if buffer.is_empty() {
            return false;
        }
        let wrote = match Pin::new(io).poll_write(cx, buffer) {
            Poll::Ready(Ok(wrote)) => wrote,
            Poll::Ready(Err(_)) | Poll::Pending => 0,
        };
        self.unflushed = true;
        self.rest = Bytes::copy_from_slice(&buffer[wrote..]);
        true
    }
}
