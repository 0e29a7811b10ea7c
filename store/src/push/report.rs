//! What came of what was told: for the person, and for those who look after the server.

use super::PushDeviceId;
use chat::{RoomId, Seq, Timestamp, UserId};
use std::time::Duration;

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its number among all attempts: see [`Outcome::number`].
    pub number: i64,
    /// One of a few words.
    pub word: &'static str,
    /// What the provider said, shortened; empty for nothing.
    pub reason: String,
    /// The provider's number for it; empty for none.
    pub id: String,
    /// Whether somebody was to be told and never will be.
    pub is_dead: bool,
}

impl Outcome {
    /// A number for an attempt that ended now. It grows with time; `chance` tells apart what ends at the same moment.
    #[must_use]
    pub fn number(at: Timestamp, chance: u32) -> i64 {
        at.0.saturating_mul(1 << 20) | i64::from(chance & 0xf_ffff)
    }
}

/// An attempt to tell a device something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Grows with every attempt of all devices.
    pub number: i64,
    /// Which device; it may be gone by now.
    pub device: PushDeviceId,
    /// Whose.
    pub user: UserId,
    /// For which app, and by whom.
    pub way: (String, String),
    /// Of which room, and up to which entry.
    pub place: (RoomId, Seq),
    /// How it ended: a word, what the provider said, its number for it.
    pub outcome: (String, String, String),
    /// When.
    pub at: Timestamp,
}

impl Delivery {
    /// How many attempts are kept of each device.
    pub const KEPT: u32 = 50;
    /// How many of those are kept that told nobody anything, of all devices.
    pub const DEAD_KEPT: u32 = 10_000;
}

/// What waits for one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    /// Which one.
    pub provider: String,
    /// How many notes.
    pub waiting: u64,
    /// How many of them were tried before.
    pub retried: u64,
    /// When the oldest was said.
    pub oldest: Option<Timestamp>,
}

/// How often something came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeCount {
    /// For which app, and by whom.
    pub way: (String, String),
    /// The word.
    pub outcome: String,
    /// What the provider said.
    pub reason: String,
    /// How often, since the store was made.
    pub times: u64,
    /// When last.
    pub last: Timestamp,
    /// How long it took on the average from what was said to this, since the store was made.
    pub age: Duration,
}
