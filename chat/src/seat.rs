//! What somebody is in a room.

use crate::{Denial, Role, Timestamp};
use std::time::Duration;

/// What somebody is in a room now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Their role.
    pub role: Role,
    /// Until when they listen only.
    pub muted_until: Option<Timestamp>,
}

impl Seat {
    /// How long they still listen only, if they do.
    ///
    /// # Errors
    /// [`Denial::Muted`].
    pub fn may_speak(&self, at: Timestamp) -> Result<(), Denial> {
        match self.muted_until.filter(|until| *until > at) {
            None => Ok(()),
            Some(Timestamp::NEVER) => Err(Denial::Muted(None)),
            Some(until) => {
                let left = u64::try_from(until.0.saturating_sub(at.0)).unwrap_or(0);
                Err(Denial::Muted(Some(Duration::from_millis(left))))
            }
        }
    }
}
