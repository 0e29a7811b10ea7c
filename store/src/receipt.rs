//! How far messages have come to the people of a room: delivered, and read.
//!
//! Two marks for each person and room, which only grow; no row for a message or a device. Delivered is the furthest that
//! any device of theirs has acknowledged without a gap; whoever has read something has it. Rooms of more than
//! [`chat::LARGE`] members have no delivered marks: what is kept of them is what each reader needs for themselves.
//!
//! A delivered mark that a crash loses is a moment old, and is made good by the next thing that the person's devices
//! acknowledge; nothing else depends on it.

use crate::{Error, Person, SessionId};
use async_trait::async_trait;
use chat::{Handle, RoomId, Seq, UserId};

/// A device of somebody has everything up to here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivered {
    /// Whose.
    pub user: UserId,
    /// Where.
    pub room: RoomId,
    /// Up to which entry.
    pub seq: Seq,
}

/// How far a person is in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Who.
    pub user: UserId,
    /// Where.
    pub room: RoomId,
    /// Up to where some device of theirs has everything; never less than `read`.
    pub delivered: Seq,
    /// Up to where they have read.
    pub read: Seq,
}

/// A member now, and how far they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberProgress {
    /// Who.
    pub person: Person,
    /// The entry of the join.
    pub joined: Seq,
    /// Up to where some device of theirs has everything; never less than `read`.
    pub delivered: Seq,
    /// Up to where they have read.
    pub read: Seq,
}

/// How many are in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSize {
    /// Where.
    pub room: RoomId,
    /// What the room is called.
    pub handle: Handle,
    /// Members now.
    pub members: u32,
}

/// A session that outlives its connections, and how far it is in one room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceProgress {
    /// Whose.
    pub user: UserId,
    /// Which session.
    pub session: SessionId,
    /// The MQTT client id.
    pub client_id: Box<str>,
    /// Where replay goes on; absent where it was never in the room.
    pub resume: Option<Seq>,
    /// Up to where it has acknowledged everything.
    pub delivered: Seq,
    /// Sent beyond that or in it, and not acknowledged, when it was last saved; in the order of sending.
    pub in_flight: Vec<Seq>,
}

impl Progress {
    /// With both marks as they are kept: what was read was delivered.
    #[must_use]
    pub fn of(user: UserId, room: RoomId, delivered: Seq, read: Seq) -> Progress {
        Progress { user, room, delivered: delivered.max(read), read }
    }
}

/// The part of a store that knows how far people are.
#[async_trait]
pub trait Receipts: Send + Sync {
    /// Moves delivered marks forward, in one transaction, and says which have moved, in any order. One past the end of its
    /// room is cut to the end. One that is behind, of somebody who is not in the room, or of a large room changes nothing, and
    /// costs no write.
    async fn deliver(&self, marks: &[Delivered]) -> Result<Vec<Progress>, Error>;

    /// Members of a room now and how far they are, by handle, after `after`, at most `limit` (up to 1,000).
    async fn progress(
        &self,
        room: RoomId,
        after: Option<&Handle>,
        limit: u32,
    ) -> Result<Vec<MemberProgress>, Error>;

    /// How many are in these rooms (up to 1,000), in any order; unknown rooms are left out.
    async fn sizes(&self, rooms: &[RoomId]) -> Result<Vec<RoomSize>, Error>;

    /// Who said the newest messages after the one place and up to the other, of each of these rooms (up to 1,000) at most
    /// `each` (up to 32), in any order. What is done to messages is none.
    async fn sayers(
        &self,
        stretches: &[(RoomId, Seq, Seq)],
        each: u32,
    ) -> Result<Vec<(RoomId, Seq, UserId)>, Error>;

    /// Sessions of these users (up to 100) that outlive their connections, and how far each is in a room, in any order. Of
    /// one that is connected it says what was true when it was last saved.
    async fn devices(&self, room: RoomId, users: &[UserId]) -> Result<Vec<DeviceProgress>, Error>;
}
