//! How people are, for those who ask, and what one sets for oneself.

use crate::Bridge;
use crate::accounts::AccountError;
use chat::{Handle, Presence, PresenceText, Shown, UserId, Visibility};
use std::time::Instant;
use store::{Account, Error, KeptPresence, PresenceChange};
use topics::payload::presence::SelfShown;

/// What somebody sets for themselves; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PresenceWish {
    /// Of all their devices that are here.
    pub state: Option<Presence>,
    /// What they say of it; nothing takes away what they said.
    pub text: Option<Option<PresenceText>>,
    /// Who may see it.
    pub visibility: Option<Visibility>,
}

/// How somebody is, as they see it themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPresence {
    /// What is to be seen.
    pub shown: Shown,
    /// By whom.
    pub visibility: Visibility,
}

impl Bridge {
    /// How somebody is.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`] also where this one may not see them, and the store's.
    pub async fn presence_of(&self, seer: UserId, user: &Handle) -> Result<Shown, AccountError> {
        let nobody = || AccountError::NoSuchUser(user.clone());
        let found = self.presences_of(seer, std::slice::from_ref(user)).await?;
        found.into_iter().next().map(|(_, shown)| shown).ok_or_else(nobody)
    }

    /// How these people are, in their order; whom this one may not see is left out. At most 1,000.
    ///
    /// # Errors
    /// The store's.
    pub async fn presences_of(&self, seer: UserId, users: &[Handle]) -> Result<Vec<(Handle, Shown)>, Error> {
        let core = self.core();
        let mut pairs = Vec::with_capacity(users.len());
        for user in users {
            pairs.extend(core.store.account(user).await?.map(|found| (seer, found.id)));
        }
        let sights = core.store.presences().sights(&pairs).await?;
        let seen: Vec<UserId> =
            pairs.iter().zip(sights).filter(|(_, sees)| *sees).map(|((_, user), _)| *user).collect();
        let kept = core.kept_of(&seen).await?;
        let seen = seen.iter().filter_map(|user| kept.get(user));
        Ok(seen.map(|kept| (kept.handle.clone(), self.shown_now(kept))).collect())
    }

    /// How one is oneself.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`] and the store's.
    pub async fn own_presence(&self, account: &Account) -> Result<OwnPresence, AccountError> {
        let nobody = || AccountError::NoSuchUser(account.handle.clone());
        let kept = self.core().kept_of(&[account.id]).await?;
        let kept = kept.get(&account.id).ok_or_else(nobody)?;
        Ok(OwnPresence { shown: self.shown_now(kept), visibility: kept.visibility })
    }

    fn shown_now(&self, kept: &KeptPresence) -> Shown {
        let core = self.core();
        let state = core.state_of(&core.presences.hold(), kept.user, Instant::now());
        core.shown(state.unwrap_or(Presence::Offline), kept)
    }

    /// Sets something for oneself. It counts when this returns, for those who watch too.
    ///
    /// # Errors
    /// The store's.
    pub async fn set_presence(&self, account: &Account, wish: PresenceWish) -> Result<(), Error> {
        let (core, user) = (self.core(), account.id);
        let PresenceWish { state, text, visibility } = wish;
        if let Some(visibility) = visibility {
            let change = PresenceChange { visibility: Some(visibility), ..PresenceChange::default() };
            core.store.presences().keep(user, &change).await?;
            core.presences.kept.forget(user);
            core.doubt(user).await?;
            core.presences.touch_at_once(user);
        }
        let shown = SelfShown { state, text, background: None };
        core.shows(user, &core.people.of(user), shown).await
    }

    /// How many steps it took so far to tell who is there: people looked at, watchers told. A measure of the work.
    #[must_use]
    pub fn presence_steps(&self) -> u64 {
        self.core().presences.steps()
    }
}
