//! What stands beside a PUBACK that means *stored*.

use super::AnswerProperties;
use super::at::rfc3339;
use chat::{Handle, Seq, Timestamp};

/// The user properties of the PUBACK (QoS 2: PUBREC) for an entry. `duplicate` says that this draft or
/// packet had been taken before, and that the other properties are those of that first time.
#[must_use]
pub fn properties(seq: Seq, room: &Handle, at: Timestamp, duplicate: bool) -> AnswerProperties {
    vec![
        ("seq", seq.to_string()),
        ("room", room.to_string()),
        ("at", rfc3339(at)),
        ("duplicate", duplicate.to_string()),
    ]
}
