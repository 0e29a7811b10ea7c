//! The socket of a connection, with somebody who listens in.
//!
//! `rumqttc` 0.34 keeps the code of a CONNACK that refuses and of a DISCONNECT, and drops what else they say; and it
//! can't say when it last heard anything. So what comes is looked at here on its way: CONNACK and DISCONNECT are
//! read, of everything else only the length. Not a byte is changed.
//!
//! Start at [`Overheard`].

use super::seal::Seal;
use crate::hints::Hints;
use bytes::BytesMut;
use parking_lot::Mutex;
use rumqttc::{Packet, default_socket_connect};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;
use tokio_util::either::Either;

/// Bytes of the longest CONNACK or DISCONNECT that is read.
const LONGEST: usize = 16 * 1024;

const CONNACK: u8 = 2;
const DISCONNECT: u8 = 14;

/// What was overheard on one connection. Clones are the same.
#[derive(Debug, Clone)]
pub(super) struct Overheard(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    usual_port: u16,
    scanner: Scanner,
    hints: Hints,
    heard: Instant,
    moved: Instant,
    is_full: bool,
}

impl Overheard {
    /// Nothing so far. The port is that of a server whose reference names none.
    pub(super) fn nothing(usual_port: u16) -> Overheard {
        let (scanner, hints, now) = (Scanner::default(), Hints::default(), Instant::now());
        let state = State { usual_port, scanner, hints, heard: now, moved: now, is_full: false };
        Overheard(Arc::new(Mutex::new(state)))
    }

    /// Makes `rumqttc` use a socket that is listened to, inside TLS where there is a seal: `rumqttc`'s own TLS would
    /// leave us outside of it.
    pub(super) fn on(&self, options: &mut rumqttc::MqttOptions, seal: Option<Seal>) {
        let overheard = self.clone();
        options.set_socket_connector(move |address, network| {
            let (overheard, seal) = (overheard.clone(), seal.clone());
            async move {
                let io = default_socket_connect(address, network).await?;
                let io = match seal {
                    Some(seal) => Either::Right(seal.shake(io).await?),
                    None => Either::Left(io),
                };
                Ok::<_, io::Error>(Socket { io, overheard })
            }
        });
    }

    /// What the last CONNACK or DISCONNECT advised.
    pub(super) fn hints(&self) -> Hints {
        self.0.lock().hints.clone()
    }

    /// The last time that the other side gave a sign of life: bytes that came, or [`Overheard::moved`].
    pub(super) fn alive(&self) -> Instant {
        let state = self.0.lock();
        state.heard.max(state.moved)
    }

    /// The last time that there was room again for bytes of ours, where there had been none.
    pub(super) fn moved(&self) -> Instant {
        self.0.lock().moved
    }

    fn came(&self, bytes: &[u8]) {
        let mut state = self.0.lock();
        if !bytes.is_empty() {
            state.heard = Instant::now();
        }
        if let Some(packet) = state.scanner.pass(bytes) {
            state.hints = Hints::of(&packet, state.usual_port);
        }
    }

    fn wrote<T>(&self, wrote: &Poll<io::Result<T>>) {
        let mut state = self.0.lock();
        match wrote {
            Poll::Pending => state.is_full = true,
            Poll::Ready(Ok(_)) if state.is_full => (state.is_full, state.moved) = (false, Instant::now()),
            Poll::Ready(_) => {}
        }
    }
}

/// Where in the stream of packets we are.
#[derive(Debug)]
enum Scanner {
    /// In a fixed header, of which these bytes came.
    Head(BytesMut),
    /// In a body, of which so many bytes are missing; with the packet so far, where it is one to be read.
    Body(usize, Option<BytesMut>),
    /// This is no MQTT.
    Lost,
}

impl Default for Scanner {
    fn default() -> Scanner {
        Scanner::Head(BytesMut::new())
    }
}

impl Scanner {
    /// Bytes pass by. Gives the last CONNACK or DISCONNECT that ended in them.
    fn pass(&mut self, mut bytes: &[u8]) -> Option<Packet> {
        let mut last = None;
        while !bytes.is_empty() {
            match self {
                Scanner::Head(head) => {
                    head.extend_from_slice(&bytes[..1]);
                    bytes = &bytes[1..];
                    if head.len() > 1 && head[head.len() - 1] < 0x80 {
                        *self = Scanner::body(std::mem::take(head));
                    } else if head.len() > 4 {
                        *self = Scanner::Lost;
                    }
                }
                Scanner::Body(left, kept) => {
                    let part = bytes.len().min(*left);
                    if let Some(kept) = kept {
                        kept.extend_from_slice(&bytes[..part]);
                    }
                    (*left, bytes) = (*left - part, &bytes[part..]);
                }
                Scanner::Lost => return last,
            }
            if let Scanner::Body(0, kept) = self {
                last = kept.take().and_then(|mut packet| Packet::read(&mut packet, None).ok()).or(last);
                *self = Scanner::default();
            }
        }
        last
    }

    fn body(head: BytesMut) -> Scanner {
        let len = head[1..].iter().rev().fold(0, |len: usize, byte| len << 7 | usize::from(byte & 0x7F));
        let is_read = matches!(head[0] >> 4, CONNACK | DISCONNECT) && len <= LONGEST;
        Scanner::Body(len, is_read.then_some(head))
    }
}

/// See the module.
struct Socket<S> {
    io: S,
    overheard: Overheard,
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.io).poll_read(cx, buf);
        self.overheard.came(&buf.filled()[before..]);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Socket<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.overheard.wrote(&wrote);
        wrote
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.io).poll_flush(cx);
        // TLS takes some bytes in before it has room for them.
        self.overheard.wrote(&flushed);
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CONNACK 0x88, PUBLISH, DISCONNECT 0x8B, each refusal with `a`=`b`.
    const STREAM: &[u8] = &[
        0x20, 10, 0, 0x88, 7, 0x26, 0, 1, b'a', 0, 1, b'b', //
        0x30, 5, 0, 1, b't', 0, 0x20, //
        0xE0, 9, 0x8B, 7, 0x26, 0, 1, b'a', 0, 1, b'b',
    ];

    #[test]
    fn however_the_stream_is_cut_connack_and_disconnect_are_read() {
        for size in 1..=STREAM.len() {
            let mut scanner = Scanner::default();
            let read: Vec<Packet> = STREAM.chunks(size).filter_map(|part| scanner.pass(part)).collect();
            assert!(matches!(read.last(), Some(Packet::Disconnect(_))), "{size}: {read:?}");
            let both = size < STREAM.len() - 12;
            assert!(!both || matches!(read[0], Packet::ConnAck(_)), "{size}: {read:?}");
        }
    }

    #[test]
    fn what_is_no_mqtt_is_not_read() {
        let mut scanner = Scanner::default();
        assert!(scanner.pass(&[0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).is_none());
        assert!(scanner.pass(STREAM).is_none());
    }
}
