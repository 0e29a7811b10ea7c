//! A proof that is good, and what it is good for.

use super::{Scope, Scopes};
use broker::application::Proof;
use chat::UserId;
use std::sync::Arc;
use std::time::SystemTime;
use store::{Account, By, CredentialId, CredentialKind, Held};
use topics::grant::Grant;

/// Somebody who proved who they are.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub account: Account,
    /// What their proof stands on: when that is gone, so are they.
    pub by: By,
    /// The one MQTT client id the proof is good for.
    pub device: Option<String>,
    /// What it is good for.
    pub scopes: Scopes,
    /// When it ends by itself.
    pub expires_at: Option<SystemTime>,
    /// What a token grants of the topics of apps.
    pub grants: Arc<[Grant]>,
}

impl Caller {
    /// Somebody by the account as it is: a password, or a token that names no login.
    pub(super) fn by_account(account: Account, expires_at: Option<SystemTime>) -> Caller {
        let by = By::Account(account.token_version);
        Caller { account, by, device: None, scopes: Scopes::ALL, expires_at, grants: Arc::default() }
    }

    /// Somebody by a credential.
    pub(super) fn by_credential(held: Held, expires_at: Option<SystemTime>) -> Caller {
        let Held { credential, account, .. } = held;
        let scopes = match credential.kind {
            CredentialKind::Login => Scopes::ALL,
            CredentialKind::DeviceToken => Scopes::DEVICE,
            // What was stored was read before; if it can't be read now, it is good for nothing.
            CredentialKind::ApiKey => credential.scopes.parse().unwrap_or_else(|_| Scopes::from_iter([])),
        };
        Caller {
            account,
            by: By::Credential(credential.id),
            device: credential.device,
            scopes,
            expires_at,
            grants: Arc::default(),
        }
    }

    /// The credential they came by, if it was one.
    #[must_use]
    pub fn credential(&self) -> Option<CredentialId> {
        match self.by {
            By::Credential(id) => Some(id),
            By::Account(_) => None,
        }
    }

    /// What they may do by it: who is no administrator has no use of that scope.
    pub(super) fn effective_scopes(&self) -> Scopes {
        self.scopes.list().filter(|scope| *scope != Scope::Admin || self.account.admin).collect()
    }

    /// Whether they may do what is for administrators.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.account.admin && self.scopes.has(Scope::Admin)
    }
}

const BY_ACCOUNT: u8 = 1;
const BY_CREDENTIAL: u8 = 2;
const BY_NOTHING: u8 = 3;
const BY_OPENNESS: u8 = 4;

/// The account of all who use what is open without saying who they are.
pub(crate) const ANONYMOUS: &str = "anonymous";

/// The number of who is no user. No account has it: ids are snowflakes.
pub(crate) const NOBODY: UserId = UserId(0);

/// Somebody who did not say who they are, as the broker carries them.
pub(super) struct Nobody {
    pub(super) user: Arc<str>,
    pub(super) proof: Proof,
}

impl Nobody {
    pub(super) fn new() -> Nobody {
        // No handle has a space in it.
        let user = format!("nobody {:032x}", fastrand::u128(..)).into();
        Nobody { user, proof: Proof { kind: BY_NOTHING, number: 0, rights: 0 } }
    }
}

/// Whether this is somebody who did not say who they are.
pub(crate) fn is_nobody(proof: Proof) -> bool {
    proof.kind == BY_NOTHING
}

/// The proof of who needs none, where topics are open.
pub(super) fn openness() -> Proof {
    Proof { kind: BY_OPENNESS, number: 0, rights: 0 }
}

/// Whether this is somebody who came to use what is open, and did not say who they are.
pub(crate) fn is_anonymous(proof: Proof) -> bool {
    proof.kind == BY_OPENNESS
}

/// A proof as the broker carries it.
pub(crate) fn carried(by: By, scopes: Scopes) -> Proof {
    let (kind, number) = match by {
        By::Account(version) => (BY_ACCOUNT, version),
        By::Credential(id) => (BY_CREDENTIAL, id.0),
    };
    Proof { kind, number, rights: scopes.bits() }
}

/// What a carried proof is good for; everything, for who was let in without one, as tests do.
pub(crate) fn rights(proof: Proof) -> Scopes {
    match proof.kind {
        BY_ACCOUNT | BY_CREDENTIAL | BY_NOTHING | BY_OPENNESS => Scopes::from_bits(proof.rights),
        _ => Scopes::ALL,
    }
}

/// A proof of this user as the store knows it; nothing for who was let in without one, as tests do.
pub(crate) fn uncarried(user: UserId, proof: Proof) -> Option<store::Proof> {
    let by = match proof.kind {
        BY_ACCOUNT => By::Account(proof.number),
        BY_CREDENTIAL => By::Credential(CredentialId(proof.number)),
        _ => return None,
    };
    Some(store::Proof { user, by })
}
