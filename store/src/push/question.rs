//! Who might be told of what was said in a room, and what was decided.

use super::device::{PushDeviceId, PushLevel, Quiet};
use chat::{RoomId, Seq, Timestamp, UserId};

/// A room in which something waits to be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Which consumer's.
    pub kind: u8,
    /// Where.
    pub room: RoomId,
    /// The first entry of it.
    pub from: Seq,
    /// Since when it is due.
    pub at: Timestamp,
    /// The end of the room's log.
    pub last: Seq,
    /// How many members the room has.
    pub members: u32,
    /// Whether somebody in it has a device that may be told; of a large room that is not looked up.
    pub anybody: bool,
}

/// Who might be told.
#[derive(Debug, Clone)]
pub struct Question {
    /// In which room.
    pub room: RoomId,
    /// Of the entries from here …
    pub from: Seq,
    /// … up to here.
    pub to: Seq,
    /// Who said them: who keeps one of these away is told by [`Candidate::keeps_away`].
    pub senders: Vec<UserId>,
    /// Whether only those are wanted who are called or asked for everything.
    pub large: bool,
    /// After this device of this user.
    pub after: (UserId, PushDeviceId),
    /// At most so many; up to 500.
    pub limit: u32,
}

/// A device that might be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Which device.
    pub id: PushDeviceId,
    /// Whose.
    pub user: UserId,
    /// The MQTT client id.
    pub device: String,
    /// By whom it is reached.
    pub provider: String,
    /// The first entry the person may hear.
    pub hears_from: Seq,
    /// Up to where they have read.
    pub read: Seq,
    /// What they want of the room, if they said so.
    pub level: Option<PushLevel>,
    /// Until when nothing of the room shall ring.
    pub muted_until: Option<Timestamp>,
    /// When nothing at all shall ring.
    pub quiet: Option<Quiet>,
    /// The last of the entries that calls them.
    pub called: Option<Seq>,
    /// Which of the senders they keep away.
    pub keeps_away: Vec<UserId>,
    /// What its session left in the store, if there is one.
    pub seat: Option<Seat>,
    /// Up to where this device was told, or is to be, or it was given up.
    pub done: Seq,
}

/// What the store knows of a device's session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Whether nobody saw its connection end.
    pub running: bool,
    /// What the device is known to have acknowledged of the room.
    pub delivered: Seq,
}

/// What was decided on a room.
#[derive(Debug, Clone)]
pub struct PushDecision {
    /// Which consumer's; [`Due::kind`].
    pub kind: u8,
    /// Where.
    pub room: RoomId,
    /// Everything up to here was looked at. What was said since stays due.
    pub to: Seq,
    /// What is to be told.
    pub notes: Vec<NewNote>,
    /// From where it is to be looked at again after the grace, and when.
    pub again: Option<(Seq, Timestamp)>,
    /// Who said something, and so has read what was before it: what their devices show of it is taken back.
    pub read: Vec<(UserId, Seq)>,
    /// Now.
    pub now: Timestamp,
}

/// Something to be told to a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNote {
    /// Which device.
    pub device: PushDeviceId,
    /// Whose.
    pub user: UserId,
    /// By whom it is reached.
    pub provider: String,
    /// The first entry of it.
    pub from: Seq,
    /// And the last.
    pub seq: Seq,
    /// When the first was said.
    pub since: Timestamp,
}
