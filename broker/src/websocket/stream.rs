//! A WebSocket as a stream of bytes: packets may span its messages or share one. `[MQTT5-6.0.0-2]`

use axum::extract::ws::{Message, WebSocket};
use bytes::{Buf, Bytes};
use futures_util::{Sink, Stream};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes of one message we send. 16 KiB: each WebSocket keeps a buffer as large as its largest message was.
const LARGEST_MESSAGE: usize = 16 * 1024;

/// Reads the payloads of binary messages one after the other; each write is one message, or a few.
pub(super) struct WebSocketStream {
    socket: WebSocket,
    /// Of the last message, what was not read yet.
    rest: Bytes,
}

impl WebSocketStream {
    pub(super) fn new(socket: WebSocket) -> WebSocketStream {
        WebSocketStream { socket, rest: Bytes::new() }
    }

    /// The bytes of the next binary message; none at the end. A text message is an error, which ends the
    /// connection. `[MQTT5-6.0.0-1]`
    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<Bytes>>> {
        loop {
            match ready!(Pin::new(&mut self.socket).poll_next(cx)) {
                Some(Ok(Message::Binary(bytes))) => return Poll::Ready(Ok(Some(bytes))),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Text(_))) => {
                    return Poll::Ready(Err(io::Error::other("a text message carries no MQTT")));
                }
                Some(Ok(Message::Close(_))) | None => return Poll::Ready(Ok(None)),
                Some(Err(error)) => return Poll::Ready(Err(io::Error::other(error))),
            }
        }
    }
}

impl AsyncRead for WebSocketStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.rest.is_empty() {
            match ready!(self.poll_message(cx))? {
                Some(bytes) => self.rest = bytes,
                None => return Poll::Ready(Ok(())),
            }
        }
        let taken = self.rest.len().min(into.remaining());
        into.put_slice(&self.rest[..taken]);
        self.rest.advance(taken);
        if self.rest.is_empty() {
            self.rest = Bytes::new(); // an idle connection pins no message
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for WebSocketStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let socket = Pin::new(&mut self.socket);
        ready!(socket.poll_ready(cx)).map_err(io::Error::other)?;
        let bytes = &bytes[..bytes.len().min(LARGEST_MESSAGE)];
        let message = Message::Binary(Bytes::copy_from_slice(bytes));
        Pin::new(&mut self.socket).start_send(message).map_err(io::Error::other)?;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx).map_err(io::Error::other)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_close(cx).map_err(io::Error::other)
    }
}
