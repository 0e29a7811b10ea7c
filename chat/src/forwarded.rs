//! Where a message was said first.

use crate::{Handle, Seq};

/// The message that another one repeats in another room, as who repeats it found it. It is named and no more: who may
/// not read that room can't follow it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forwarded {
    /// The room it was said in.
    pub room: Handle,
    /// Its place there.
    pub seq: Seq,
    /// Who said it.
    pub from: Handle,
}

impl Forwarded {
    /// In place of what can't be read any more: only to find that it was said on before, see
    /// [`crate::Content::says_the_same`]. Nothing is said on from there.
    #[must_use]
    pub const fn lost(room: Handle, from: Handle) -> Forwarded {
        Forwarded { room, seq: Seq::ZERO, from }
    }

    fn is_lost(&self) -> bool {
        self.seq == Seq::ZERO
    }

    /// Whether both are the same message, as far as that can be known.
    pub(crate) fn is_same(&self, other: &Forwarded) -> bool {
        self == other || self.is_lost() || other.is_lost()
    }
}
