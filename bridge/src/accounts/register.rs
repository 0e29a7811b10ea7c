//! New people.

use super::{AccountError, Registration, words};
use crate::Bridge;
use crate::identity::secret::{self, INVITATION};
use chat::{Handle, UserId};
use secrecy::SecretString;
use store::{Account, NewAccount, Registered};

impl Bridge {
    /// Somebody registers, if the configuration lets them.
    ///
    /// # Errors
    /// [`AccountError::Closed`], [`AccountError::NotInvited`], [`AccountError::HandleTaken`], [`AccountError::Text`].
    pub async fn register(
        &self,
        handle: &Handle,
        password: SecretString,
        invitation: Option<&str>,
    ) -> Result<Account, AccountError> {
        let invitation = match (self.core().config.registration, invitation) {
            (Registration::Closed, None) => return Err(AccountError::Closed),
            (Registration::Open, None) => None,
            (Registration::Invitation, None) => return Err(AccountError::NotInvited),
            (_, Some(text)) => Some(secret::ticket_hash(INVITATION, text).ok_or(AccountError::NotInvited)?),
        };
        words::password(&password)?;
        let new = self.new_account(handle, Some(password), false).await?;
        let registered = match invitation {
            Some(invitation) => self.people().register(&new, &invitation, new.created_at).await?,
            None => self.add(&new).await?,
        };
        self.registered(new.id, handle, registered).await
    }

    /// Adds a program's account, which comes in by keys.
    ///
    /// # Errors
    /// [`AccountError::HandleTaken`], [`AccountError::Store`].
    pub async fn add_service(&self, handle: &Handle) -> Result<Account, AccountError> {
        let new = self.new_account(handle, None, true).await?;
        let registered = self.add(&new).await?;
        self.registered(new.id, handle, registered).await
    }

    async fn add(&self, new: &NewAccount) -> Result<Registered, AccountError> {
        match self.core().store.add_account(new).await? {
            true => Ok(Registered::New),
            false => Ok(Registered::HandleTaken),
        }
    }

    async fn registered(
        &self,
        user: UserId,
        handle: &Handle,
        registered: Registered,
    ) -> Result<Account, AccountError> {
        match registered {
            Registered::New => self.still(self.people().account_of(user).await?, user),
            Registered::HandleTaken => Err(AccountError::HandleTaken(handle.clone())),
            Registered::NotInvited => Err(AccountError::NotInvited),
        }
    }

    async fn new_account(
        &self,
        handle: &Handle,
        password: Option<SecretString>,
        service: bool,
    ) -> Result<NewAccount, AccountError> {
        let core = self.core();
        let password_hash = match password {
            Some(password) => Some(core.doorkeeper.hash(password).await?),
            None => None,
        };
        Ok(NewAccount {
            id: UserId(core.id()?),
            handle: handle.clone(),
            password_hash,
            admin: false,
            service,
            created_at: core.now(),
        })
    }
}
