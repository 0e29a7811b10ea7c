//! What is to be told to a device, taken for a while and settled.

use super::PushDeviceId;
use super::device::PushDevice;
use super::report::Outcome;
use chat::{Handle, RoomId, Seq, Timestamp, UserId};
use std::time::Duration;

/// Which notes shall be taken.
#[derive(Debug, Clone)]
pub struct Take {
    /// Of this provider.
    pub provider: String,
    /// Who takes them: a number that nobody else uses.
    pub by: i64,
    /// Now.
    pub now: Timestamp,
    /// How long nobody else takes them.
    pub hold: Duration,
    /// At most so many; up to 500.
    pub limit: u32,
}

/// Something to be told to a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where it is reached.
    pub device: PushDevice,
    /// Of which room. [`Note::TEST`] is none: whoever set this up wants to see whether it works.
    pub room: RoomId,
    /// What is to be told: the first entry and the last. Without it, what was told up to `told` is to be taken back.
    pub what: Option<(Seq, Seq)>,
    /// When the first of it was said.
    pub since: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Up to where the device shows something of this room; zero for nothing.
    pub told: Seq,
    /// Under which taking.
    pub by: i64,
}

impl Note {
    /// No room has this number.
    pub const TEST: RoomId = RoomId(0);
}

/// How things stand for somebody in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteContext {
    /// What the room is called in topics.
    pub handle: Handle,
    /// What people call it; absent in a room of two.
    pub name: Option<String>,
    /// Whether it is a room of two.
    pub direct: bool,
    /// Whether the person is in it.
    pub is_member: bool,
    /// Up to where they have read.
    pub read: Seq,
    /// How much is unread in all of their rooms that may ring.
    pub badge: u32,
}

/// What came of a note.
#[derive(Debug, Clone)]
pub struct Settled {
    /// Which device.
    pub device: PushDeviceId,
    /// Whose.
    pub user: UserId,
    /// For which app, and by whom.
    pub way: (String, String),
    /// Of which room.
    pub room: RoomId,
    /// The last entry of it.
    pub seq: Seq,
    /// When the first of it was said.
    pub since: Timestamp,
    /// Under which taking.
    pub by: i64,
    /// What becomes of the note.
    pub what: Settling,
    /// What is reported of it; nothing for what turned out not to be told.
    pub outcome: Option<Outcome>,
    /// Now.
    pub at: Timestamp,
}

/// What becomes of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settling {
    /// The device shows it.
    Told,
    /// It was taken back: the device shows nothing of the room.
    TakenBack,
    /// It is not told any more.
    Dropped,
    /// It is tried again then.
    Later(Timestamp),
    /// It was not tried, because nobody could be asked, and is then.
    Waits(Timestamp),
    /// The device is not there any more since then. One that registered again meanwhile stays.
    Gone(Timestamp),
    /// The device is not used until it registers again.
    Disabled(String),
}
