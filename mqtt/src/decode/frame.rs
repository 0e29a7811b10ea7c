//! The fixed header: which packet, and how many bytes of it there will be.

use super::reader::{Variable, variable};
use crate::packet::Version;
use crate::packet_type::PacketType;
use crate::{Flaw, Limits};

/// The bytes of one whole packet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) kind: PacketType,
    /// The lower four bits of the first byte.
    pub(super) flags: u8,
    /// Everything after the fixed header.
    pub(super) body: &'a [u8],
    /// Bytes of the packet, header included.
    pub(super) len: usize,
}

/// What the fixed header announces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Announced {
    header: usize,
    body: u32,
    shortest: bool,
}

impl<'a> Frame<'a> {
    /// Takes a packet of this type from the front of `bytes`; `None` while it is incomplete. A packet that is
    /// too large is refused as soon as its header says so.
    pub(super) fn take(
        bytes: &'a [u8],
        kind: PacketType,
        version: Version,
        limits: &Limits,
    ) -> Result<Option<Frame<'a>>, Flaw> {
        let Some(&first) = bytes.first() else { return Ok(None) };
        if kind != PacketType::Publish && first != kind.first_byte() {
            return Err(Flaw::Flags);
        }
        let Some(announced) = Announced::read(bytes)? else { return Ok(None) };
        announced.check(version, limits)?;
        let len = announced.len();
        let Some(body) = bytes.get(announced.header..len) else { return Ok(None) };
        Ok(Some(Frame { kind, flags: first & 0b1111, body, len }))
    }
}

impl Announced {
    pub(super) fn read(bytes: &[u8]) -> Result<Option<Announced>, Flaw> {
        let Some(Variable { value, bytes, shortest }) = variable(bytes.get(1..).unwrap_or_default())? else {
            return Ok(None);
        };
        Ok(Some(Announced { header: 1 + bytes, body: value, shortest }))
    }

    /// Bytes of the fixed header.
    pub(super) const fn header(&self) -> usize {
        self.header
    }

    /// Bytes of the packet, header included; at most 268,435,460.
    pub(super) const fn len(&self) -> usize {
        self.header + self.body as usize
    }

    fn check(&self, version: Version, limits: &Limits) -> Result<(), Flaw> {
        // 3.1.1 lets a client write a length in more bytes than it needs, and small devices do.
        if version == Version::V5 && !self.shortest {
            return Err(Flaw::LengthNotShortest);
        }
        let bytes = self.header as u32 + self.body;
        if bytes > limits.packet {
            return Err(Flaw::TooLarge { bytes, limit: limits.packet });
        }
        Ok(())
    }
}
