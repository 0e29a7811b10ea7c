//! What stands beside a PUBACK that means *stored*.

use super::at::rfc3339;
use super::{Properties, property};
use chat::{Handle, Seq, Timestamp};

/// The user properties of the PUBACK (QoS 2: PUBREC) for an entry. `duplicate` says that this draft or packet had been
/// taken before, and that the other properties are those of that first time.
#[must_use]
pub fn properties(seq: Seq, room: &Handle, at: Timestamp, duplicate: bool) -> Properties {
    vec![
        property("seq", seq),
        property("room", room),
        property("at", rfc3339(at)),
        property("duplicate", duplicate),
    ]
}
