//! Accounts and credentials as they are answered.

use crate::words::{At, Name, Number, Secret};
use serde::Serialize;
use store::{Account, AccountState, Credential, Profile};
use utoipa::ToSchema;

/// A user, as anybody with an account sees them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    /// Their handle.
    pub(crate) handle: Name,
    /// What people call them.
    pub(crate) name: Option<String>,
    /// A few words on themselves.
    pub(crate) about: Option<String>,
    /// Where their picture is.
    pub(crate) avatar: Option<String>,
    /// Whether it is a program.
    pub(crate) service: bool,
}

/// An account, as its owner and administrators see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// The handle.
    pub(crate) handle: Name,
    /// What people call them.
    pub(crate) name: Option<String>,
    /// A few words on themselves.
    pub(crate) about: Option<String>,
    /// Where their picture is.
    pub(crate) avatar: Option<String>,
    /// Whether it is a program's.
    pub(crate) service: bool,
    /// Whether they administer this server.
    pub(crate) admin: bool,
    /// `active`, `deactivated` or `deleted`.
    pub(crate) state: &'static str,
    /// When they came.
    pub(crate) created_at: At,
    /// When they last logged in with a password.
    pub(crate) last_login_at: Option<At>,
}

/// Something that somebody comes in with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CredentialSeen {
    /// Its number.
    pub(crate) id: Number,
    /// `login`, `device_token` or `api_key`.
    pub(crate) kind: &'static str,
    /// The MQTT client id it is good for.
    pub(crate) device: Option<String>,
    /// What its owner calls it.
    pub(crate) label: String,
    /// What a key is good for; empty for a login or a device.
    pub(crate) scopes: Vec<String>,
    /// When it was made.
    pub(crate) created_at: At,
    /// When it was used last, give or take an hour.
    pub(crate) used_at: At,
    /// When it ends by itself.
    pub(crate) expires_at: Option<At>,
    /// Whether this request came by it.
    pub(crate) current: bool,
}

/// Credentials, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Credentials {
    pub(crate) credentials: Vec<CredentialSeen>,
}

/// A credential with its secret, which is seen this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CredentialGiven {
    pub(crate) credential: CredentialSeen,
    /// What to show: as a bearer token here, as the password over MQTT.
    pub(crate) secret: Secret,
}

impl User {
    pub(crate) fn of(account: &Account, profile: Profile) -> User {
        let Profile { name, about, avatar } = profile;
        User { handle: Name(account.handle.clone()), name, about, avatar, service: account.service }
    }
}

impl Me {
    pub(crate) fn of(account: &Account, profile: Profile) -> Me {
        let Profile { name, about, avatar } = profile;
        Me {
            handle: Name(account.handle.clone()),
            name,
            about,
            avatar,
            service: account.service,
            admin: account.admin,
            state: match account.state {
                AccountState::Active => "active",
                AccountState::Deactivated => "deactivated",
                AccountState::Deleted => "deleted",
            },
            created_at: At(account.created_at),
            last_login_at: account.last_login_at.map(At),
        }
    }
}

impl CredentialSeen {
    pub(crate) fn of(one: Credential, current: Option<store::CredentialId>) -> CredentialSeen {
        CredentialSeen {
            id: Number(one.id.0),
            kind: one.kind.word(),
            current: current == Some(one.id),
            device: one.device,
            label: one.label,
            scopes: one.scopes.split_whitespace().map(str::to_owned).collect(),
            created_at: At(one.created_at),
            used_at: At(one.used_at),
            expires_at: one.expires_at.map(At),
        }
    }
}
