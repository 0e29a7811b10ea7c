//! The trait an engine implements. The contract suite is its second half: it says what the words mean.

use crate::{
    Account, Apps, Circle, Conversations, Cursor, Error, Fate, Interval, Leaf, Made, Membership, NewAccount,
    NewEntry, NewEvent, NewRoom, Opened, Opening, Oversight, People, Presences, Progress, Pushes, ReadMark,
    Readable, Receipts, Room, RoomHead, Rooms, SessionEnd, SessionId, SessionState, Shelf, StoredWill, Told,
    Upshot, Ways, Work,
};
use async_trait::async_trait;
use chat::{Entry, Handle, RoomId, Seq, Standing, Timestamp, UserId};

/// A durable store. Every method that writes returns only after its transaction is on the disk.
///
/// Sessions that were running when the process died begin to run out when the store is opened again, before anything
/// else is done: from then on they expire after their interval, and their wills are due after their delay.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// The number of this life of the log, raised by a restore: cursors of another life may point past its end.
    fn incarnation(&self) -> u64;

    /// What the engine has done so far, if it counts.
    fn work(&self) -> Option<Work> {
        None
    }

    // ── accounts ──

    /// Accounts beyond their names, and what they prove themselves by.
    fn people(&self) -> &dyn People;

    /// Lists of conversations, and what people set for their rooms.
    fn conversations(&self) -> &dyn Conversations;

    /// Whom they know, and whom they keep away.
    fn circle(&self) -> &dyn Circle;

    /// How they show that they are there.
    fn presences(&self) -> &dyn Presences;

    /// What is reported, and what administrators did.
    fn oversight(&self) -> &dyn Oversight;

    /// What was uploaded.
    fn shelf(&self) -> &dyn Shelf;

    /// How far messages have come to people.
    fn receipts(&self) -> &dyn Receipts;

    /// Topics that are none of chat's.
    fn apps(&self) -> &dyn Apps;

    /// Who is told when they are away.
    fn pushes(&self) -> &dyn Pushes;

    /// Adds a user; false if the handle is taken.
    async fn add_account(&self, account: &NewAccount) -> Result<bool, Error>;

    /// Tells users something that is in no room's log, each in their own room. What is told of a change in this store
    /// is told by the method that makes it, in its transaction.
    async fn tell(&self, events: &[NewEvent]) -> Result<(), Error>;

    /// Whose own rooms have more in them, whatever it was that told them.
    fn told(&self) -> &Told;

    /// Finds a user by handle.
    async fn account(&self, handle: &Handle) -> Result<Option<Account>, Error>;

    /// Users by handle, after `after`, at most `limit` (up to 1,000).
    async fn accounts(&self, after: Option<&Handle>, limit: u32) -> Result<Vec<Account>, Error>;

    // ── rooms ──

    /// Rooms beyond their logs: what is set for them, who is what in them, and the ways in.
    fn places(&self) -> &dyn Rooms;

    /// The ways into rooms for those who are not in them.
    fn ways(&self) -> &dyn Ways;

    /// Makes a room, its members and its first entry. Called through [`crate::create_room`], which gives the proof.
    async fn make_room(&self, room: &NewRoom) -> Result<Made, Error>;

    /// The direct room of two users, made as `room` says if there is none. Called through [`crate::direct_room`].
    async fn find_or_make_direct(&self, pair: (UserId, UserId), room: &NewRoom) -> Result<RoomId, Error>;

    /// The direct room of two users, if they have one.
    async fn direct(&self, pair: (UserId, UserId)) -> Result<Option<Handle>, Error>;

    /// A room as this user meets it.
    async fn standing(&self, room: &Handle, user: UserId) -> Result<Option<Standing>, Error>;

    /// A room as this user meets it, with all that says what of its log they may read, out of one moment.
    async fn readable(&self, room: &Handle, user: UserId) -> Result<Option<Readable>, Error>;

    /// Rooms by handle, after `after`, at most `limit` (up to 1,000).
    async fn rooms(&self, after: Option<&Handle>, limit: u32) -> Result<Vec<Room>, Error>;

    /// Members of a room now, by handle, at most `limit` (up to 1,000).
    async fn members(
        &self,
        room: RoomId,
        after: Option<&Handle>,
        limit: u32,
    ) -> Result<Vec<(UserId, Handle)>, Error>;

    /// The user's `rooms_version` and memberships: all running ones and those that ended at or after `ended_since`.
    async fn memberships(
        &self,
        user: UserId,
        ended_since: Timestamp,
    ) -> Result<(i64, Vec<Membership>), Error>;

    /// The user's memberships in one room, oldest first, however many other rooms they are in.
    async fn intervals(&self, user: UserId, room: RoomId) -> Result<Vec<Interval>, Error>;

    /// The ends of these rooms' logs; unknown rooms are left out.
    async fn heads(&self, rooms: &[RoomId]) -> Result<Vec<RoomHead>, Error>;

    // ── the log ──

    /// Commits a batch in one transaction, in its order, and says what became of each entry. Called through
    /// [`crate::append`], which gives the proof. The sender's read mark moves with what they say, not with what they
    /// do to a message.
    ///
    /// What a recall erases can't be read any more when this returns, and neither can it be compared: a draft of it is
    /// found whatever is said under it, a packet of it ([`crate::Resend::IfSame`]) is not.
    async fn commit(&self, batch: &[NewEntry]) -> Result<Vec<Fate>, Error>;

    /// Entries of a room after `after`, up to `to` (included), oldest first, at most `limit` (up to 500). What
    /// expired before `now`, what was erased and what does not open with its key any more is left out; a recalled
    /// message, and one of a person who was erased, is there as [`chat::Act::Recalled`]. Fewer than `limit` say that there is no more.
    async fn read(
        &self,
        room: RoomId,
        after: Seq,
        to: Seq,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Entry>, Error>;

    /// As [`Store::read`], for somebody who is shown what they read: it also says to which of the entries something was
    /// done. [`Store::upshots`] says what.
    async fn page(
        &self,
        room: RoomId,
        after: Seq,
        to: Seq,
        limit: u32,
        now: Timestamp,
    ) -> Result<Leaf, Error>;

    /// The last entry of a room that was taken before this time, or [`Seq::ZERO`] where the log begins later. Clocks are
    /// set back now and then: where they were, it is one of the places that fit.
    async fn place_at(&self, room: RoomId, at: Timestamp) -> Result<Seq, Error>;

    /// These entries, in the order asked for; what is gone or does not open any more is left out. At most 256.
    async fn pick(&self, places: &[(RoomId, Seq)]) -> Result<Vec<Entry>, Error>;

    /// What has become of these messages, for the one who asks, in the order asked for; one to which nothing was done is
    /// left out, and so is one that is not there. Of a recalled one only the answers to it are left. At most 256.
    async fn upshots(
        &self,
        room: RoomId,
        messages: &[Seq],
        user: UserId,
        now: Timestamp,
    ) -> Result<Vec<Upshot>, Error>;

    /// The messages after `after`, up to `to` (included), that answer this one, oldest first, at most `limit` (up to
    /// 500); left out is what [`Store::read`] leaves out.
    async fn replies(
        &self,
        message: (RoomId, Seq),
        after: Seq,
        to: Seq,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Entry>, Error>;

    /// The pinned messages of a room, in their own order; what ran out before `now` is left out.
    async fn pins(&self, room: RoomId, now: Timestamp) -> Result<Vec<Entry>, Error>;

    /// Moves read marks of members forward; a mark past the end of its room is cut to the end, one behind or of somebody
    /// who is not in the room changes nothing. Says which have moved, in any order.
    async fn mark_read(&self, marks: &[ReadMark]) -> Result<Vec<Progress>, Error>;

    /// How far a user has read a room, and how many counting entries are unread.
    async fn unread(&self, user: UserId, room: RoomId) -> Result<(Seq, u64), Error>;

    // ── sessions ──

    /// A device takes its seat: finds or (with `keep`) makes its row, raises the epoch, marks it unclean. With
    /// `clean_start`, or when it has expired at `now`, an earlier one is ended first. While the device is here its
    /// session does not expire and its will is not due.
    async fn open_session(&self, opening: Opening<'_>) -> Result<Opened, Error>;

    /// Replaces subscriptions and the given cursors of a running session (other cursors stay). On return they are
    /// durable, so SUBACK may go out. An older epoch writes nothing.
    async fn save_subscriptions(&self, id: SessionId, epoch: u64, state: &SessionState) -> Result<(), Error>;

    /// Moves cursors of running sessions, in one transaction; `delivered` never goes back. What was in flight at the
    /// last end is forgotten with it: the cursors now tell what of it is still to come. What is in no room
    /// ([`crate::InFlight::room`]) stays in flight. Older epochs write nothing.
    async fn save_cursors(&self, moves: &[(SessionId, u64, Vec<(RoomId, Cursor)>)]) -> Result<(), Error>;

    /// Saves how sessions stand at the end of their connections, in one transaction, and marks them clean. A room
    /// that is not among the cursors is forgotten; `delivered` never goes back. What the opening said of expiry and
    /// will counts no more.
    async fn close_sessions(&self, ends: &[SessionEnd]) -> Result<(), Error>;

    /// Ends a session for good: its row, its inbound rows, its will.
    async fn end_session(&self, id: SessionId, epoch: u64) -> Result<(), Error>;

    /// Ends sessions that expired before `now`, at most `limit`; says which. One that left a will is not among them until
    /// [`Store::take_due_wills`] has taken it.
    async fn expire_sessions(&self, now: Timestamp, limit: u32) -> Result<Vec<SessionId>, Error>;

    /// Forgets the inbound row of a QoS 2 packet at its PUBREL; false if there was none.
    async fn release(&self, id: SessionId, packet_id: u16) -> Result<bool, Error>;

    /// Takes wills that are due at `now` out of their sessions, with their owners, at most `limit`. A will that is
    /// taken is fired once: the caller publishes it.
    async fn take_due_wills(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(UserId, Handle, String, StoredWill)>, Error>;

    /// Finishes what is queued, checkpoints and closes. Later calls fail with [`Error::Unavailable`].
    async fn close(&self) -> Result<(), Error>;
}
