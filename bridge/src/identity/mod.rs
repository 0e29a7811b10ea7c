//! Who is it? A token or a password becomes a user, or a refusal that tells a stranger nothing.

mod key; // the key that signs tokens

mod password; // what people know

mod token; // what devices carry

pub use key::SigningKey;

use crate::config::Config;
use broker::application::{ConnectRefusal, Identity, Introduction};
use chat::{Handle, Timestamp};
use mqtt::ReasonCode;
use password::Passwords;
use secrecy::{ExposeSecret, SecretString};
use std::time::{Duration, SystemTime};
use store::{Account, Error, Store};
use token::Tokens;

/// Checks proofs.
pub(crate) struct Doorkeeper {
    tokens: Tokens,
    passwords: Passwords,
    mqtt_password: bool,
}

/// Why a token or a password hash could not be made.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The password can't be kept.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
    /// The token can't be signed.
    #[error("the token could not be signed: {0}")]
    Sign(String),
    /// Too many passwords are being checked already.
    #[error("too many logins at once; try again in a moment")]
    Busy,
}

impl Doorkeeper {
    pub(crate) fn new(config: &Config, key: &SigningKey) -> Doorkeeper {
        Doorkeeper {
            tokens: Tokens::new(key),
            passwords: Passwords::new(),
            mqtt_password: config.mqtt_password,
        }
    }

    /// Who sends this CONNECT?
    pub(crate) async fn authenticate(
        &self,
        store: &dyn Store,
        introduction: &Introduction<'_>,
    ) -> Result<Identity, ConnectRefusal> {
        let connect = introduction.connect;
        let (Some(user), Some(password)) = (&connect.user_name, &connect.password) else {
            return Err(refusal(ReasonCode::NotAuthorized, "give a user name, and a token or a password"));
        };
        let handle = Handle::new(user).map_err(|_| unknown())?;
        let proof = std::str::from_utf8(&password.0).map_err(|_| unknown())?;
        let account = store.account(&handle).await.map_err(|error| unavailable(&error))?;
        match token::looks_like_one(proof) {
            true => self.by_token(account, &handle, proof),
            false => self.by_password(account, proof).await,
        }
    }

    fn by_token(
        &self,
        account: Option<Account>,
        user: &Handle,
        token: &str,
    ) -> Result<Identity, ConnectRefusal> {
        let claims = self.tokens.read(token).map_err(|()| unknown())?;
        let account = account.ok_or_else(unknown)?;
        if claims.sub != user.as_str() || claims.version != account.token_version {
            return Err(unknown());
        }
        Ok(identity(&account, Some(SystemTime::UNIX_EPOCH + Duration::from_secs(claims.exp))))
    }

    async fn by_password(
        &self,
        account: Option<Account>,
        password: &str,
    ) -> Result<Identity, ConnectRefusal> {
        if !self.mqtt_password {
            return Err(refusal(ReasonCode::BadUserNameOrPassword, "this server takes tokens only"));
        }
        let hash = account.as_ref().and_then(|account| account.password_hash.clone());
        let right = self.passwords.verify(SecretString::from(password), hash).await.map_err(|_| {
            refusal(ReasonCode::QuotaExceeded, "too many logins at once; try again in a moment")
        })?;
        match account {
            Some(account) if right => Ok(identity(&account, None)),
            _ => Err(unknown()),
        }
    }

    /// A hash of a new password.
    pub(crate) async fn hash(&self, password: SecretString) -> Result<String, IdentityError> {
        self.passwords.hash(password).await
    }

    /// A token for this user, good from `now` for `ttl`.
    pub(crate) fn token(
        &self,
        account: &Account,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<String, IdentityError> {
        self.tokens.sign(account, now, ttl)
    }
}

fn identity(account: &Account, expires_at: Option<SystemTime>) -> Identity {
    Identity { user: account.handle.as_str().into(), id: account.id.0, expires_at }
}

fn refusal(code: ReasonCode, reason: &str) -> ConnectRefusal {
    ConnectRefusal { code, reason: reason.to_owned() }
}

/// One answer for a user who does not exist, a wrong password and a token that is not good.
fn unknown() -> ConnectRefusal {
    refusal(ReasonCode::BadUserNameOrPassword, "user name or password are not right")
}

fn unavailable(error: &Error) -> ConnectRefusal {
    tracing::warn!(%error, "a CONNECT could not be checked: {error}");
    refusal(ReasonCode::ServerUnavailable, "the server can't check who you are just now")
}

/// The proof is only looked at where it is compared.
pub(crate) fn exposed(secret: &SecretString) -> &str {
    secret.expose_secret()
}
