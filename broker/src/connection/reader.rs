//! Bytes become packets, many for each read. Between two reads only a packet that is not whole is kept; it grows
//! with the bytes that came, never with the length it announced.

use super::{Io, scratch};
use bytes::{Buf, BytesMut};
use mqtt::packet::{Connect, Packet, Side, Version};
use mqtt::{Limits, Rejection};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::ReadBuf;

/// Packets handed on at once. 256: a Receive Maximum's worth; tiny packets weigh more than their bytes.
const BATCH: usize = 256;

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// In order. Not empty, unless the end came.
    pub(super) packets: Vec<Packet>,
    /// What came after them, if nothing more can.
    pub(super) end: Option<End>,
    /// Their bytes.
    pub(super) bytes: usize,
}

/// Why nothing more can be read.
#[derive(Debug)]
pub(super) enum End {
    /// The socket closed or broke.
    Lost,
    /// The bytes were no packet.
    Broken(Rejection),
}

/// The reading side of a connection.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// Read and not decoded.
    rest: BytesMut,
    /// `rest` may hold whole packets.
    more: bool,
}

impl Reader {
    /// Reads until at least one packet is whole, or nothing more can come.
    pub(super) fn poll_batch<S: Io>(
        &mut self,
        cx: &mut Context<'_>,
        io: &mut S,
        version: Version,
        limits: &Limits,
    ) -> Poll<Batch> {
        loop {
            if self.more {
                let mut batch = Batch::default();
                let used = batch.decode(&self.rest, version, limits);
                self.more = batch.is_full();
                self.keep_from(used);
                if !batch.packets.is_empty() || batch.end.is_some() {
                    return Poll::Ready(batch);
                }
            }
            let read = scratch::reading(|buffer| self.poll_read(cx, io, buffer, version, limits));
            if let Some(batch) = ready!(read) {
                return Poll::Ready(batch);
            }
        }
    }

    /// Reads until the first packet, a CONNECT, is whole. None when the socket closes before.
    pub(super) fn poll_connect<S: Io>(
        &mut self,
        cx: &mut Context<'_>,
        io: &mut S,
        limits: &Limits,
    ) -> Poll<Option<Result<Connect, Rejection>>> {
        loop {
            match mqtt::decode_greeting(&self.rest, limits) {
                Err(rejection) => return Poll::Ready(Some(Err(rejection))),
                Ok(Some((connect, used))) => {
                    self.keep_from(used);
                    self.more = !self.rest.is_empty();
                    return Poll::Ready(Some(Ok(connect)));
                }
                Ok(None) => {}
            }
            let read = scratch::reading(|buffer| {
                let bytes = ready!(poll_bytes(cx, io, buffer));
                self.rest.extend_from_slice(bytes);
                Poll::Ready(!bytes.is_empty())
            });
            if !ready!(read) {
                return Poll::Ready(None);
            }
        }
    }

    /// One read. Where nothing was left over, packets are decoded where they were read. None if none is whole.
    fn poll_read<S: Io>(
        &mut self,
        cx: &mut Context<'_>,
        io: &mut S,
        buffer: &mut [u8],
        version: Version,
        limits: &Limits,
    ) -> Poll<Option<Batch>> {
        let bytes = ready!(poll_bytes(cx, io, buffer));
        if bytes.is_empty() {
            return Poll::Ready(Some(Batch { end: Some(End::Lost), ..Batch::default() }));
        }
        if !self.rest.is_empty() {
            self.rest.extend_from_slice(bytes);
            self.more = true;
            return Poll::Ready(None);
        }
        let mut batch = Batch::default();
        let used = batch.decode(bytes, version, limits);
        self.rest.extend_from_slice(&bytes[used..]);
        self.more = batch.is_full();
        Poll::Ready((!batch.packets.is_empty() || batch.end.is_some()).then_some(batch))
    }

    fn keep_from(&mut self, used: usize) {
        self.rest.advance(used);
        if self.rest.is_empty() {
            self.rest = BytesMut::new();
        }
    }
}

impl Batch {
    /// More is probably waiting.
    pub(super) fn is_full(&self) -> bool {
        self.packets.len() == BATCH
    }

    /// Decodes what is whole, up to [`BATCH`]; gives the number of bytes used.
    fn decode(&mut self, bytes: &[u8], version: Version, limits: &Limits) -> usize {
        let mut used = 0;
        while self.packets.len() < BATCH {
            match mqtt::decode(&bytes[used..], Side::Client, version, limits) {
                Ok(None) => break,
                Ok(Some((packet, length))) => {
                    self.packets.push(packet);
                    used += length;
                    self.bytes += length;
                }
                Err(rejection) => {
                    self.end = Some(End::Broken(rejection));
                    break;
                }
            }
        }
        used
    }
}

/// The bytes of one read; none at the end. A broken socket is an end like any other.
fn poll_bytes<'b, S: Io>(cx: &mut Context<'_>, io: &mut S, buffer: &'b mut [u8]) -> Poll<&'b [u8]> {
    let mut into = ReadBuf::new(buffer);
    let read = ready!(Pin::new(io).poll_read(cx, &mut into));
    let length = if read.is_ok() { into.filled().len() } else { 0 };
    Poll::Ready(&buffer[..length])
}
