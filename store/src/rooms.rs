//! Rooms beyond their logs: what is set for them, and who is what in them.
//!
//! What changes them goes through the log ([`crate::NewAct::Change`]); here it is only looked at. The contract suite says
//! what the words mean (`contract/rules`).

use crate::{Ban, Error, RoomCard, Seated, Uncounted};
use async_trait::async_trait;
use chat::{Handle, Person, RoomId, Seq, UserId};

/// The part of a store that knows rooms beyond their logs.
#[async_trait]
pub trait Rooms: Send + Sync {
    /// What is to be told of a room.
    async fn card(&self, room: &Handle) -> Result<Option<RoomCard>, Error>;

    /// Members now, by handle, after `after`, at most `limit` (up to 1,000).
    async fn seated(&self, room: RoomId, after: Option<&Handle>, limit: u32) -> Result<Vec<Seated>, Error>;

    /// Those who manage the room now, at most 1,000.
    async fn managers(&self, room: RoomId) -> Result<Vec<UserId>, Error>;

    /// Who should own the room when `besides` goes: whoever is an admin, else a member, else a guest, and of those who has
    /// been in it longest without a break. Who can't come in just now has it only where nobody else is left.
    async fn heir(&self, room: RoomId, besides: UserId) -> Result<Option<Person>, Error>;

    /// Who is banned, by handle, after `after`, at most `limit` (up to 1,000).
    async fn bans(&self, room: RoomId, after: Option<&Handle>, limit: u32) -> Result<Vec<Ban>, Error>;

    /// Where the newest `most` entries (up to 1,000) begin that everybody in the room is told, up to `upto`.
    async fn newest(&self, room: RoomId, upto: Seq, most: u32) -> Result<Seq, Error>;

    /// Messages of large rooms whose signs changed since everybody was told, each room's oldest change first, at most
    /// `each` of one room and `limit` (up to 1,000) of all. A [`crate::NewAct::Count`] tells.
    async fn uncounted(&self, each: u32, limit: u32) -> Result<Vec<Uncounted>, Error>;

    /// Rooms that strangers find, by handle, after `after`, at most `limit` (up to 1,000).
    async fn listed(&self, after: Option<&Handle>, limit: u32) -> Result<Vec<RoomCard>, Error>;
}
