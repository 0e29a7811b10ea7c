//! Who is here: what memory knows of devices that are connected, before any of it is on the disk.

use chat::{RoomId, Seq, Timestamp, UserId};
use std::sync::Arc;

/// A device that is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// Its client id.
    pub device: Arc<str>,
    /// Up to where it acknowledged what it was sent of the room: the end of the unbroken prefix.
    pub delivered: Seq,
    /// Whether it said that nobody looks at it.
    pub background: bool,
    /// When its user last did something with it.
    pub active_at: Timestamp,
}

/// Who knows which devices are connected.
pub trait Attendance: Send + Sync {
    /// The devices of a user, and how far they are in a room.
    fn of(&self, user: UserId, room: RoomId) -> Vec<Here>;
}

/// Where nobody connects.
#[derive(Debug)]
pub struct Nobody;

impl Attendance for Nobody {
    fn of(&self, _: UserId, _: RoomId) -> Vec<Here> {
        Vec::new()
    }
}
