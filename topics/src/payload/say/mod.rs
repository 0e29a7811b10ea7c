//! What a client asks a room to take.
//!
//! A payload that begins like a JSON object is one, or is refused; every other payload is a message as it
//! stands, so that `mosquitto_pub -m hello` works. Under `plain/` nothing is an object. What an object
//! says about itself, a payload that stands alone can say in user properties.
//!
//! Start at [`read`].

mod draft; // the sender's own key

mod kind; // which kinds clients may say

mod object; // the JSON object

mod properties; // the user properties beside it

pub use draft::draft_in;
pub use properties::SayProperties;

use super::PayloadError;
use super::read::as_seq;
use crate::Format;
use bytes::Bytes;
use chat::{Content, Draft, Handle, Kind, Seq};

/// Reads what is said, and the draft it is said under. A body is not copied unless something in it was
/// escaped.
///
/// # Errors
/// [`PayloadError`] for an object that is broken or says what no message can, and for a user property
/// likewise.
pub fn read(
    format: Format,
    payload: &Bytes,
    properties: &SayProperties<'_>,
) -> Result<(Option<Draft>, Content), PayloadError> {
    let beside = properties.draft.map(draft::read).transpose()?;
    if format == Format::Plain || !begins_like_an_object(payload) {
        return Ok((beside, as_it_stands(payload, properties)?));
    }
    let (inside, content) = object::read(payload)?;
    match (inside, beside) {
        (Some(inside), Some(beside)) if inside != beside => {
            Err(PayloadError::Contradiction("draft", "the payload and the user property differ"))
        }
        _ => Ok((inside.or(beside), content)),
    }
}

/// Whether the first byte after JSON's white space is `{`.
fn begins_like_an_object(payload: &[u8]) -> bool {
    payload.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) == Some(&b'{')
}

/// The payload is the body, and the user properties say the rest.
fn as_it_stands(payload: &Bytes, properties: &SayProperties<'_>) -> Result<Content, PayloadError> {
    let mentions = properties.mentions.iter().map(|who| mention(who)).collect::<Result<_, _>>()?;
    Ok(Content {
        kind: properties.kind.map_or(Ok(Kind::Text), kind::said)?,
        body: payload.clone(),
        reply_to: properties.reply_to.map(reply_to).transpose()?,
        mentions,
        data: None,
    })
}

fn mention(who: &str) -> Result<Handle, PayloadError> {
    Handle::new(who).map_err(|_| PayloadError::Wrong { key: "mention", expected: "a handle" })
}

fn reply_to(digits: &str) -> Result<Seq, PayloadError> {
    let digits = digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(digits);
    digits
        .and_then(|digits| digits.parse().ok())
        .and_then(as_seq)
        .ok_or(PayloadError::Wrong { key: "reply_to", expected: "a whole number from 1" })
}
