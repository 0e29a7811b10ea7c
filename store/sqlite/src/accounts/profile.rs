//! What others may know of a user.

use super::state_of;
use crate::failure::error;
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::UserId;
use store::lane::Write;
use store::{AccountState, Error, Profile};

/// See [`store::People::set_profile`].
pub(crate) struct SetProfile {
    pub(crate) user: UserId,
    pub(crate) profile: Profile,
}

#[async_trait]
impl Write<Writer> for SetProfile {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let Profile { name, about, avatar } = &self.profile;
        let deleted = state_of(AccountState::Deleted);
        let update = sqlx::query!(
            "update account set name = ?, about = ?, avatar = ? where id = ? and state <> ?",
            name,
            about,
            avatar,
            self.user.0,
            deleted
        );
        Ok(update.execute(&mut to.conn).await.map_err(error)?.rows_affected() == 1)
    }
}

/// See [`store::People::profile`].
pub(crate) async fn profile(readers: &Readers, user: UserId) -> Result<Option<Profile>, Error> {
    let row = sqlx::query_as!(Profile, "select name, about, avatar from account where id = ?", user.0);
    row.fetch_optional(readers).await.map_err(error)
}
