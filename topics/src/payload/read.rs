//! How far a client has read: `42`, or `{"seq":42}`.

use super::PayloadError;
use chat::Seq;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    seq: u64,
}

/// Reads the payload of `rooms/{room}/read`, which is the same in every format.
///
/// # Errors
/// [`PayloadError::Wrong`] for anything but a whole number from 1.
pub fn parse(payload: &[u8]) -> Result<Seq, PayloadError> {
    let seq = if payload.trim_ascii_start().starts_with(b"{") {
        serde_json::from_slice(payload).map(|read: Read| read.seq)
    } else {
        serde_json::from_slice(payload)
    };
    seq.ok().and_then(as_seq).ok_or(PayloadError::Wrong {
        key: "seq",
        expected: "a whole number from 1, alone or as the only key of an object",
    })
}

/// A number that can be the place of an entry: 1 to the greatest that the log can count.
pub(super) fn as_seq(number: u64) -> Option<Seq> {
    (number >= 1 && i64::try_from(number).is_ok()).then_some(Seq(number))
}
