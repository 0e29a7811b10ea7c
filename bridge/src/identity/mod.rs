//! Who is it? A token, a key or a password becomes a user, or a refusal that tells a stranger nothing.

mod key; // the key that signs tokens

mod password; // what people know

mod token; // what apps carry for an hour

pub(crate) mod secret; // what devices and programs carry for long

mod scope; // what a proof is good for

mod known; // somebody who proved who they are

mod used; // which credentials are in use

mod connect; // who sends this CONNECT

mod method; // and AUTH

mod certificate; // and what came before both

pub use key::SigningKey;
pub use known::Caller;
pub(crate) use known::{ANONYMOUS, NOBODY, carried, is_anonymous, is_nobody, rights, uncarried};
pub use scope::{NotAScope, Scope, Scopes};
pub(crate) use token::Good;

use crate::config::Config;
use aws_lc_rs::hmac;
use chat::{Handle, Timestamp};
use password::Passwords;
use secrecy::{ExposeSecret, SecretString};
use secret::Shown;
use std::time::{Duration, SystemTime};
use store::{Account, AccountState, By, CredentialKind, Error, Held, SecretHash, Store};
use token::Tokens;
pub(crate) use used::Used;

/// Checks proofs.
pub(crate) struct Doorkeeper {
    tokens: Tokens,
    passwords: Passwords,
    prints: hmac::Key,
    mqtt_password: bool,
    mqtt_strangers: bool,
    anonymous: bool,
    pub(crate) used: Used,
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
    /// No secret can be made.
    #[error("the system gives no random bytes")]
    Random,
}

/// Why a proof is not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotKnown {
    /// It is not right, or not any more. There is one word for all of that.
    #[error("the credentials are not right, or not any more")]
    Unknown,
    /// It is right, and its owner may not come in.
    #[error("this account is deactivated")]
    Deactivated,
    /// Too many passwords are being checked already.
    #[error("too many logins at once; try again in a moment")]
    Busy,
    /// It can't be looked up just now.
    #[error(transparent)]
    Store(#[from] Error),
}

impl Doorkeeper {
    pub(crate) fn new(config: &Config, key: &SigningKey) -> Doorkeeper {
        Doorkeeper {
            tokens: Tokens::new(key),
            passwords: Passwords::new(),
            prints: key.prints(),
            mqtt_password: config.mqtt_password,
            mqtt_strangers: config.mqtt_strangers,
            anonymous: config.anonymous,
            used: Used::default(),
        }
    }

    /// Who shows this token or key? Nothing if it is neither.
    pub(crate) async fn by_carried(
        &self,
        store: &dyn Store,
        proof: &str,
        now: Timestamp,
    ) -> Option<Result<Caller, NotKnown>> {
        if token::looks_like_one(proof) {
            return Some(self.by_token(store, proof, now).await);
        }
        let shown = Shown::read(proof)?;
        Some(self.by_secret(store, &shown, now).await)
    }

    async fn by_token(&self, store: &dyn Store, token: &str, now: Timestamp) -> Result<Caller, NotKnown> {
        let claims = self.tokens.read(token).map_err(|()| NotKnown::Unknown)?;
        let expires_at = Some(claims.end());
        let Some(login) = claims.login() else {
            let handle = Handle::new(&claims.sub).map_err(|_| NotKnown::Unknown)?;
            let account = store.account(&handle).await?.ok_or(NotKnown::Unknown)?;
            if account.token_version != claims.version {
                return Err(NotKnown::Unknown);
            }
            let (device, grants) = (claims.device, claims.apps.into());
            return active(Caller { device, grants, ..Caller::by_account(account, expires_at) });
        };
        let held = store.people().credential(login, now).await?;
        let held = held.filter(|held| held.credential.kind == CredentialKind::Login);
        let held = held.filter(|held| held.account.handle.as_str() == claims.sub).ok_or(NotKnown::Unknown)?;
        self.is_used(&held, now);
        active(Caller { grants: claims.apps.into(), ..Caller::by_credential(held, expires_at) })
    }

    async fn by_secret(&self, store: &dyn Store, shown: &Shown, now: Timestamp) -> Result<Caller, NotKnown> {
        let held = store.people().credential(shown.id, now).await?;
        let held = held.filter(|held| held.credential.kind == shown.kind && shown.fits(&held.secret));
        let held = held.ok_or(NotKnown::Unknown)?;
        self.is_used(&held, now);
        let end = held.credential.expires_at;
        active(Caller::by_credential(held, end.map(system_time)))
    }

    /// Who came in by this proof, as they are now?
    pub(crate) async fn by_proof(
        &self,
        store: &dyn Store,
        user: &Handle,
        proof: store::Proof,
        now: Timestamp,
    ) -> Result<Caller, NotKnown> {
        match proof.by {
            By::Account(version) => {
                let account = store.account(user).await?.filter(|account| account.id == proof.user);
                let account = account.filter(|account| account.token_version == version);
                active(Caller::by_account(account.ok_or(NotKnown::Unknown)?, None))
            }
            By::Credential(id) => {
                let held = store.people().credential(id, now).await?;
                let held = held.filter(|held| held.account.id == proof.user).ok_or(NotKnown::Unknown)?;
                let end = held.credential.expires_at;
                active(Caller::by_credential(held, end.map(system_time)))
            }
        }
    }

    /// Who knows this password? A user who is not there takes as long.
    pub(crate) async fn by_password(
        &self,
        store: &dyn Store,
        user: &Handle,
        password: &str,
    ) -> Result<Caller, NotKnown> {
        let account = store.account(user).await?;
        let hash = account.as_ref().and_then(|account| account.password_hash.clone());
        let right = self.passwords.verify(SecretString::from(password), hash).await;
        let right = right.map_err(|_| NotKnown::Busy)?;
        match account {
            Some(account) if right => active(Caller::by_account(account, None)),
            _ => Err(NotKnown::Unknown),
        }
    }

    fn is_used(&self, held: &Held, now: Timestamp) {
        self.used.note(&held.credential, now);
    }

    /// A hash of a new password.
    pub(crate) async fn hash(&self, password: SecretString) -> Result<String, IdentityError> {
        self.passwords.hash(password).await
    }

    /// A token for this user, good from `now` for `ttl`, and for this.
    pub(crate) fn token(
        &self,
        account: &Account,
        good: Good<'_>,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<String, IdentityError> {
        self.tokens.sign(account, good, now, ttl)
    }

    /// What tells these bytes from others, and gives nothing of them away to who has not our key.
    pub(crate) fn fingerprint(&self, bytes: &[u8]) -> SecretHash {
        let tag = hmac::sign(&self.prints, bytes);
        SecretHash(tag.as_ref().first_chunk().copied().unwrap_or_default())
    }

    /// What others check our tokens with, as a JSON Web Key Set (RFC 7517).
    pub(crate) fn key_set(&self) -> &str {
        self.tokens.key_set()
    }
}

/// Who is deactivated is told so, since they proved who they are; who is deleted proves nothing any more.
fn active(caller: Caller) -> Result<Caller, NotKnown> {
    match caller.account.state {
        AccountState::Active => Ok(caller),
        AccountState::Deactivated => Err(NotKnown::Deactivated),
        AccountState::Deleted => Err(NotKnown::Unknown),
    }
}

pub(crate) fn system_time(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(at.0.max(0).cast_unsigned())
}

/// The proof is only looked at where it is compared.
pub(crate) fn exposed(secret: &SecretString) -> &str {
    secret.expose_secret()
}
