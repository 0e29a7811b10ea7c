//! Who asks, in memory: whoever has a connection or asks by HTTP shows the same token over and over, and each time it
//! has to be found out whether it is still good.
//!
//! SQLite itself says which rows a transaction changes, so none can be forgotten. When they are on the disk the lane takes
//! them out of here, before anybody is told: who was shown out once is not taken for somebody who may come in.

use crate::accounts;
use crate::credentials;
use crate::failure::error;
use crate::known::Known;
use crate::readers::Readers;
use chat::{Handle, Timestamp, UserId};
use parking_lot::Mutex;
use quick_cache::UnitWeighter;
use quick_cache::sync::Cache;
use sqlx::SqliteConnection;
use std::sync::Arc;
use store::{Account, Credential, CredentialId, Error, Held, SecretHash};

/// How many of each are remembered, about 400 bytes each: those who asked lately.
const MOST: usize = 32_768;

/// Filled by readers, emptied by the lane.
pub(crate) struct Callers {
    /// Whose a handle is never changes.
    numbers: Cache<Handle, UserId>,
    accounts: Known<UserId, Account>,
    credentials: Known<CredentialId, (Credential, SecretHash)>,
    changed: Arc<Mutex<Changed>>,
}

/// What a transaction has changed so far.
#[derive(Debug, Default)]
struct Changed {
    accounts: Vec<UserId>,
    credentials: Vec<CredentialId>,
}

impl Callers {
    /// Nobody is known; whom this connection changes will be heard of.
    pub(crate) async fn beside(writer: &mut SqliteConnection) -> Result<Callers, Error> {
        let changed = Arc::<Mutex<Changed>>::default();
        let noted = changed.clone();
        let mut writer = writer.lock_handle().await.map_err(error)?;
        writer.set_update_hook(move |row| match row.table {
            "account" => noted.lock().accounts.push(UserId(row.rowid)),
            "credential" => noted.lock().credentials.push(CredentialId(row.rowid)),
            _ => {}
        });
        let numbers = Cache::new(MOST);
        let accounts = Known::new(MOST, MOST as u64, UnitWeighter);
        let credentials = Known::new(MOST, MOST as u64, UnitWeighter);
        Ok(Callers { numbers, accounts, credentials, changed })
    }

    /// The transaction adds or removes a credential of this person: whether they have any is no column of theirs.
    pub(crate) fn changes(&self, user: UserId) {
        self.changed.lock().accounts.push(user);
    }

    /// What the transaction changed is on the disk.
    pub(crate) fn committed(&self) {
        let Changed { accounts, credentials } = std::mem::take(&mut *self.changed.lock());
        accounts.into_iter().for_each(|user| self.accounts.forget(user));
        credentials.into_iter().for_each(|id| self.credentials.forget(id));
    }

    /// It was undone.
    pub(crate) fn rolled_back(&self) {
        *self.changed.lock() = Changed::default();
    }

    /// See [`store::Store::account`].
    pub(crate) async fn account(&self, readers: &Readers, handle: &Handle) -> Result<Option<Account>, Error> {
        if let Some(user) = self.numbers.get(handle) {
            return self.account_of(readers, user).await;
        }
        let found = accounts::find(readers, handle).await?;
        if let Some(account) = &found {
            self.numbers.insert(handle.clone(), account.id);
        }
        Ok(found)
    }

    /// See [`store::People::account_of`].
    pub(crate) async fn account_of(&self, readers: &Readers, user: UserId) -> Result<Option<Account>, Error> {
        self.accounts.one(user, async || accounts::of(readers, user).await).await
    }

    /// See [`store::People::credential`]. The first time it is one question, account and all.
    pub(crate) async fn held(
        &self,
        readers: &Readers,
        id: CredentialId,
        now: Timestamp,
    ) -> Result<Option<Held>, Error> {
        let mut whole = None;
        let known = self.credentials.one(id, async || {
            whole = credentials::held(readers, id).await?;
            Ok(whole.as_ref().map(|held| (held.credential.clone(), held.secret)))
        });
        let Some((credential, secret)) = known.await?.filter(|(one, _)| one.is_good(now)) else {
            return Ok(None);
        };
        if whole.is_some() {
            return Ok(whole);
        }
        let account = self.account_of(readers, credential.user).await?;
        Ok(account.map(|account| Held { credential, secret, account }))
    }
}
