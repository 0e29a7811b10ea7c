//! Who is writing: a member says so, and the server tells the others who and where.

use super::PayloadError;
use super::key::Key;
use super::object::{Notation, Object, fields, flag};
use super::{Properties, property};
use crate::Format;
use bytes::Bytes;
use chat::Handle;

/// Reads the payload of `rooms/{room}/typing`: `true` or `false`, or an object with `typing`. Under `plain/` it is as in JSON.
///
/// # Errors
/// [`PayloadError::Wrong`] for anything else.
pub fn read(format: Format, payload: &[u8]) -> Result<bool, PayloadError> {
    let notation = Notation::of(format).unwrap_or(Notation::Json);
    let typing = flag(notation, payload).or_else(|| {
        let mut read = fields::read(notation, payload, &[Key::Typing]).ok()?;
        read.flag(Key::Typing).ok()?
    });
    typing.ok_or(PayloadError::Wrong {
        key: "typing",
        expected: "true or false, alone or as the only key of an object",
    })
}

/// That somebody is writing in a room, or no longer. Under `plain/` it is `true` or `false`.
#[must_use]
pub fn write(room: &Handle, user: &Handle, typing: bool, format: Format) -> (Bytes, Properties) {
    let Some(notation) = Notation::of(format) else {
        let payload = Bytes::from_static(if typing { b"true" } else { b"false" });
        return (payload, properties(room, user, typing));
    };
    let mut object = Object::with_capacity(notation, 96);
    object.text(Key::Room, room.as_str());
    object.text(Key::User, user.as_str());
    object.flag(Key::Typing, typing);
    let beside = if format == Format::Cbor { Vec::new() } else { properties(room, user, typing) };
    (object.end(), beside)
}

fn properties(room: &Handle, user: &Handle, typing: bool) -> Properties {
    vec![property("room", room), property("user", user), property("typing", typing)]
}
