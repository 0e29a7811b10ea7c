//! Accounts that are deactivated, let in again, deleted; administrators who are made.

use super::AccountError;
use crate::Bridge;
use chat::{Handle, UserId};
use mqtt::ReasonCode;
use store::{Account, AccountChange, AccountState, Membership};

impl Bridge {
    /// Nobody comes in as this user until they are let in again; who is here is shown out. Nothing of theirs is lost.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`].
    pub async fn deactivate(&self, user: &Handle) -> Result<Account, AccountError> {
        let account = self.user(user).await?;
        self.out(account.id, AccountState::Deactivated).await
    }

    /// Lets a deactivated user in again, with what they know; what they came in with is to be given anew.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`].
    pub async fn reactivate(&self, user: &Handle) -> Result<Account, AccountError> {
        let account = self.user(user).await?;
        if account.state == AccountState::Active {
            return Ok(account);
        }
        let change = AccountChange::State(AccountState::Active);
        self.still(self.people().change_account(account.id, &change).await?, account.id)
    }

    /// Deletes an account: who is here is shown out, they leave every room, and password, profile and credentials are
    /// gone. What they said stays in the rooms they said it in, and their handle stays taken. Interrupted, it can be
    /// asked for again.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`] if nobody ever had the handle.
    pub async fn delete(&self, user: &Handle) -> Result<(), AccountError> {
        let account = self.core().store.account(user).await?;
        let account = account.ok_or_else(|| AccountError::NoSuchUser(user.clone()))?;
        self.out(account.id, AccountState::Deleted).await?;
        let (_, memberships) = self.core().store.memberships(account.id, Membership::RUNNING).await?;
        for membership in memberships {
            self.remove_members(&membership.handle, std::slice::from_ref(user)).await?;
        }
        Ok(())
    }

    async fn out(&self, user: UserId, state: AccountState) -> Result<Account, AccountError> {
        let changed = self.people().change_account(user, &AccountChange::State(state)).await?;
        let account = self.still(changed, user)?;
        self.show_out(&account, ReasonCode::AdministrativeAction)?;
        Ok(account)
    }

    /// Makes this user an administrator, or none.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`].
    pub async fn set_admin(&self, user: &Handle, admin: bool) -> Result<Account, AccountError> {
        let account = self.user(user).await?;
        let changed = self.people().change_account(account.id, &AccountChange::Admin(admin)).await?;
        self.still(changed, account.id)
    }
}
