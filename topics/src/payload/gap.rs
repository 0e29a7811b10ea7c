//! The marker in the place of entries that a device is not told one by one.

use super::key::Key;
use super::object::{Notation, Object};
use super::{Properties, property};
use crate::Format;
use bytes::Bytes;
use chat::{Handle, Seq};

/// `from` to `to`, both included, of this room are not told: the payload and its user properties. A user's own room has no
/// name.
#[must_use]
pub fn write(room: &Handle, from: Seq, to: Seq, format: Format) -> (Bytes, Properties) {
    let payload = Notation::of(format).map_or_else(Bytes::new, |notation| object(room, from, to, notation));
    let properties = match format {
        Format::Json | Format::Plain => {
            let mut properties = vec![property("kind", "gap")];
            properties.extend((!room.is_own()).then(|| property("room", room)));
            properties.extend([property("from", from), property("to", to)]);
            properties
        }
        Format::Cbor => Vec::new(),
    };
    (payload, properties)
}

fn object(room: &Handle, from: Seq, to: Seq, notation: Notation) -> Bytes {
    let mut gap = Object::with_capacity(notation, 128);
    gap.text(Key::Kind, "gap");
    if !room.is_own() {
        gap.text(Key::Room, room.as_str());
    }
    gap.number(Key::From, from.0);
    gap.number(Key::To, to.0);
    gap.end()
}
