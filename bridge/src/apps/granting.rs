//! Administrators say who may use which topics of an app. It holds at once, also for who is connected.
//!
//! One change after the other, and each of them in the store first: what memory grants is there after a restart too, and
//! both end with the same. A change that was begun is finished, whether or not somebody waits for it.

use crate::Bridge;
use crate::accounts::AccountError;
use crate::core::Core;
use chat::{Handle, UserId};
use std::sync::Arc;
use store::Error;
use topics::grant::Grant;

/// Grants in all: every one of them is in memory, with up to 4 KiB of patterns.
const MOST: u32 = 10_000;

/// What somebody was granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// Who, with their number; nobody is everybody.
    pub user: Option<(UserId, Handle)>,
    /// What.
    pub grant: Grant,
}

/// Which grants are asked for, and where their list goes on.
#[derive(Debug, Clone, Default)]
pub struct GrantsSought {
    /// Only of this app.
    pub app: Option<String>,
    /// Only this user's.
    pub user: Option<UserId>,
    /// Only those behind this one: an app, and whom it was for (0 is everybody).
    pub after: Option<(String, i64)>,
}

impl Bridge {
    /// Grants a user, or everybody, what they may do in an app, in the place of what they were granted there before.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`], [`AccountError::Grant`] in words for whoever wrote it, [`AccountError::TooMany`],
    /// [`AccountError::Store`].
    pub async fn grant(&self, user: Option<&Handle>, grant: Grant) -> Result<(), AccountError> {
        grant.check()?;
        let user = self.whom(user).await?;
        self.change(move |core| match core.apps.grants.get(user, &grant.app) {
            None if core.apps.grants.count() >= MOST as usize => Err(AccountError::TooMany(MOST)),
            _ => Ok(vec![(user, grant)]),
        })
        .await
    }

    /// Takes away what a user, or everybody, was granted in an app. Where topics are open, an app is open again when the
    /// last of its grants goes.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`], [`AccountError::NoSuchGrant`], [`AccountError::Store`].
    pub async fn end_grant(&self, user: Option<&Handle>, app: &str) -> Result<(), AccountError> {
        let (user, app) = (self.whom(user).await?, app.to_owned());
        self.change(move |core| match core.apps.grants.get(user, &app) {
            Some(_) => Ok(vec![(user, nothing(app))]),
            None => Err(AccountError::NoSuchGrant),
        })
        .await
    }

    /// Takes away all that was granted to this user alone: they are gone.
    pub(crate) async fn end_grants_of(&self, user: UserId) -> Result<(), AccountError> {
        self.change(move |core| {
            let held = core.apps.grants.list(|whose, _| whose == Some(user));
            Ok(held.into_iter().map(|(_, grant)| (Some(user), nothing(grant.app))).collect())
        })
        .await
    }

    /// Grants by app, at most `limit`; what is for everybody comes first in its app.
    ///
    /// # Errors
    /// The store's.
    pub async fn grants(&self, sought: &GrantsSought, limit: usize) -> Result<Vec<Granted>, Error> {
        let number = |user: Option<UserId>| user.map_or(0, |user| user.0);
        let is_after = |user, app: &str| {
            let after = sought.after.as_ref();
            after.is_none_or(|(last, whose)| (app, number(user)) > (last.as_str(), *whose))
        };
        let is_sought = |user: Option<UserId>, app: &str| {
            is_after(user, app)
                && sought.app.as_deref().is_none_or(|wanted| wanted == app)
                && sought.user.is_none_or(|wanted| user == Some(wanted))
        };
        let mut found = self.core().apps.grants.list(is_sought);
        found.sort_unstable_by(|(one, a), (other, b)| (&a.app, number(*one)).cmp(&(&b.app, number(*other))));
        found.truncate(limit);
        let mut granted = Vec::with_capacity(found.len());
        for (user, grant) in found {
            let user = match user {
                Some(id) => match self.core().store.people().account_of(id).await? {
                    Some(account) => Some((id, account.handle)),
                    None => return Err(Error::Damaged(format!("account {id} is gone, and has a grant"))),
                },
                None => None,
            };
            granted.push(Granted { user, grant });
        }
        Ok(granted)
    }

    async fn whom(&self, user: Option<&Handle>) -> Result<Option<UserId>, AccountError> {
        match user {
            Some(handle) => Ok(Some(self.user(handle).await?.id)),
            None => Ok(None),
        }
    }

    /// Makes the changes that `decide` finds right when it is its turn.
    async fn change(
        &self,
        decide: impl FnOnce(&Core) -> Result<Vec<(Option<UserId>, Grant)>, AccountError> + Send + 'static,
    ) -> Result<(), AccountError> {
        let core = self.core().clone();
        let changing = self.core().tasks.spawn(async move {
            let _turn = core.apps.granting.lock().await;
            let changes = decide(&core)?;
            put(&core, changes).await
        });
        match changing.await {
            Ok(done) => done,
            Err(error) => Err(Error::Unavailable(error.to_string()).into()),
        }
    }
}

async fn put(core: &Arc<Core>, changes: Vec<(Option<UserId>, Grant)>) -> Result<(), AccountError> {
    for (user, grant) in changes {
        let Grant { app, read, write } = grant.clone();
        core.store.apps().put_grant(&store::Grant { app, user, read, write }).await?;
        core.apps.grants.put(user, grant);
    }
    Ok(())
}

/// What takes a grant away.
fn nothing(app: String) -> Grant {
    Grant { app, read: Vec::new(), write: Vec::new() }
}
