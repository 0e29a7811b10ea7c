//! Whether somebody is there: what a client says of its user, and what others hear.
//!
//! A client says it in one word (`busy`), or as an object that can say more. Others hear an object; under `plain/` the word.

use super::PayloadError;
use super::at::rfc3339;
use super::key::Key;
use super::object::fields::{self, Value};
use super::object::{Notation, Object, standing_alone};
use super::say::begins_like_an_object;
use super::{Properties, property};
use crate::Format;
use bytes::Bytes;
use chat::{Handle, Presence, PresenceText, Shown};

/// What the word for a state must be.
const WORDS: &str = "`online`, `away`, `busy` and `offline`";

/// What a client says on `me/presence`. What it leaves out stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SelfShown {
    /// The state of this device.
    pub state: Option<Presence>,
    /// What the user says of it; nothing takes away what they said.
    pub text: Option<Option<PresenceText>>,
    /// Whether the app is in the background on this device.
    pub background: Option<bool>,
}

/// Reads the payload of `me/presence`: a word, or an object. Under `plain/` it is a word.
///
/// # Errors
/// [`PayloadError`] for the first thing in it that can't be read.
pub fn read(format: Format, payload: &[u8]) -> Result<SelfShown, PayloadError> {
    match Notation::of(format) {
        Some(Notation::Cbor) if !payload.is_empty() => match standing_alone(payload)? {
            Some(Value::Text(word)) => state(&word),
            Some(_) => Err(Key::State.wrong(Notation::Cbor)),
            None => object(Notation::Cbor, payload),
        },
        Some(Notation::Json) if begins_like_an_object(payload) => object(Notation::Json, payload),
        _ => state(std::str::from_utf8(payload).unwrap_or_default()),
    }
}

fn state(word: &str) -> Result<SelfShown, PayloadError> {
    let state = Presence::from_word(word.trim()).ok_or(PayloadError::Word("state", WORDS))?;
    Ok(SelfShown { state: Some(state), ..SelfShown::default() })
}

fn object(notation: Notation, payload: &[u8]) -> Result<SelfShown, PayloadError> {
    let mut read = fields::read(notation, payload, &[Key::State, Key::Words, Key::Background])?;
    let state = read.text(Key::State)?.map(|word| state(&word)).transpose()?;
    let text = read.text(Key::Words)?.map(|text| words(&text)).transpose()?;
    let background = read.flag(Key::Background)?;
    Ok(SelfShown { text, background, ..state.unwrap_or_default() })
}

/// The text beside a state; an empty one is none.
fn words(text: &str) -> Result<Option<PresenceText>, PayloadError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let wrong = |_| PayloadError::Wrong {
        key: "text",
        expected: "at most 120 characters, none of them a control character",
    };
    PresenceText::new(text).map(Some).map_err(wrong)
}

/// Whether this user is there, as others hear it. Under `plain/` it is the word for their state.
#[must_use]
pub fn write(user: &Handle, shown: &Shown, format: Format) -> (Bytes, Properties) {
    match Notation::of(format) {
        None => (Bytes::from_static(shown.state.word().as_bytes()), properties(user, shown)),
        Some(Notation::Json) => (written(user, shown, Notation::Json), properties(user, shown)),
        Some(Notation::Cbor) => (written(user, shown, Notation::Cbor), Vec::new()),
    }
}

fn written(user: &Handle, shown: &Shown, notation: Notation) -> Bytes {
    let text = shown.text.as_ref().map(PresenceText::as_str);
    let mut object = Object::with_capacity(notation, 96 + text.map_or(0, str::len));
    object.text(Key::User, user.as_str());
    object.text(Key::State, shown.state.word());
    if let Some(text) = text {
        object.text(Key::Words, text);
    }
    if let Some(at) = shown.last_seen {
        object.time(Key::LastSeen, at);
    }
    object.end()
}

fn properties(user: &Handle, shown: &Shown) -> Properties {
    let mut properties = vec![property("user", user), property("state", shown.state.word())];
    properties.extend(shown.text.as_ref().map(|text| property("text", text.as_str())));
    properties.extend(shown.last_seen.map(|at| property("last_seen", rfc3339(at))));
    properties
}
