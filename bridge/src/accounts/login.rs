//! In and out.

use super::{AccountError, words};
use crate::Bridge;
use crate::identity::secret::{self, ShownRefresh};
use crate::identity::{Caller, Good, NotKnown};
use crate::revoke::Revoked;
use chat::{Handle, Timestamp, UserId};
use mqtt::ReasonCode;
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use store::{
    Account, AccountChange, Added, Credential, CredentialId, CredentialKind, NewCredential, Rotated,
    Rotation, Which,
};

/// Characters of a label: what a list of devices shows.
pub(super) const LABEL: usize = 100;

/// Somebody logged in, or goes on with it.
#[derive(Debug)]
pub struct LoggedIn {
    /// Who.
    pub account: Account,
    /// The number of their login.
    pub login: CredentialId,
    /// The MQTT client id their tokens are good for.
    pub device: String,
    /// A JWT for requests, and for MQTT as the password.
    pub access: SecretString,
    /// How long it is good for.
    pub expires_in: Duration,
    /// What gets the next two.
    pub refresh: SecretString,
    /// When that is over, unless it is used before.
    pub refresh_expires_at: Timestamp,
}

impl Bridge {
    /// Somebody logs in with a password. Their device is named by them, or by us.
    ///
    /// # Errors
    /// [`AccountError::NotKnown`] for a user or password that is not right, [`AccountError::DeviceTaken`] where the
    /// device has a token of its own.
    pub async fn log_in(
        &self,
        user: &Handle,
        password: &SecretString,
        device: Option<String>,
        label: Option<String>,
    ) -> Result<LoggedIn, AccountError> {
        device.as_deref().map_or(Ok(()), words::device)?;
        label.as_deref().map_or(Ok(()), |label| words::line("label", label, LABEL))?;
        let core = self.core();
        let known = core.doorkeeper.by_password(&*core.store, user, password.expose_secret()).await?;
        let id = CredentialId(self.number()?);
        let device = device.unwrap_or_else(|| format!("app-{}", id.0));
        let logged_in = self.begin(known.account, id, device, label.unwrap_or_default()).await?;
        let note = AccountChange::LoggedIn(core.now());
        self.people().change_account(logged_in.account.id, &note).await?;
        Ok(logged_in)
    }

    async fn begin(
        &self,
        account: Account,
        id: CredentialId,
        device: String,
        label: String,
    ) -> Result<LoggedIn, AccountError> {
        let core = self.core();
        let now = core.now();
        let (refresh, family) = secret::first_refresh(id)?;
        let expires_at = after(now, core.config.refresh_ttl);
        let new = NewCredential {
            credential: Credential {
                id,
                user: account.id,
                kind: CredentialKind::Login,
                device: Some(device.clone()),
                label,
                scopes: String::new(),
                created_at: now,
                used_at: now,
                expires_at: Some(expires_at),
            },
            secret: refresh.hash,
            family: Some(family),
            most: core.config.logins,
        };
        match self.people().add_credential(&new).await? {
            Added::New(gone) => {
                let gone: Vec<Revoked> = gone.into_iter().map(Revoked::One).collect();
                core.revoke(account.id, &gone, ReasonCode::NotAuthorized);
            }
            Added::DeviceTaken => return Err(AccountError::DeviceTaken(device)),
            Added::TooMany => return Err(AccountError::TooMany(core.config.logins)),
            Added::NoSuchUser => return Err(NotKnown::Unknown.into()),
        }
        self.logged_in(account, id, device, (refresh.text, expires_at))
    }

    fn logged_in(
        &self,
        account: Account,
        login: CredentialId,
        device: String,
        (refresh, refresh_expires_at): (SecretString, Timestamp),
    ) -> Result<LoggedIn, AccountError> {
        let core = self.core();
        let expires_in = core.config.access_ttl;
        let good = Good { login: Some(login), device: Some(&device), apps: &[] };
        let access = core.doorkeeper.token(&account, good, core.now(), expires_in)?.into();
        Ok(LoggedIn { account, login, device, access, expires_in, refresh, refresh_expires_at })
    }

    /// A refresh token becomes the next two tokens. It is good once: one that comes again ends its login, since then
    /// two have it, and what came in by it is shown out.
    ///
    /// # Errors
    /// [`AccountError::NotKnown`] for a token that is not good, or not any more.
    pub async fn refresh(&self, token: &SecretString) -> Result<LoggedIn, AccountError> {
        let core = self.core();
        let shown = ShownRefresh::read(token.expose_secret()).ok_or(NotKnown::Unknown)?;
        let next = shown.next()?;
        let now = core.now();
        let expires_at = after(now, core.config.refresh_ttl);
        let rotation = Rotation {
            id: shown.id,
            family: shown.family,
            used: shown.hash,
            next: next.hash,
            now,
            expires_at,
        };
        match self.people().rotate(&rotation).await? {
            Rotated::Fresh(held) => {
                let device = held.credential.device.unwrap_or_default();
                self.logged_in(held.account, shown.id, device, (next.text, expires_at))
            }
            Rotated::Reused(user) => {
                tracing::warn!(user.id = %user, login.id = shown.id.0, "a refresh token was used twice: its login is ended");
                core.revoke(user, &[Revoked::One(shown.id)], ReasonCode::NotAuthorized);
                Err(NotKnown::Unknown.into())
            }
            Rotated::Unknown => Err(NotKnown::Unknown.into()),
        }
    }

    /// The caller goes, with what they came in by.
    ///
    /// # Errors
    /// [`AccountError::NoSuchCredential`] for a token that names no login: there is nothing to end but everything.
    pub async fn log_out(&self, caller: &Caller) -> Result<(), AccountError> {
        let id = caller.credential().ok_or(AccountError::NoSuchCredential)?;
        self.end_credential(caller.account.id, id).await
    }

    /// Everything this user ever came in with is over: logins, tokens of devices, keys, and access tokens.
    ///
    /// # Errors
    /// The store's.
    pub async fn log_out_everywhere(&self, user: UserId) -> Result<(), AccountError> {
        self.people().end_credentials(user, Which::All).await?;
        let account = self.people().account_of(user).await?;
        let account = self.still(account, user)?;
        self.show_out(&account, ReasonCode::NotAuthorized)
    }

    /// Ends every connection of this user that came in before.
    pub(super) fn show_out(&self, account: &Account, code: ReasonCode) -> Result<(), AccountError> {
        let everything = [
            Revoked::Credentials { before: self.number()?, but: None },
            Revoked::Versions(account.token_version),
        ];
        self.core().revoke(account.id, &everything, code);
        Ok(())
    }
}

/// So long after that.
pub(crate) fn after(now: Timestamp, time: Duration) -> Timestamp {
    Timestamp(now.0.saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)))
}
