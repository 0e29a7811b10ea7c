//! Who is told when they are away: where their devices are reached, what is to be told to each, and what came of it.
//!
//! The log is the outbox ([`crate::Consumer`]): a commit says in which room something was said, at most once for each room.
//! Whoever decides asks [`Pushes::push_due`] and [`Pushes::candidates`] and writes down with [`Pushes::decide`] what is to
//! be told; whoever sends takes notes ([`Pushes::take_notes`]) for a while and settles them. There is one note for a device
//! and a room, however much is said there. A note that nobody settles is taken again after that while: nothing is lost, and
//! at most what was taken is told twice.

mod device; // where a device is reached

mod question; // who might be told

mod note; // what is to be told

mod report; // what came of it

pub use device::{
    Habits, NewPushDevice, PushAddress, PushDevice, PushDeviceId, PushLevel, Quiet,
    Registered as PushRegistered,
};
pub use note::{Note, NoteContext, Settled, Settling, Take};
pub use question::{Candidate, Due, NewNote, PushDecision, Question, Seat};
pub use report::{Backlog, Delivery, Outcome, OutcomeCount};

use crate::{Consumer, Error};
use async_trait::async_trait;
use chat::{Entry, RoomId, Seq, Timestamp, UserId};
use std::time::Duration;

/// What was said is looked at at once, for those who have no live session.
pub const PUSH: Consumer = Consumer { kind: 1, after: Duration::ZERO };

/// And once more when those who have one had time to acknowledge it. Rows of this kind are written by who decides.
pub const PUSH_AFTER_GRACE: u8 = 2;

/// The part of a store that knows what is pushed. Every method that writes returns only after its transaction is on the
/// disk.
#[async_trait]
pub trait Pushes: Send + Sync {
    // ── devices ──

    /// Takes down where a device is reached, in the place of what was known of it for this app. An address that another
    /// device had is its no more: the phone is in other hands. At most `most` devices of a user.
    async fn register_push(&self, new: &NewPushDevice, most: u32) -> Result<PushRegistered, Error>;

    /// Forgets a device, for one app or for all; false if there was none.
    async fn unregister_push(&self, user: UserId, device: &str, app: Option<&str>) -> Result<bool, Error>;

    /// The devices of a user, by device and app; at most 100.
    async fn push_devices(&self, user: UserId) -> Result<Vec<PushDevice>, Error>;

    /// What a user set for all of their devices.
    async fn habits(&self, user: UserId) -> Result<Habits, Error>;

    /// Sets it.
    async fn set_habits(&self, user: UserId, habits: &Habits) -> Result<(), Error>;

    // ── deciding ──

    /// Rooms in which something waits to be decided at `now`, what waits longest first; at most `limit` (up to 256).
    async fn push_due(&self, kind: u8, now: Timestamp, limit: u32) -> Result<Vec<Due>, Error>;

    /// Devices that might be told of what was said in a room: those of its members. In a large room only those of members
    /// who are called by it or asked for everything, unless everybody is called. By user and device, after
    /// [`Question::after`].
    async fn candidates(&self, question: &Question) -> Result<Vec<Candidate>, Error>;

    /// Writes down what was decided, in one transaction, room by room.
    async fn decide(&self, decisions: &[PushDecision]) -> Result<(), Error>;

    // ── sending ──

    /// Takes notes that are due for one provider: until [`Take::until`] nobody else takes them.
    async fn take_notes(&self, take: &Take) -> Result<Vec<Note>, Error>;

    /// How things stand for these people in these rooms, in this order; nothing for who is not there any more. At most
    /// 500.
    async fn note_contexts(
        &self,
        places: &[(UserId, RoomId)],
        now: Timestamp,
    ) -> Result<Vec<Option<NoteContext>>, Error>;

    /// Entries of a room, as [`crate::Store::read`] tells them.
    async fn said(
        &self,
        room: RoomId,
        after: Seq,
        to: Seq,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Entry>, Error>;

    /// The edit of a message that counts, if it was edited.
    async fn edit_of(&self, place: (RoomId, Seq), now: Timestamp) -> Result<Option<Entry>, Error>;

    /// Writes down what came of notes, in one transaction. What is settled under another taking than the last one counts
    /// in the report only.
    async fn settle(&self, settled: &[Settled]) -> Result<(), Error>;

    /// When the next note of this provider is due that nobody has taken.
    async fn next_note(&self, provider: &str) -> Result<Option<Timestamp>, Error>;

    // ── looking ──

    /// What was told to a device lately, the last first; at most [`Delivery::KEPT`].
    async fn deliveries(&self, device: PushDeviceId) -> Result<Vec<Delivery>, Error>;

    /// What could not be told to anybody, the last first, before `before`; at most `limit` (up to 200).
    async fn dead_letters(&self, before: Option<i64>, limit: u32) -> Result<Vec<Delivery>, Error>;

    /// What waits, by provider.
    async fn backlog(&self) -> Result<Vec<Backlog>, Error>;

    /// What came of everything so far.
    async fn outcomes(&self) -> Result<Vec<OutcomeCount>, Error>;

    /// The pushes of a message: how many devices of each of these users show it, and to how many it is still to be told; who
    /// has none of either is left out. At most 1,000 users.
    async fn pushed(&self, place: (RoomId, Seq), users: &[UserId]) -> Result<Vec<(UserId, u32, u32)>, Error>;
}
