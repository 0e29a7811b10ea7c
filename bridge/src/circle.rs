//! Whom a user knows, and whom they keep away.
//!
//! Who is kept away meets somebody who is not there: every question about them is answered as for a name that nobody has.

use crate::Bridge;
use crate::accounts::AccountError;
use crate::core::Core;
use chat::{Handle, UserId};
use std::time::{Duration, Instant};
use store::{Account, Befriended, Circle, Contact, Error, Kept, KeptAway, Pair, Person, Tie};

impl Core {
    /// Whether this person keeps the user away.
    pub(crate) async fn is_kept_away(&self, user: UserId, by: UserId) -> Result<bool, Error> {
        Ok(user != by && !self.store.circle().keepers(user, &[by]).await?.is_empty())
    }
}

impl Core {
    /// Somebody writes first to somebody else, or asks them something. To how many strangers they may do that in a day is
    /// limited, but for programs and administrators; the error says how long to wait.
    pub(crate) async fn meets(&self, user: UserId, other: UserId) -> Result<Result<(), Duration>, Error> {
        if user == other
            || matches!(self.store.circle().tie(user, other).await?, Some(Tie::Asked | Tie::Contact))
        {
            return Ok(Ok(()));
        }
        let account = self.store.people().account_of(user).await?;
        if account.is_some_and(|account| account.service || account.admin) {
            return Ok(Ok(()));
        }
        let turn = self.strangers.turn((user, self.is_new(user)), Instant::now(), Some(Duration::ZERO));
        Ok(turn.map(drop))
    }
}

impl Bridge {
    fn circle(&self) -> &dyn Circle {
        self.core().store.circle()
    }

    fn pair(&self, user: &Account, other: Account) -> Pair {
        let person = |account: &Account| Person { user: account.id, handle: account.handle.clone() };
        Pair { user: person(user), other: person(&other), now: self.core().now() }
    }

    /// Something between the two has changed: whether they see each other follows, and who hears what nobody keeps.
    async fn turn_to_each_other(&self, pair: &Pair) {
        self.core().fleeting.pair_changed();
        self.core().pair_changed(pair.user.user, pair.other.user).await;
    }

    /// A user as this one meets them: who was deleted is not there, and neither is who keeps them away.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`] and [`AccountError::Store`].
    pub async fn user_for(&self, seer: UserId, handle: &Handle) -> Result<Account, AccountError> {
        let account = self.user(handle).await?;
        match self.core().is_kept_away(seer, account.id).await? {
            true => Err(AccountError::NoSuchUser(handle.clone())),
            false => Ok(account),
        }
    }

    /// The user wants somebody as a contact: they ask, or agree if the other has asked.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`], [`AccountError::TooMany`], [`AccountError::KeptAway`]; [`AccountError::Quota`] for who
    /// asks many strangers.
    pub async fn befriend(&self, user: &Account, other: &Handle) -> Result<Tie, AccountError> {
        let most = self.core().config.contacts;
        let pair = self.pair(user, self.user_for(user.id, other).await?);
        if self.circle().tie(user.id, pair.other.user).await?.is_none() {
            let met = self.core().meets(user.id, pair.other.user).await?;
            met.map_err(AccountError::Quota)?;
        }
        match self.circle().befriend(&pair, most).await? {
            Befriended::Tied(tie) => {
                if tie == Tie::Contact {
                    self.turn_to_each_other(&pair).await;
                }
                Ok(tie)
            }
            Befriended::NoSuchUser => Err(AccountError::NoSuchUser(other.clone())),
            Befriended::KeptAway => Err(AccountError::KeptAway(other.clone())),
            Befriended::TooMany => Err(AccountError::TooMany(most)),
        }
    }

    /// The user does not want somebody as a contact, or not any more: they decline, take back, or end it.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`] if there is nothing between the two.
    pub async fn part_ways(&self, user: &Account, other: &Handle) -> Result<(), AccountError> {
        let pair = self.pair(user, self.user(other).await?);
        match self.circle().part_ways(&pair).await? {
            true => {
                self.turn_to_each_other(&pair).await;
                Ok(())
            }
            false => Err(AccountError::NoSuchUser(other.clone())),
        }
    }

    /// Contacts and those who asked or were asked, by handle; at most `limit` (up to 1,000).
    ///
    /// # Errors
    /// The store's.
    pub async fn contacts(
        &self,
        user: UserId,
        tie: Option<Tie>,
        after: Option<&Handle>,
        limit: u32,
    ) -> Result<Vec<Contact>, Error> {
        self.circle().contacts(user, tie, after, limit).await
    }

    /// The user keeps somebody away from now on. Whether there is anybody of this name can't be told by it: somebody who
    /// keeps *them* away must not be found out.
    ///
    /// # Errors
    /// [`AccountError::TooMany`].
    pub async fn keep_away(&self, user: &Account, other: &Handle) -> Result<(), AccountError> {
        let most = self.core().config.blocks;
        let Some(other) = self.core().store.account(other).await?.filter(|other| other.id != user.id) else {
            return Ok(());
        };
        let pair = self.pair(user, other);
        let kept = self.circle().keep_away(&pair, most).await?;
        self.core().receipts.forget_rooms();
        match kept {
            Kept::Away => {
                self.turn_to_each_other(&pair).await;
                Ok(())
            }
            Kept::TooMany => Err(AccountError::TooMany(most)),
        }
    }

    /// The user lets somebody near again.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`] if they did not keep them away.
    pub async fn let_near(&self, user: &Account, other: &Handle) -> Result<(), AccountError> {
        let nobody = || AccountError::NoSuchUser(other.clone());
        let account = self.core().store.account(other).await?.ok_or_else(nobody)?;
        let pair = self.pair(user, account);
        let was_away = self.circle().let_near(&pair).await?;
        self.core().receipts.forget_rooms();
        match was_away {
            true => {
                self.turn_to_each_other(&pair).await;
                Ok(())
            }
            false => Err(nobody()),
        }
    }

    /// Whom the user keeps away, by handle; at most `limit` (up to 1,000).
    ///
    /// # Errors
    /// The store's.
    pub async fn kept_away(
        &self,
        user: UserId,
        after: Option<&Handle>,
        limit: u32,
    ) -> Result<Vec<KeptAway>, Error> {
        self.circle().kept_away(user, after, limit).await
    }
}
