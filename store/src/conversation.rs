//! A room as one of its people finds it in their list, and what they set for it.

use crate::{Error, PushLevel};
use async_trait::async_trait;
use chat::{Entry, Handle, Role, RoomId, RoomKind, Seq, Timestamp, UserId};
use std::fmt;

/// A room of a person, with all that their list shows of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// The number inside.
    pub room: RoomId,
    /// The name outside.
    pub handle: Handle,
    /// What sort it is.
    pub kind: RoomKind,
    /// What people call it.
    pub name: Option<Box<str>>,
    /// Where the picture that stands for it is.
    pub avatar: Option<Box<str>>,
    /// With whom, in a direct room; oneself where nobody else is there.
    pub with: Option<Handle>,
    /// What the person is in it.
    pub role: Role,
    /// The end of its log.
    pub last_seq: Seq,
    /// When that was taken: the list is in the order of this.
    pub last_at: Timestamp,
    /// The last entry, unless it is gone or has run out.
    pub last: Option<Entry>,
    /// Up to where the person has read it.
    pub read_seq: Seq,
    /// How many counting entries they have not read.
    pub unread: u64,
    /// How many messages call them that they have not read.
    pub mentions: u64,
    /// What they set for it.
    pub settings: Settings,
    /// What they began to write in it.
    pub unsaid: Option<Unsaid>,
}

/// What a person has set for a room of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// Until when nothing of it shall ring; [`Settings::FOR_EVER`] is without end.
    pub muted_until: Option<Timestamp>,
    /// It stays at the top of the list.
    pub pinned: bool,
    /// It is out of sight.
    pub archived: bool,
    /// It is shown as unread, whatever was read. Reading the room, or saying something in it, takes this away.
    pub marked: bool,
    /// What of it is told to devices that are away; absent for what is usual in a room of its size.
    pub push_level: Option<PushLevel>,
}

impl Settings {
    /// The end of time.
    pub const FOR_EVER: Timestamp = Timestamp(i64::MAX);
}

/// What shall be set; what is absent stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SettingsChange {
    /// See [`Settings::muted_until`].
    pub muted_until: Option<Option<Timestamp>>,
    /// See [`Settings::pinned`].
    pub pinned: Option<bool>,
    /// See [`Settings::archived`].
    pub archived: Option<bool>,
    /// See [`Settings::marked`].
    pub marked: Option<bool>,
    /// See [`Settings::push_level`].
    pub push_level: Option<Option<PushLevel>>,
}

/// What somebody began to write. Its `Debug` tells how much, never what.
#[derive(Clone, PartialEq, Eq)]
pub struct Unsaid {
    /// The text so far.
    pub text: Box<str>,
    /// When it was kept.
    pub at: Timestamp,
}

impl Unsaid {
    /// Bytes of it at most: a list with two hundred of them is still an answer. A longer text is the device's to keep.
    pub const MOST: usize = 4_096;
}

impl fmt::Debug for Unsaid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unsaid").field("len", &self.text.len()).field("at", &self.at).finish()
    }
}

/// A moment of a store's life: what changed later is told from what had changed before. Its numbers mean something to
/// the engine that gave them, in the same [incarnation](crate::Store::incarnation).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// How far the logs were.
    pub log: i64,
    /// How far other changes were.
    pub other: i64,
}

/// Where a page of the list ended: when the last entry of its last room was taken, and that room.
pub type ListPlace = (Timestamp, RoomId);

/// The part of a store that knows lists of conversations. What writes returns only after its transaction is on the disk.
#[async_trait]
pub trait Conversations: Send + Sync {
    /// Now: everything that was committed is before it.
    async fn moment(&self) -> Result<Moment, Error>;

    /// The rooms a user is in, where something was taken last, first: after `after`, at most `limit` (up to 201). With
    /// `since`, only those that changed after that moment: an entry, a mark, something set.
    async fn list(
        &self,
        user: UserId,
        since: Option<Moment>,
        after: Option<ListPlace>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Conversation>, Error>;

    /// The rooms that a user went out of after `since` and is not in, by handle, at most `limit` (up to 1,001).
    async fn gone(&self, user: UserId, since: Moment, limit: u32) -> Result<Vec<Handle>, Error>;

    /// One room of the list, if the user is in it.
    async fn conversation(
        &self,
        user: UserId,
        room: RoomId,
        now: Timestamp,
    ) -> Result<Option<Conversation>, Error>;

    /// Sets something for a room; false if the user is not in it.
    async fn set(&self, user: UserId, room: RoomId, change: &SettingsChange) -> Result<bool, Error>;

    /// Keeps what a user began to write, in place of what they had begun before; an empty text is none. False if they
    /// are not in the room.
    async fn keep_unsaid(&self, user: UserId, room: RoomId, unsaid: &Unsaid) -> Result<bool, Error>;
}
