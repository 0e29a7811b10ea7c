//! What a client asks a room to take.
//!
//! A payload that begins like a JSON object is one, or is refused; every other payload is a message as it
//! stands, so that `mosquitto_pub -m hello` works. In CBOR a text or bytes alone are such a message. Under
//! `plain/` nothing is an object. What an object says about itself, a payload that stands alone can say in user
//! properties.
//!
//! Start at [`read`].

mod draft; // the sender's own key

mod kind; // which kinds clients may say

mod object; // the object that says more

mod properties; // the user properties beside it

mod parts; // and what both come to

pub use draft::draft_in;
pub use properties::SayProperties;

use super::PayloadError;
use super::object::{Notation, standing_alone};
use super::read::as_seq;
use crate::Format;
use bytes::Bytes;
use chat::{Ask, Draft, Handle, Kind, MediaId, Mention, Seq};
use parts::Parts;

pub(super) use object::body;

/// Reads what is asked for, and the draft it is asked under. A body is not copied unless something in it was
/// escaped.
///
/// # Errors
/// [`PayloadError`] for an object that is broken or says what its kind can't, and for a user property
/// likewise.
pub fn read(
    format: Format,
    payload: &Bytes,
    properties: &SayProperties<'_>,
) -> Result<(Option<Draft>, Ask), PayloadError> {
    let beside = properties.draft.map(draft::read).transpose()?;
    let notation = match standing(format, payload)? {
        Standing::Alone(body) => return Ok((beside, as_it_stands(body, properties)?)),
        Standing::Object(notation) => notation,
    };
    let (inside, ask) = object::read(notation, payload)?;
    match (inside, beside) {
        (Some(inside), Some(beside)) if inside != beside => {
            Err(PayloadError::Contradiction("draft", "the payload and the user property differ"))
        }
        _ => Ok((inside.or(beside), ask)),
    }
}

/// What a payload is.
pub(super) enum Standing {
    /// A body and nothing else.
    Alone(Bytes),
    /// An object, or the beginning of one.
    Object(Notation),
}

pub(super) fn standing(format: Format, payload: &Bytes) -> Result<Standing, PayloadError> {
    match Notation::of(format) {
        Some(Notation::Cbor) if !payload.is_empty() => {
            let alone = standing_alone(payload)?.and_then(|alone| object::as_bytes(alone, payload));
            Ok(alone.map_or(Standing::Object(Notation::Cbor), Standing::Alone))
        }
        Some(Notation::Json) if begins_like_an_object(payload) => Ok(Standing::Object(Notation::Json)),
        _ => Ok(Standing::Alone(payload.clone())),
    }
}

/// Whether the first byte after JSON's white space is `{`.
pub(super) fn begins_like_an_object(payload: &[u8]) -> bool {
    payload.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) == Some(&b'{')
}

/// The payload is the body, and the user properties say the rest.
fn as_it_stands(body: Bytes, properties: &SayProperties<'_>) -> Result<Ask, PayloadError> {
    let mentions = properties.mentions.iter().map(|who| mention(who)).collect::<Result<_, _>>()?;
    let parts = Parts {
        kind: properties.kind.map_or(Ok(Kind::Text), kind::said)?,
        of: properties.of.map(|digits| place("of", digits)).transpose()?,
        body,
        reply_to: properties.reply_to.map(|digits| place("reply_to", digits)).transpose()?,
        mentions,
        data: None,
        media: properties.media.map(media).transpose()?,
        of_room: properties.of_room.map(of_room).transpose()?,
    };
    parts.ask()
}

fn of_room(room: &str) -> Result<Handle, PayloadError> {
    Handle::new(room).map_err(|_| PayloadError::Wrong { key: "of_room", expected: "the handle of a room" })
}

fn mention(who: &str) -> Result<Mention, PayloadError> {
    Mention::new(who).map_err(|_| PayloadError::Wrong { key: "mention", expected: "a handle, or `@all`" })
}

fn media(digits: &str) -> Result<MediaId, PayloadError> {
    MediaId::from_digits(digits).ok_or(PayloadError::Wrong { key: "media", expected: "up to 19 digits" })
}

fn place(key: &'static str, digits: &str) -> Result<Seq, PayloadError> {
    let digits = digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(digits);
    digits
        .and_then(|digits| digits.parse().ok())
        .and_then(as_seq)
        .ok_or(PayloadError::Wrong { key, expected: parts::A_PLACE })
}
