//! How people show that they are there, as far as it is kept: what they say of it, who may see it, when they were here.
//!
//! Whether somebody is there is not kept: it is so, or it is not. The contract suite says what the words mean
//! (`contract/presence`).

use crate::Error;
use async_trait::async_trait;
use chat::{Handle, Origin, Presence, PresenceText, Timestamp, UserId, Visibility};

/// What is kept of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPresence {
    /// Who.
    pub user: UserId,
    /// What they are called.
    pub handle: Handle,
    /// Who may see it.
    pub visibility: Visibility,
    /// What they say of it.
    pub text: Option<PresenceText>,
    /// When they were here last, as far as that was noted.
    pub last_seen: Option<Timestamp>,
    /// Devices that said something else than that their user is online, for the time after a restart.
    pub devices: Vec<(Origin, Presence)>,
}

/// What shall be kept; what is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PresenceChange {
    /// See [`KeptPresence::visibility`].
    pub visibility: Option<Visibility>,
    /// See [`KeptPresence::text`].
    pub text: Option<Option<PresenceText>>,
    /// See [`KeptPresence::devices`]. At most [`PresenceChange::DEVICES`].
    pub devices: Option<Vec<(Origin, Presence)>>,
}

impl PresenceChange {
    /// Devices of one user that are kept: more have no session that lasts.
    pub const DEVICES: usize = 20;
}

/// The part of a store that knows how people show themselves. Every method that writes returns only after its transaction is
/// on the disk.
#[async_trait]
pub trait Presences: Send + Sync {
    /// What is kept of these users, in no order; who is not there, or no more, is left out. At most 1,000.
    async fn kept(&self, users: &[UserId]) -> Result<Vec<KeptPresence>, Error>;

    /// Keeps something; false if there is no such user, or no more.
    async fn keep(&self, user: UserId, change: &PresenceChange) -> Result<bool, Error>;

    /// Notes when these users were here; an earlier time than the one that is known changes nothing. At most 1,000.
    async fn saw(&self, seen: &[(UserId, Timestamp)]) -> Result<(), Error>;

    /// Users of whom devices are kept, by number, after `after`, at most `limit` (up to 1,000).
    async fn with_devices(&self, after: Option<UserId>, limit: u32) -> Result<Vec<UserId>, Error>;

    /// Who is around a user, by number: their contacts, and who is in a room of at most `largest` members with them, but whom
    /// they keep away, and who keeps them away. Of a room of two it counts only that the other has said something in it, so that
    /// nobody sees a stranger by writing to them. At most `most`.
    async fn around(&self, user: UserId, largest: u32, most: u32) -> Result<Vec<UserId>, Error>;

    /// For each of these pairs whether the first may see the second, by what that one set and by who keeps whom away; each
    /// sees themselves. A room of two counts as in [`Presences::around`]. Nobody sees who is not there, or no more. At most 1,000.
    async fn sights(&self, pairs: &[(UserId, UserId)]) -> Result<Vec<bool>, Error>;
}
