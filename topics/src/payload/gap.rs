//! The marker in the place of entries that a device is not told one by one.

use super::object::Object;
use super::{Properties, property};
use crate::Format;
use bytes::Bytes;
use chat::{Handle, Seq};

/// `from` to `to`, both included, of this room are not told: the payload and its user properties.
#[must_use]
pub fn write(room: &Handle, from: Seq, to: Seq, format: Format) -> (Bytes, Properties) {
    let properties =
        vec![property("kind", "gap"), property("room", room), property("from", from), property("to", to)];
    (payload(room, from, to, format), properties)
}

fn payload(room: &Handle, from: Seq, to: Seq, format: Format) -> Bytes {
    if format == Format::Plain {
        return Bytes::new();
    }
    let mut gap = Object::with_capacity(128);
    gap.text("kind", "gap");
    gap.text("room", room.as_str());
    gap.number("from", from.0);
    gap.number("to", to.0);
    gap.end()
}
