//! What somebody comes in with, besides a password.

use crate::Account;
use chat::{Event, EventKind, Timestamp, UserId};
use serde::Serialize;
use std::fmt;

/// A credential, by a fresh snowflake. It stands in the text of its secret, so that one look-up finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CredentialId(pub i64);

/// SHA-256 of a secret that nobody could guess: random bytes, not a password.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash(pub [u8; 32]);

/// Nobody needs to see it.
impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

/// What sort of credential it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum CredentialKind {
    /// A family of refresh tokens, of which only the newest is good: an app that somebody logged in with.
    Login = 1,
    /// One secret for long, for a small device that can't renew anything.
    DeviceToken = 2,
    /// One secret for a program, which may do what its scopes say.
    ApiKey = 3,
}

impl CredentialKind {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            CredentialKind::Login => "login",
            CredentialKind::DeviceToken => "device_token",
            CredentialKind::ApiKey => "api_key",
        }
    }
}

/// A credential, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its number.
    pub id: CredentialId,
    /// Whose.
    pub user: UserId,
    /// What sort.
    pub kind: CredentialKind,
    /// The one MQTT client id it is good for; absent for an API key.
    pub device: Option<String>,
    /// What its owner calls it.
    pub label: String,
    /// What it is good for, in words that only their giver reads; empty for everything its kind may.
    pub scopes: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used last, give or take an hour.
    pub used_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

impl Credential {
    /// Whether it has not ended by itself.
    #[must_use]
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| end > now)
    }

    /// What its owner is told when it was added. Their other devices show it: nobody comes in by stealth.
    #[must_use]
    pub fn added(&self) -> Event {
        let what = DeviceAdded {
            id: self.id.0.to_string(),
            r#type: self.kind.word(),
            device: self.device.as_deref(),
            label: &self.label,
        };
        // Texts alone: nothing in it can fail to be JSON.
        Event::new(EventKind::DeviceAdded).data(serde_json::to_string(&what).unwrap_or_default())
    }
}

#[derive(Serialize)]
struct DeviceAdded<'a> {
    id: String,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<&'a str>,
    label: &'a str,
}

impl CredentialId {
    /// What its owner is told when it is good no more.
    #[must_use]
    pub fn ended(self) -> Event {
        Event::new(EventKind::DeviceEnded).data(format!(r#"{{"id":"{}"}}"#, self.0))
    }
}

/// A credential to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// What can be known of it. `used_at` is ignored: it was never used.
    pub credential: Credential,
    /// What its secret hashes to.
    pub secret: SecretHash,
    /// Of a login: what all its refresh tokens have in common. Whoever knows it had one of them.
    pub family: Option<SecretHash>,
    /// How many of this kind the user may have.
    pub most: u32,
}

/// Whether a credential was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// It was, in the place of these.
    New(Vec<CredentialId>),
    /// The device comes in by a token, or by a login, and keeps it.
    DeviceTaken,
    /// The user has as many as they may.
    TooMany,
    /// There is no such user, or they may not come in.
    NoSuchUser,
}

/// A credential with what is needed to check it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// What it is.
    pub credential: Credential,
    /// What its secret hashes to.
    pub secret: SecretHash,
    /// Whose it is.
    pub account: Account,
}

/// A refresh token that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// Whose login.
    pub id: CredentialId,
    /// What it says all tokens of the login have in common.
    pub family: SecretHash,
    /// What it hashes to.
    pub used: SecretHash,
    /// What the next one hashes to.
    pub next: SecretHash,
    /// Now.
    pub now: Timestamp,
    /// When the next one ends.
    pub expires_at: Timestamp,
}

/// What became of a refresh token that was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotated {
    /// The next one is good now.
    Fresh(Box<Held>),
    /// It had been used before: two have the login, and one of them stole it. The login is ended.
    Reused(UserId),
    /// It is of no login that goes on.
    Unknown,
}

/// Which credentials of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// This one.
    One(CredentialId),
    /// All but this one.
    Others(CredentialId),
    /// All of them, and every token that was signed for the account.
    All,
}

/// What a connection came in with, as far as it may stop being good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Proof {
    /// Who.
    pub user: UserId,
    /// By what.
    pub by: By,
}

/// What a proof stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// The account as it was: good as long as its token version is this one.
    Account(i64),
    /// A credential: good as long as it is there.
    Credential(CredentialId),
}
