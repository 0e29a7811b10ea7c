//! The ways into a room for those who are not in it: invitations, requests and links.

use crate::Error;
use async_trait::async_trait;
use chat::{Handle, LinkHash, Role, RoomId, RulesVersion, Timestamp, UserId};

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

/// A link into a room, by a fresh snowflake. It stands in the text of its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkId(pub i64);

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

/// What became of a way into a room that somebody wants to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It is there now.
    Open,
    /// The rules changed since it was judged; judge it again.
    Stale,
    /// The room has as many as it may.
    TooMany,
    /// They are in the room, or banned from it.
    Pointless,
}

/// An invitation to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// Where to.
    pub room: RoomId,
    /// The rules it was judged by.
    pub rules: RulesVersion,
    /// Who.
    pub user: UserId,
    /// Who invites them.
    pub by: UserId,
    /// As what: a guest or a member.
    pub role: Role,
    /// When.
    pub at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// A request to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRequest {
    /// Where to.
    pub room: RoomId,
    /// The rules it was judged by.
    pub rules: RulesVersion,
    /// Who.
    pub user: UserId,
    /// What they are called.
    pub handle: Handle,
    /// What they say to it; may be empty.
    pub words: String,
    /// When.
    pub at: Timestamp,
}

/// A link to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    /// A fresh snowflake.
    pub id: LinkId,
    /// Where to.
    pub room: RoomId,
    /// The rules it was judged by.
    pub rules: RulesVersion,
    /// Of what is in the link.
    pub hash: LinkHash,
    /// Who makes it.
    pub by: UserId,
    /// As what it lets in: a guest or a member.
    pub role: Role,
    /// How often it may be used; `None` is without end.
    pub uses: Option<u32>,
    /// When.
    pub at: Timestamp,
    /// Until when it is good, if it ends.
    pub expires_at: Option<Timestamp>,
}

/// The part of a store that knows the ways into rooms. Whoever comes in by one goes through the log
/// ([`chat::Change::Join`]), which answers invitations and requests and uses links up.
#[async_trait]
pub trait Ways: Send + Sync {
    /// Invites somebody; an earlier invitation of theirs to this room is replaced.
    async fn invite(&self, new: &NewInvitation) -> Result<Way, Error>;

    /// The user's invitations that are good at `now`, oldest first, at most [`Way::INVITATIONS_OF_ONE`].
    async fn invitations_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Invitation>, Error>;

    /// The room's invitations that are good at `now`, oldest first, at most [`Way::INVITATIONS`].
    async fn invitations_to(&self, room: RoomId, now: Timestamp) -> Result<Vec<Invitation>, Error>;

    /// Takes an invitation back, or declines it; false if there was none.
    async fn end_invitation(&self, room: RoomId, user: UserId) -> Result<bool, Error>;

    /// Asks to be let in; an earlier request of theirs is replaced.
    async fn ask_in(&self, new: &NewRequest) -> Result<Way, Error>;

    /// Who asks to be let in, by handle, after `after`, at most `limit` (up to 1,000).
    async fn requests(&self, room: RoomId, after: Option<&Handle>, limit: u32)
    -> Result<Vec<Request>, Error>;

    /// Takes a request back, or declines it; false if there was none.
    async fn end_request(&self, room: RoomId, user: UserId) -> Result<bool, Error>;

    /// Makes a link.
    async fn add_link(&self, new: &NewLink) -> Result<Way, Error>;

    /// The room's links that are good at `now`, oldest first, at most [`Way::LINKS`].
    async fn links(&self, room: RoomId, now: Timestamp) -> Result<Vec<Link>, Error>;

    /// Takes a link back; false if there was none.
    async fn end_link(&self, room: RoomId, id: LinkId) -> Result<bool, Error>;

    /// Where a link leads that is good at `now`.
    async fn linked(&self, hash: &LinkHash, now: Timestamp) -> Result<Option<Handle>, Error>;
}

impl Way {
    /// Most invitations of one room at a time: whoever needs more makes a link.
    pub const INVITATIONS: u32 = 1_000;
    /// Most invitations of one person at a time: a list that is still looked through.
    pub const INVITATIONS_OF_ONE: u32 = 200;
    /// Most requests of one room at a time.
    pub const REQUESTS: u32 = 1_000;
    /// Most links of one room at a time.
    pub const LINKS: u32 = 50;
}
