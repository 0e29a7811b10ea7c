//! What somebody sets for a room of their own, for all their devices.

use crate::Bridge;
use crate::lane::SayError;
use chat::{Handle, Refusal, RoomId};
use store::{Account, SettingsChange, Unsaid};

impl Bridge {
    /// Sets something for a room of this user.
    ///
    /// # Errors
    /// [`Refusal::NotAMember`], and the store's.
    pub async fn set_own(
        &self,
        by: &Account,
        room: &Handle,
        change: &SettingsChange,
    ) -> Result<(), SayError> {
        let id = self.own_room(by, room).await?;
        done(self.core().store.conversations().set(by.id, id, change).await?)
    }

    /// Keeps what this user began to write in a room; an empty text is none.
    ///
    /// # Errors
    /// [`Refusal::NotAMember`], and the store's.
    pub async fn keep_unsaid(&self, by: &Account, room: &Handle, unsaid: &Unsaid) -> Result<(), SayError> {
        let id = self.own_room(by, room).await?;
        done(self.core().store.conversations().keep_unsaid(by.id, id, unsaid).await?)
    }

    async fn own_room(&self, by: &Account, room: &Handle) -> Result<RoomId, SayError> {
        let standing = self.core().standings.of(&*self.core().store, room, by.id).await?;
        Ok(standing.ok_or(Refusal::NotAMember)?.room)
    }
}

fn done(is_member: bool) -> Result<(), SayError> {
    if is_member { Ok(()) } else { Err(Refusal::NotAMember.into()) }
}
