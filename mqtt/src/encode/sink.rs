//! Where written bytes go: into a buffer, or only into a sum.
//!
//! Each part of a packet is written by one function for both, so a length can't differ from what it counts.

use crate::ReasonCode;
use crate::packet::PacketId;
use crate::property::Property;
use bytes::{BufMut, BytesMut};

/// Takes the data types of the standard's section 1.5.
///
/// # Panics
/// Strings and binary data over 65,535 bytes have no encoding, nor have variable byte integers over
/// 268,435,455: nothing that was decoded is like that, and whoever makes packets bounds them.
pub(crate) trait Sink {
    fn raw(&mut self, bytes: &[u8]);

    fn byte(&mut self, number: u8) {
        self.raw(&[number]);
    }

    fn two(&mut self, number: u16) {
        self.raw(&number.to_be_bytes());
    }

    fn four(&mut self, number: u32) {
        self.raw(&number.to_be_bytes());
    }

    /// In the shortest way. `[MQTT5-1.5.5-1]`
    fn variable(&mut self, number: u32) {
        assert!(number < 1 << 28, "a variable byte integer ends at 268,435,455");
        let mut left = number;
        while left > 0x7f {
            self.byte(left as u8 | 0x80);
            left >>= 7;
        }
        self.byte(left as u8);
    }

    fn binary(&mut self, bytes: &[u8]) {
        self.two(u16::try_from(bytes.len()).expect("a string ends at 65,535 bytes"));
        self.raw(bytes);
    }

    fn packet_id(&mut self, id: PacketId) {
        self.two(id.get());
    }

    fn code(&mut self, code: ReasonCode) {
        self.byte(code as u8);
    }

    // Properties that may be absent.

    fn byte_property(&mut self, property: Property, number: Option<u8>) {
        if let Some(number) = number {
            self.raw(&[property as u8, number]);
        }
    }

    fn boolean_property(&mut self, property: Property, yes: Option<bool>) {
        self.byte_property(property, yes.map(u8::from));
    }

    fn two_property(&mut self, property: Property, number: Option<u16>) {
        if let Some(number) = number {
            self.byte(property as u8);
            self.two(number);
        }
    }

    fn four_property(&mut self, property: Property, number: Option<u32>) {
        if let Some(number) = number {
            self.byte(property as u8);
            self.four(number);
        }
    }

    fn variable_property(&mut self, property: Property, number: Option<u32>) {
        if let Some(number) = number {
            self.byte(property as u8);
            self.variable(number);
        }
    }

    fn binary_property(&mut self, property: Property, bytes: Option<&[u8]>) {
        if let Some(bytes) = bytes {
            self.byte(property as u8);
            self.binary(bytes);
        }
    }

    fn text_property(&mut self, property: Property, text: Option<&str>) {
        self.binary_property(property, text.map(str::as_bytes));
    }

    /// In their order. `[MQTT5-3.3.2-18]`
    fn user_properties<'a>(&mut self, properties: impl IntoIterator<Item = (&'a str, &'a str)>) {
        for (name, value) in properties {
            self.byte(Property::User as u8);
            self.binary(name.as_bytes());
            self.binary(value.as_bytes());
        }
    }

    /// A section with its length before it. `[MQTT5-2.2.2-1]`
    fn section(&mut self, properties: impl Section) {
        self.variable(count(|sum| properties.write(sum)) as u32);
        properties.write(self);
    }
}

/// A list of properties that can be written more than once.
pub(crate) trait Section {
    fn write(&self, sink: &mut (impl Sink + ?Sized));
}

impl Sink for BytesMut {
    fn raw(&mut self, bytes: &[u8]) {
        self.put_slice(bytes);
    }
}

/// Counts bytes and forgets them.
pub(crate) struct Sum(usize);

impl Sink for Sum {
    fn raw(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }
}

/// How many bytes this writes.
pub(crate) fn count(write: impl FnOnce(&mut Sum)) -> usize {
    let mut sum = Sum(0);
    write(&mut sum);
    sum.0
}

/// How many bytes a variable byte integer takes.
pub(crate) fn variable_len(number: usize) -> usize {
    count(|sum| sum.variable(u32::try_from(number).unwrap_or(u32::MAX)))
}
