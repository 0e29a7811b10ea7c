//! Where a device is reached, and what its person wants of it.

use chat::{Timestamp, UserId};
use std::fmt;

/// A registration, by a fresh snowflake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PushDeviceId(pub i64);

/// What a provider knows a device by. Who has it can try to tell the device something, so it does not print itself.
#[derive(Clone, PartialEq, Eq)]
pub struct PushAddress(pub String);

impl fmt::Debug for PushAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PushAddress(of {} bytes)", self.0.len())
    }
}

/// A device that is reached by a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushDevice {
    /// Its number.
    pub id: PushDeviceId,
    /// Whose.
    pub user: UserId,
    /// The MQTT client id: how far this device has heard is what its session says.
    pub device: String,
    /// For which app.
    pub app: String,
    /// By whom.
    pub provider: String,
    /// What sort of address it is and how it wants to be told, in words that only their giver reads.
    pub how: String,
    /// Under which name.
    pub address: PushAddress,
    /// When the device last said so.
    pub registered_at: Timestamp,
    /// Why it is not used until it registers again, and since when.
    pub disabled: Option<(String, Timestamp)>,
}

/// A device that registers. Its `disabled` is ignored: whoever registers is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPushDevice(pub PushDevice);

/// Whether a device was registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// It is, for the first time for this app.
    New,
    /// It was before, and is known by what it said now.
    Renewed,
    /// The user has as many as they may.
    TooMany,
}

/// What of a room is told to a person who is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum PushLevel {
    /// Whatever is said.
    All = 1,
    /// What calls them.
    Mentions = 2,
    /// Nothing.
    None = 3,
}

impl PushLevel {
    /// Every level.
    pub const ALL: [PushLevel; 3] = [PushLevel::All, PushLevel::Mentions, PushLevel::None];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            PushLevel::All => "all",
            PushLevel::Mentions => "mentions",
            PushLevel::None => "none",
        }
    }

    /// The level with this stored number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<PushLevel> {
        PushLevel::ALL.into_iter().find(|level| i64::from(*level as u8) == number)
    }
}

/// What a person set for all of their devices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Habits {
    /// When nothing is told.
    pub quiet: Option<Quiet>,
}

/// Hours of every day in which nothing is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quiet {
    /// Minutes after midnight, 0 to 1,439: the first one.
    pub from: u16,
    /// And the first one that is quiet no more; before `from` it is one of the next day.
    pub to: u16,
    /// Whose midnight: a name of the IANA database.
    pub zone: String,
}
