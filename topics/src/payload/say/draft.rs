//! The draft of a say: its sender's own key for it.

use super::begins_like_an_object;
use crate::payload::PayloadError;
use crate::payload::key::Key;
use crate::payload::object::Notation;
use crate::payload::object::fields::{Fields, Value, find};
use crate::{Format, cut};
use chat::Draft;
use uuid::Uuid;

/// Reads a draft.
///
/// # Errors
/// [`PayloadError::Wrong`] for none at all or too long a one.
pub(super) fn read(text: &str) -> Result<Draft, PayloadError> {
    if matches!(text.len(), 1..=Draft::MAX_LEN) {
        Ok(Draft::from_text(text))
    } else {
        Err(PayloadError::Wrong { key: "draft", expected: "a text of 1 to 128 bytes" })
    }
}

/// The draft in an object, if it has one.
///
/// # Errors
/// [`PayloadError::Wrong`] where it can be none.
pub(super) fn inside(said: &mut Fields<'_>) -> Result<Option<Draft>, PayloadError> {
    match said.take(Key::Draft) {
        Value::Nothing => Ok(None),
        Value::Text(text) => read(&text).map(Some),
        Value::Bytes(bytes) => {
            Uuid::from_slice(&bytes).map(|uuid| Some(Draft(uuid))).map_err(|_| said.wrong(Key::Draft))
        }
        _ => Err(said.wrong(Key::Draft)),
    }
}

/// The draft in a payload, as its sender wrote it, cut to [`Draft::MAX_LEN`] bytes: for the answer to a
/// publish that is refused. The bytes of a UUID are given as its text. A payload that is broken behind its draft
/// still has one. It reads the payload again, so it is for refusals only.
#[must_use]
pub fn draft_in(format: Format, payload: &[u8]) -> Option<String> {
    let notation = Notation::of(format)?;
    if notation == Notation::Json && !begins_like_an_object(payload) {
        return None;
    }
    find(notation, payload, Key::Draft).map(|draft| cut(&draft, Draft::MAX_LEN).to_owned())
}
