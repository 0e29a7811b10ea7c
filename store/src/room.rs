//! Where users meet.

use chat::{
    Handle, Role, RoomId, RoomKind, RulesVersion, Seat, Seq, Settings, Sign, Standing, Timestamp, UserId,
};

/// A room to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRoom {
    /// A fresh snowflake.
    pub id: RoomId,
    /// What it is called.
    pub handle: Handle,
    /// What sort it is.
    pub kind: RoomKind,
    /// Who makes it: the sender of its first entry.
    pub by: UserId,
    /// What the maker is called.
    pub from: Handle,
    /// Its first members; they hear from entry 1 on.
    pub members: Vec<(UserId, Handle, Role)>,
    /// What is set for it.
    pub settings: Settings,
    /// Now.
    pub at: Timestamp,
}

/// Whether a room was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// Now.
    New,
    /// The handle is taken, by this room.
    Taken(RoomId),
}

/// A room as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// The number inside.
    pub id: RoomId,
    /// The name outside.
    pub handle: Handle,
    /// What sort it is.
    pub kind: RoomKind,
    /// The rules in force.
    pub rules: RulesVersion,
    /// The end of its log.
    pub last_seq: Seq,
    /// Its counting entries.
    pub last_n: u64,
    /// Who is in it now.
    pub members: u32,
}

/// The end of one room's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomHead {
    /// Which room.
    pub room: RoomId,
    /// Its last entry.
    pub last_seq: Seq,
}

/// What a member may hear: every entry of these places, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// The first they may read: the entry of the join, or before it where newcomers may read what was said.
    pub from_seq: Seq,
    /// The entry of the join: devices that know nothing of the membership begin to hear here.
    pub joined: Seq,
    /// The entry of the leave; absent while the membership lasts.
    pub to_seq: Option<Seq>,
}

/// A room as somebody meets it, and what of its log they may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readable {
    /// The room, and what they are in it.
    pub standing: Standing,
    /// Their memberships, oldest first; none for a stranger.
    pub intervals: Vec<Interval>,
    /// The end of the log.
    pub last_seq: Seq,
}

/// One membership of one user, running or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Where.
    pub room: RoomId,
    /// What the room is called.
    pub handle: Handle,
    /// What sort it is.
    pub kind: RoomKind,
    /// What it covers.
    pub interval: Interval,
}

impl Membership {
    /// Where a user is now and nowhere that they left, as `ended_since` of [`crate::Store::memberships`]: none ended at
    /// the end of time.
    pub const RUNNING: Timestamp = Timestamp(i64::MAX);
}

/// A room beyond its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomCard {
    /// The number inside.
    pub id: RoomId,
    /// The name outside.
    pub handle: Handle,
    /// What sort it is.
    pub kind: RoomKind,
    /// The rules in force.
    pub rules: RulesVersion,
    /// What is set for it.
    pub settings: Settings,
    /// Who is in it now.
    pub members: u32,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A member of a room now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seated {
    /// Who.
    pub user: UserId,
    /// What they are called.
    pub handle: Handle,
    /// What they are.
    pub seat: Seat,
    /// The entry of the join.
    pub joined: Seq,
}

/// A message of a large room whose signs few were told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncounted {
    /// Where.
    pub room: RoomId,
    /// What the room is called.
    pub handle: Handle,
    /// The message.
    pub of: Seq,
    /// Whose entry changed them last.
    pub by: UserId,
    /// What they are called.
    pub from: Handle,
    /// That entry.
    pub upto: Seq,
    /// The signs as they are now, and how many people have put each.
    pub signs: Vec<(Sign, u64)>,
}

/// Somebody who is let into a room no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    /// Who.
    pub handle: Handle,
    /// Who said so.
    pub by: Handle,
    /// When.
    pub at: Timestamp,
}

/// How far a user has read a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadMark {
    /// Who.
    pub user: UserId,
    /// Where.
    pub room: RoomId,
    /// Up to which entry; it never goes back.
    pub seq: Seq,
}
