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
