//! People who go for good, and, if they wish, take along what they said.
//!
//! The wish is on the disk first. Whatever happens in between, a crash too, it is finished: the next start finds it, and
//! looks again every half minute.

use super::AccountError;
use crate::Bridge;
use crate::core::Core;
use chat::{Handle, RoomKind, UserId};
use std::sync::Arc;
use store::{AccountState, Membership, Parting};

/// Keys and signs that go in one transaction: some milliseconds, in which nobody else is stored.
const AT_ONCE: u32 = 200;
/// People whose going is looked after at once; others have their turn half a minute later.
const GOING: u32 = 100;

impl Bridge {
    /// Deletes an account: who is here is shown out, their sessions end, they leave every room, and password, profile and
    /// credentials are gone. Their handle stays taken. What they said stays in the rooms they said it in; with `erase` the keys go that
    /// open it, for ever and in every backup made later, and their messages are there as if they had taken them back.
    /// Asked again, it does what is left to be done: so somebody who is gone can be erased too.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`] if nobody ever had the handle.
    pub async fn delete(&self, user: &Handle, erase: bool) -> Result<(), AccountError> {
        let account = self.core().store.account(user).await?;
        let account = account.ok_or_else(|| AccountError::NoSuchUser(user.clone()))?;
        let parting = Parting { user: account.id, erase };
        if !self.people().will_part(parting).await? {
            return Err(AccountError::NoSuchUser(user.clone()));
        }
        self.part(user, parting).await
    }

    /// Each step may have been done before.
    async fn part(&self, handle: &Handle, parting: Parting) -> Result<(), AccountError> {
        let Parting { user, erase } = parting;
        self.out(user, AccountState::Deleted).await?;
        self.core().apps.forget_all_of(user);
        self.core().shows_nothing_any_more(user).await;
        let (_, memberships) = self.core().store.memberships(user, Membership::RUNNING).await?;
        for membership in memberships.into_iter().filter(|one| one.kind != RoomKind::Own) {
            self.remove_members(&membership.handle, std::slice::from_ref(handle)).await?;
        }
        self.end_grants_of(user).await?;
        // Who is in no room says nothing more, so that no key comes after this.
        if erase {
            self.erase(user).await?;
        }
        Ok(self.people().parted(user).await?)
    }

    async fn erase(&self, user: UserId) -> Result<(), AccountError> {
        // Each time something goes of what only becomes less.
        while self.people().erase(user, AT_ONCE).await? {}
        Ok(())
    }

    async fn see_off(&self, parting: Parting) -> Result<(), AccountError> {
        match self.people().account_of(parting.user).await? {
            Some(account) => self.part(&account.handle, parting).await,
            None => Ok(self.people().parted(parting.user).await?),
        }
    }
}

/// Finishes what was begun: by a process that is no more, or just now by somebody who is at it still, which does no harm.
pub(crate) async fn finish(core: &Arc<Core>) {
    let bridge = Bridge::of(core.clone());
    let going = match bridge.people().partings(GOING).await {
        Ok(going) => going,
        Err(error) => return tracing::warn!(%error, "who goes could not be looked up: {error}"),
    };
    for parting in going {
        if let Err(error) = bridge.see_off(parting).await {
            tracing::warn!(%error, user.id = %parting.user, "a user who goes could not be seen off yet: {error}");
        }
    }
}
