//! Access tokens that an administrator makes for somebody: to connect with for a while, with grants in them.

use super::{AccountError, words};
use crate::Bridge;
use crate::identity::Good;
use chat::Handle;
use std::time::Duration;
use topics::grant::Grant;

/// What a token says beside whose it is.
#[derive(Debug, Clone)]
pub struct TokenTerms {
    /// How long it is good for.
    pub ttl: Duration,
    /// The one MQTT client id it is good for.
    pub device: Option<String>,
    /// What it grants of the topics of apps, beside what its user is granted anyway.
    pub apps: Vec<Grant>,
}

impl Bridge {
    /// A token for this user. It is kept nowhere: it ends by itself, or when its user logs out everywhere.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`]; [`AccountError::Grant`] and [`AccountError::Text`] in words for whoever wrote it;
    /// [`AccountError::Identity`], [`AccountError::Store`].
    pub async fn token_for(&self, user: &Handle, terms: &TokenTerms) -> Result<String, AccountError> {
        let TokenTerms { ttl, device, apps } = terms;
        Grant::check_all(apps)?;
        let device = device.as_deref();
        device.map_or(Ok(()), words::device)?;
        let account = self.user(user).await?;
        let core = self.core();
        Ok(core.doorkeeper.token(&account, Good { login: None, device, apps }, core.now(), *ttl)?)
    }
}
