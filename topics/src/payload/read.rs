//! How far a client has read: `42`, or `{"seq":42}`; under `cbor/` the same two.

use super::PayloadError;
use super::key::Key;
use super::object::{Notation, fields, whole_number};
use crate::Format;
use chat::Seq;

/// Reads the payload of `rooms/{room}/read`. Under `plain/` it is as in JSON.
///
/// # Errors
/// [`PayloadError::Wrong`] for anything but a whole number from 1.
pub fn parse(format: Format, payload: &[u8]) -> Result<Seq, PayloadError> {
    let notation = Notation::of(format).unwrap_or(Notation::Json);
    let seq = whole_number(notation, payload).or_else(|| {
        let mut read = fields::read(notation, payload, &[Key::Seq]).ok()?;
        read.number(Key::Seq).ok()?
    });
    seq.and_then(as_seq).ok_or(PayloadError::Wrong {
        key: "seq",
        expected: "a whole number from 1, alone or as the only key of an object",
    })
}

/// A number that can be the place of an entry: 1 to the greatest that the log can count.
pub(super) fn as_seq(number: u64) -> Option<Seq> {
    (number >= 1 && i64::try_from(number).is_ok()).then_some(Seq(number))
}
