//! The ways into a room, column by column.

use super::{damaged, handle, role};
use crate::{Error, Invitation, Link, Request};
use chat::{LinkHash, LinkId, RoomId, Timestamp, UserId};

/// An invitation.
pub struct StoredInvitation {
    /// Where to.
    pub room_id: i64,
    /// What that is called.
    pub room: String,
    /// Who is invited.
    pub user_id: i64,
    /// What they are called.
    pub who: String,
    /// What the one is called who invited them.
    pub by: String,
    /// [`chat::Role`]: as what.
    pub role: i64,
    /// Since when.
    pub at: i64,
    /// Until when.
    pub expires_at: i64,
}

/// A wish to be let in.
pub struct StoredRequest {
    /// Whose.
    pub user_id: i64,
    /// What they are called.
    pub handle: String,
    /// What they say to it.
    pub words: String,
    /// Since when.
    pub at: i64,
}

/// A link.
pub struct StoredLink {
    /// Its number.
    pub id: i64,
    /// Of what is in it.
    pub hash: Vec<u8>,
    /// What the one is called who made it.
    pub by_handle: String,
    /// [`chat::Role`]: as what it lets in.
    pub role: i64,
    /// How many may still come in by it.
    pub uses_left: Option<i64>,
    /// Since when.
    pub at: i64,
    /// Until when.
    pub expires_at: Option<i64>,
}

impl StoredInvitation {
    /// As it is used.
    ///
    /// # Errors
    /// [`Error::Damaged`] when a column has a value that was never written.
    pub fn read(self) -> Result<Invitation, Error> {
        Ok(Invitation {
            room: RoomId(self.room_id),
            handle: handle(&self.room)?,
            user: UserId(self.user_id),
            who: handle(&self.who)?,
            by: handle(&self.by)?,
            role: role(self.role)?,
            at: Timestamp(self.at),
            expires_at: Timestamp(self.expires_at),
        })
    }
}

impl StoredRequest {
    /// As it is used.
    ///
    /// # Errors
    /// As [`StoredInvitation::read`].
    pub fn read(self) -> Result<Request, Error> {
        let (user, at) = (UserId(self.user_id), Timestamp(self.at));
        Ok(Request { user, handle: handle(&self.handle)?, words: self.words, at })
    }
}

impl StoredLink {
    /// As it is used.
    ///
    /// # Errors
    /// As [`StoredInvitation::read`].
    pub fn read(self, room: RoomId) -> Result<Link, Error> {
        let uses = self.uses_left.map(|left| u32::try_from(left).map_err(|_| damaged("count of uses")));
        Ok(Link {
            id: LinkId(self.id),
            room,
            hash: LinkHash(self.hash.try_into().map_err(|_| damaged("hash"))?),
            by: handle(&self.by_handle)?,
            role: role(self.role)?,
            uses_left: uses.transpose()?,
            at: Timestamp(self.at),
            expires_at: self.expires_at.map(Timestamp),
        })
    }
}
