//! The ways into a room for those who are not in it: invitations, requests and links.

use crate::Error;
use async_trait::async_trait;
use chat::{Handle, LinkHash, LinkId, Role, RoomId, Timestamp, UserId};

/// A person who may come into a room if they like to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Where to.
    pub room: RoomId,
    /// What that is called.
    pub handle: Handle,
    /// Who.
    pub user: UserId,
    /// What they are called.
    pub who: Handle,
    /// Who invited them.
    pub by: Handle,
    /// As what: a guest or a member.
    pub role: Role,
    /// When.
    pub at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// A person who would like to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who.
    pub user: UserId,
    /// What they are called.
    pub handle: Handle,
    /// What they say to it; may be empty.
    pub words: String,
    /// When.
    pub at: Timestamp,
}

/// A link that lets into a room whoever has it; the secret is in nobody's hands but theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its number.
    pub id: LinkId,
    /// Where to.
    pub room: RoomId,
    /// Of what is in the link.
    pub hash: LinkHash,
    /// Who made it.
    pub by: Handle,
    /// As what it lets in: a guest or a member.
    pub role: Role,
    /// How often it may still be used; `None` is without end.
    pub uses_left: Option<u32>,
    /// When it was made.
    pub at: Timestamp,
    /// Until when it is good, if it ends.
    pub expires_at: Option<Timestamp>,
}

/// The part of a store that knows the ways into rooms. They are opened and shut through the log ([`chat::Change`]), and
/// so whoever comes in by one goes through it, too; here they are only looked at.
#[async_trait]
pub trait Ways: Send + Sync {
    /// The user's invitations that are good at `now`, oldest first, at most [`chat::OpenWays::INVITATIONS_OF_ONE`].
    async fn invitations_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Invitation>, Error>;

    /// The room's invitations that are good at `now`, oldest first, at most [`chat::OpenWays::INVITATIONS`].
    async fn invitations_to(&self, room: RoomId, now: Timestamp) -> Result<Vec<Invitation>, Error>;

    /// Who asks to be let in, by handle, after `after`, at most `limit` (up to 1,000).
    async fn requests(&self, room: RoomId, after: Option<&Handle>, limit: u32)
    -> Result<Vec<Request>, Error>;

    /// The room's links that are good at `now`, oldest first, at most [`chat::OpenWays::LINKS`].
    async fn links(&self, room: RoomId, now: Timestamp) -> Result<Vec<Link>, Error>;

    /// Where a link leads that is good at `now`.
    async fn linked(&self, hash: &LinkHash, now: Timestamp) -> Result<Option<Handle>, Error>;
}
