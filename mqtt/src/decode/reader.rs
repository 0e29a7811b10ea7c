//! The data types of the standard's section 1.5, read from the front of a packet's bytes.
//!
//! What is read is borrowed, and nothing is allocated: a length that lies costs nothing.

use crate::Flaw;
use crate::packet::PacketId;
use bytes::Bytes;
use std::str;

/// The greatest variable byte integer is four bytes of seven bits. `[MQTT5-1.5.5]`
const VARIABLE_BYTES: usize = 4;

/// What is left of a packet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    left: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { left: bytes }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// That nothing is left.
    pub(super) const fn end(&self) -> Result<(), Flaw> {
        if self.left.is_empty() { Ok(()) } else { Err(Flaw::Trailing) }
    }

    /// Everything that is left.
    pub(super) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.left)
    }

    pub(super) fn take(&mut self, len: usize) -> Result<&'a [u8], Flaw> {
        let (taken, left) = self.left.split_at_checked(len).ok_or(Flaw::Truncated)?;
        self.left = left;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Flaw> {
        let (taken, left) = self.left.split_first_chunk::<N>().ok_or(Flaw::Truncated)?;
        self.left = left;
        Ok(*taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Flaw> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn two(&mut self) -> Result<u16, Flaw> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn four(&mut self) -> Result<u32, Flaw> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn variable(&mut self) -> Result<u32, Flaw> {
        let Variable { value, bytes, shortest } = variable(self.left)?.ok_or(Flaw::Truncated)?;
        self.left = &self.left[bytes..];
        if shortest { Ok(value) } else { Err(Flaw::LengthNotShortest) }
    }

    pub(super) fn binary(&mut self) -> Result<&'a [u8], Flaw> {
        let len = self.two()?;
        self.take(usize::from(len))
    }

    /// A UTF-8 string. U+FEFF, noncharacters and controls are allowed and kept. `[MQTT5-1.5.4-3]`
    pub(super) fn text(&mut self) -> Result<&'a str, Flaw> {
        let bytes = self.binary()?;
        if bytes.contains(&0) {
            return Err(Flaw::Nul);
        }
        str::from_utf8(bytes).map_err(|_| Flaw::NotUtf8)
    }

    pub(super) fn packet_id(&mut self) -> Result<PacketId, Flaw> {
        PacketId::new(self.two()?).ok_or(Flaw::PacketIdZero)
    }
}

/// A variable byte integer as it was found.
pub(super) struct Variable {
    pub(super) value: u32,
    pub(super) bytes: usize,
    /// Whether no shorter form has this value. `[MQTT5-1.5.5-1]`
    pub(super) shortest: bool,
}

/// Reads one from the front; `None` where it goes on after the last byte given.
pub(super) fn variable(bytes: &[u8]) -> Result<Option<Variable>, Flaw> {
    let mut value = 0;
    for (place, &byte) in bytes.iter().take(VARIABLE_BYTES).enumerate() {
        value |= u32::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok(Some(Variable { value, bytes: place + 1, shortest: byte != 0 || place == 0 }));
        }
    }
    if bytes.len() < VARIABLE_BYTES { Ok(None) } else { Err(Flaw::Length) }
}

/// Bytes of a packet's own. A slice would keep the whole read buffer alive.
pub(super) fn owned(bytes: &[u8]) -> Bytes {
    Bytes::copy_from_slice(bytes)
}
