//! The draft of a say: its sender's own key for it.

use super::begins_like_an_object;
use crate::payload::PayloadError;
use crate::payload::nested::Text;
use crate::{Format, cut};
use chat::Draft;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use std::fmt;

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

/// The draft in a payload, as its sender wrote it, cut to [`Draft::MAX_LEN`] bytes: for the answer to a
/// publish that is refused. A payload that is broken behind its draft still has one. It reads the payload
/// again, so it is for refusals only.
#[must_use]
pub fn draft_in(format: Format, payload: &[u8]) -> Option<String> {
    if format == Format::Plain || !begins_like_an_object(payload) {
        return None;
    }
    let mut found = None;
    // What is wrong with the payload was told by [`super::read`].
    let _ = serde_json::Deserializer::from_slice(payload).deserialize_map(Finder { found: &mut found });
    found
}

/// Goes through an object as far as its draft.
struct Finder<'f> {
    found: &'f mut Option<String>,
}

impl<'de> Visitor<'de> for Finder<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if key.0 == "draft" {
                let draft: Text<'de> = map.next_value()?;
                *self.found = Some(cut(&draft.0, Draft::MAX_LEN).to_owned());
                break;
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}
