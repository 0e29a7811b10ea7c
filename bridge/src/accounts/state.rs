//! Accounts that are deactivated and let in again; administrators who are made.

use super::AccountError;
use crate::Bridge;
use chat::{Handle, UserId};
use mqtt::ReasonCode;
use store::{Account, AccountChange, AccountState};

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

    pub(super) async fn out(&self, user: UserId, state: AccountState) -> Result<Account, AccountError> {
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
