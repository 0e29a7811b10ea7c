//! Another password, or one in the place of one that was lost.

use super::{AccountError, words};
use crate::Bridge;
use crate::identity::secret::{self, LINK};
use crate::identity::{Caller, NotKnown};
use crate::revoke::Revoked;
use mqtt::ReasonCode;
use secrecy::{ExposeSecret, SecretString};
use store::{Account, AccountChange, CredentialId};

/// No credential has this number.
const NONE: CredentialId = CredentialId(0);

impl Bridge {
    /// The caller has another password from now on. What came in by the earlier one is shown out, and so is every
    /// other login and device, unless `keep_others`. The login of the caller goes on.
    ///
    /// # Errors
    /// [`AccountError::NotKnown`] for a `current` that is not right, [`AccountError::Text`] for a new one.
    pub async fn change_password(
        &self,
        caller: &Caller,
        current: &SecretString,
        new: SecretString,
        keep_others: bool,
    ) -> Result<(), AccountError> {
        words::password(&new)?;
        let core = self.core();
        let user = &caller.account;
        let known = core.doorkeeper.by_password(&*core.store, &user.handle, current.expose_secret()).await?;
        let hash = core.doorkeeper.hash(new).await?;
        let mine = caller.credential();
        let only = (!keep_others).then_some(mine.unwrap_or(NONE));
        let changed = self.people().change_account(user.id, &AccountChange::Password { hash, only }).await?;
        let changed = self.still(changed, known.account.id)?;
        let mut gone = vec![Revoked::Versions(changed.token_version)];
        if !keep_others {
            gone.push(Revoked::Credentials { before: self.number()?, but: mine });
        }
        core.revoke(user.id, &gone, ReasonCode::NotAuthorized);
        Ok(())
    }

    /// Who was given a link sets a new password with it. Everything that came in before is shown out.
    ///
    /// # Errors
    /// [`AccountError::NoSuchLink`], [`AccountError::Text`].
    pub async fn reset_password(&self, link: &str, new: SecretString) -> Result<Account, AccountError> {
        words::password(&new)?;
        let link = secret::ticket_hash(LINK, link).ok_or(AccountError::NoSuchLink)?;
        let core = self.core();
        let hash = core.doorkeeper.hash(new).await?;
        let account = self.people().reset_password(&link, &hash, core.now()).await?;
        let account = account.ok_or(AccountError::NoSuchLink)?;
        self.show_out(&account, ReasonCode::NotAuthorized)?;
        Ok(account)
    }

    /// Whether this is the caller's password: asked again before what can't be undone.
    ///
    /// # Errors
    /// [`AccountError::NotKnown`] if it is not.
    pub async fn confirm(&self, caller: &Caller, password: &SecretString) -> Result<(), AccountError> {
        let core = self.core();
        let handle = &caller.account.handle;
        let known = core.doorkeeper.by_password(&*core.store, handle, password.expose_secret()).await?;
        match known.account.id == caller.account.id {
            true => Ok(()),
            false => Err(NotKnown::Unknown.into()),
        }
    }
}
