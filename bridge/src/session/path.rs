//! Where the path of a device ends: what the next entry has as `prev`.

use crate::heard::Heard;
use chat::Seq;

/// The last entry that a device was told of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Path {
    /// This one.
    At(Seq),
    /// This one or an earlier one: a cursor also goes past what was not for the device.
    Upto(Seq),
}

impl Path {
    /// What was told before this entry. It is never later than what the device has, or it would look for a gap.
    pub(crate) fn before(self, heard: &Heard) -> Seq {
        match self {
            Path::At(seq) => seq,
            Path::Upto(seq) => seq.min(heard.entry.reach.before),
        }
    }

    /// The last place it may be.
    pub(crate) fn end(self) -> Seq {
        match self {
            Path::At(seq) | Path::Upto(seq) => seq,
        }
    }
}
