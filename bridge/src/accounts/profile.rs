//! What others may know of a user.

use super::{AccountError, words};
use crate::Bridge;
use chat::UserId;
use store::{Error, Profile};

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
        avatar.as_deref().map_or(Ok(()), |avatar| words::picture("avatar", avatar))?;
        self.people().set_profile(user, profile).await?;
        Ok(())
    }
}
