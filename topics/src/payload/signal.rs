//! What members of a room tell each other and nobody keeps: the steps of a call, where a cursor is.
//!
//! As with a message, a payload that begins like a JSON object is one, every other is a signal as it stands, and under
//! `plain/` nothing is an object.

use super::PayloadError;
use super::key::Key;
use super::object::{Notation, Object, fields};
use super::say::{Standing, body, standing};
use super::{Properties, property};
use crate::Format;
use bytes::Bytes;
use chat::Handle;
use std::fmt;

/// What is signalled. Its `Debug` tells how much, never what.
#[derive(Clone, PartialEq, Eq)]
pub struct Signal {
    /// Bytes.
    pub body: Bytes,
    /// An object in JSON that every reader of JSON can take.
    pub data: Option<Box<str>>,
}

impl Signal {
    /// Bytes of it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.body.len() + self.data.as_deref().map_or(0, str::len)
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signal").field("len", &self.len()).finish()
    }
}

/// Reads the payload of `rooms/{room}/signal`.
///
/// # Errors
/// [`PayloadError`] for an object that is broken or has other keys than `body`, `body_base64` and `data`, and for one that
/// says nothing.
pub fn read(format: Format, payload: &Bytes) -> Result<Signal, PayloadError> {
    let signal = match standing(format, payload)? {
        Standing::Alone(body) => Signal { body, data: None },
        Standing::Object(notation) => {
            let mut read = fields::read(notation, payload, &[Key::Body, Key::BodyBase64, Key::Data])?;
            Signal { body: body(&mut read, payload)?, data: read.data(Key::Data)? }
        }
    };
    match signal.is_empty() {
        true => Err(PayloadError::Wrong { key: "body", expected: "there, or `data`: the signal is empty" }),
        false => Ok(signal),
    }
}

/// The signal as members hear it. Under `plain/` it is the body, byte for byte.
#[must_use]
pub fn write(room: &Handle, from: &Handle, signal: &Signal, format: Format) -> (Bytes, Properties) {
    let properties = || vec![property("room", room), property("from", from)];
    match Notation::of(format) {
        None => (signal.body.clone(), properties()),
        Some(Notation::Json) => (object(room, from, signal, Notation::Json), properties()),
        Some(Notation::Cbor) => (object(room, from, signal, Notation::Cbor), Vec::new()),
    }
}

fn object(room: &Handle, from: &Handle, signal: &Signal, notation: Notation) -> Bytes {
    let mut object = Object::with_capacity(notation, 96 + signal.len());
    object.text(Key::Room, room.as_str());
    object.text(Key::From, from.as_str());
    if !signal.body.is_empty() {
        object.body(&signal.body);
    }
    if let Some(data) = &signal.data {
        object.json(Key::Data, data);
    }
    object.end()
}
