//! What becomes of an account.

use super::of;
use crate::failure::error;
use crate::writer::Writer;
use crate::{credentials, media};
use async_trait::async_trait;
use chat::UserId;
use store::lane::Write;
use store::{Account, AccountChange, AccountState, CredentialId, Error, Portrait, Which};

/// See [`store::People::change_account`].
pub(crate) struct Change {
    pub(crate) user: UserId,
    pub(crate) change: AccountChange,
}

#[async_trait]
impl Write<Writer> for Change {
    type Answer = Option<Account>;

    async fn write(&self, to: &mut Writer) -> Result<Option<Account>, Error> {
        let Some(before) = of(to.conn()?, self.user).await? else { return Ok(None) };
        if before.state == AccountState::Deleted {
            return Ok(Some(before));
        }
        match &self.change {
            AccountChange::Password { hash, only } => password(to, self.user, hash, *only).await?,
            AccountChange::State(state) => enter(to, self.user, *state).await?,
            AccountChange::Admin(admin) => {
                let update = sqlx::query!("update account set admin = $1 where id = $2", *admin, self.user.0);
                update.execute(to.conn()?).await.map_err(error)?;
            }
            AccountChange::LoggedIn(at) => {
                let update =
                    sqlx::query!("update account set last_login_at = $1 where id = $2", at.0, self.user.0);
                update.execute(to.conn()?).await.map_err(error)?;
            }
        }
        of(to.conn()?, self.user).await
    }
}

/// Another password; what came in by the earlier one goes.
pub(crate) async fn password(
    to: &mut Writer,
    user: UserId,
    hash: &str,
    only: Option<CredentialId>,
) -> Result<(), Error> {
    let update = sqlx::query!(
        "update account set password_hash = $1, token_version = token_version + 1 where id = $2",
        hash,
        user.0
    );
    update.execute(to.conn()?).await.map_err(error)?;
    if let Some(only) = only {
        credentials::end(to, user, Which::Others(only)).await?;
    }
    Ok(())
}

async fn enter(to: &mut Writer, user: UserId, state: AccountState) -> Result<(), Error> {
    let number = state_of(state);
    let update = sqlx::query!(
        "update account set state = $1, token_version = token_version + 1 where id = $2",
        number,
        user.0
    );
    update.execute(to.conn()?).await.map_err(error)?;
    if state != AccountState::Active {
        credentials::end(to, user, Which::All).await?;
    }
    if state == AccountState::Deleted {
        let clear = sqlx::query!(
            "update account set password_hash = null, admin = false, name = null, about = null, avatar = null where id = $1",
            user.0
        );
        clear.execute(to.conn()?).await.map_err(error)?;
        let links = sqlx::query!("delete from ticket where user_id = $1", user.0);
        crate::circle::forget(to, user).await?;
        crate::grants::forget(to, user).await?;
        crate::presence::forget(to, user).await?;
        crate::session::all_of(to, user).await?;
        crate::pushes::forget(to, user).await?;
        links.execute(to.conn()?).await.map_err(error)?;
        media::Hang { place: Portrait::User(user), media: None, by: user }.write(to).await?;
    }
    Ok(())
}

/// A state as it is stored.
pub(crate) fn state_of(state: AccountState) -> i16 {
    i16::from(state as u8)
}
