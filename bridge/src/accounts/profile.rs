//! What others may know of a user.

use super::{AccountError, words};
use crate::Bridge;
use chat::{MediaId, UserId};
use store::{Error, Portrait, Profile};

impl Bridge {
    /// What others may know of this user.
    ///
    /// # Errors
    /// The store's.
    pub async fn profile(&self, user: UserId) -> Result<Profile, AccountError> {
        let found = self.people().profile(user).await?;
        Ok(found.ok_or_else(|| Error::Damaged(format!("account {user} is gone")))?)
    }

    /// Replaces it.
    ///
    /// # Errors
    /// [`AccountError::Text`] for what is too long or no picture.
    pub async fn set_profile(&self, user: UserId, profile: &Profile) -> Result<(), AccountError> {
        let Profile { name, about, avatar } = profile;
        name.as_deref().map_or(Ok(()), |name| words::line("name", name, 100))?;
        about.as_deref().map_or(Ok(()), |about| words::lines("about", about, 1_000))?;
        let avatar = avatar.as_deref().map(|avatar| words::picture("avatar", avatar)).transpose()?;
        self.hang(user, avatar.flatten()).await?;
        self.people().set_profile(user, profile).await?;
        Ok(())
    }

    /// Hangs an upload of this user in their profile, so that everybody sees it and it stays; or nothing.
    async fn hang(&self, user: UserId, media: Option<MediaId>) -> Result<(), AccountError> {
        let shelf = self.core().store.shelf();
        if let Some(media) = media {
            let found = shelf.media_for(media, user, self.core().now()).await?;
            let is_picture = found.is_some_and(|found| found.media.picture.is_some());
            if !is_picture || !shelf.hang(Portrait::User(user), Some(media), user).await? {
                return Err(words::no_picture("avatar"));
            }
            return Ok(());
        }
        shelf.hang(Portrait::User(user), None, user).await?;
        Ok(())
    }
}
