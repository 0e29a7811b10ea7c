//! Tokens of devices, keys of programs, and all that somebody comes in with.

use super::login::{LABEL, after};
use super::{AccountError, words};
use crate::Bridge;
use crate::identity::{Scopes, secret};
use crate::revoke::Revoked;
use chat::{Handle, UserId};
use mqtt::ReasonCode;
use secrecy::SecretString;
use std::time::Duration;
use store::{Added, Credential, CredentialId, CredentialKind, NewCredential, Which};

/// A credential that was given, with its secret: it is seen this once.
#[derive(Debug)]
pub struct Given {
    /// What it is.
    pub credential: Credential,
    /// What to show.
    pub secret: SecretString,
}

impl Bridge {
    /// A token for one device of this user, for MQTT as the password and for requests.
    ///
    /// # Errors
    /// [`AccountError::DeviceTaken`], [`AccountError::TooMany`], [`AccountError::Text`].
    pub async fn add_device_token(
        &self,
        user: UserId,
        device: String,
        label: String,
        ttl: Option<Duration>,
    ) -> Result<Given, AccountError> {
        words::device(&device)?;
        let most = self.core().config.device_tokens;
        self.give(user, (CredentialKind::DeviceToken, most), Some(device), label, String::new(), ttl).await
    }

    /// A key for a program's account.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`], [`AccountError::NotAService`], [`AccountError::TooMany`], [`AccountError::Text`].
    pub async fn add_key(
        &self,
        service: &Handle,
        label: String,
        scopes: Scopes,
        ttl: Option<Duration>,
    ) -> Result<Given, AccountError> {
        let account = self.user(service).await?;
        if !account.service {
            return Err(AccountError::NotAService(service.clone()));
        }
        let most = self.core().config.api_keys;
        self.give(account.id, (CredentialKind::ApiKey, most), None, label, scopes.to_string(), ttl).await
    }

    async fn give(
        &self,
        user: UserId,
        (kind, most): (CredentialKind, u32),
        device: Option<String>,
        label: String,
        scopes: String,
        ttl: Option<Duration>,
    ) -> Result<Given, AccountError> {
        words::line("label", &label, LABEL)?;
        let id = CredentialId(self.number()?);
        let now = self.core().now();
        let secret = secret::credential(kind, id)?;
        let expires_at = ttl.map(|ttl| after(now, ttl));
        let credential =
            Credential { id, user, kind, device, label, scopes, created_at: now, used_at: now, expires_at };
        let new = NewCredential { credential, secret: secret.hash, family: None, most };
        match self.people().add_credential(&new).await? {
            Added::New(_) => Ok(Given { credential: new.credential, secret: secret.text }),
            Added::DeviceTaken => Err(AccountError::DeviceTaken(new.credential.device.unwrap_or_default())),
            Added::TooMany => Err(AccountError::TooMany(most)),
            Added::NoSuchUser => Err(AccountError::NoSuchCredential),
        }
    }

    /// What this user comes in with, oldest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn credentials(&self, user: UserId) -> Result<Vec<Credential>, AccountError> {
        Ok(self.people().credentials(user, self.core().now()).await?)
    }

    /// Ends one of them. What came in by it is shown out.
    ///
    /// # Errors
    /// [`AccountError::NoSuchCredential`] if it is none of theirs.
    pub async fn end_credential(&self, user: UserId, id: CredentialId) -> Result<(), AccountError> {
        let ended = self.people().end_credentials(user, Which::One(id)).await?;
        if ended.is_empty() {
            return Err(AccountError::NoSuchCredential);
        }
        self.core().revoke(user, &[Revoked::One(id)], ReasonCode::NotAuthorized);
        Ok(())
    }
}
