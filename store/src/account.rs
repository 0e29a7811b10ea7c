//! Who there is.

use crate::CredentialId;
use chat::{Handle, Timestamp, UserId};

/// A user as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The number inside.
    pub id: UserId,
    /// The name outside.
    pub handle: Handle,
    /// The password as an argon2id PHC string; absent for one who comes by token only.
    pub password_hash: Option<String>,
    /// Whether they administer this server.
    pub admin: bool,
    /// Whether it is a program's: it has keys, and no password.
    pub service: bool,
    /// Whether they may come in.
    pub state: AccountState,
    /// Raised to end every token given before.
    pub token_version: i64,
    /// Raised in the transaction of every change of this user's memberships.
    pub rooms_version: i64,
    /// Whether they have any credential, so that nobody asks for those of one who has none.
    pub has_credentials: bool,
    /// When they came.
    pub created_at: Timestamp,
    /// When they last proved who they are by a password, or by a link.
    pub last_login_at: Option<Timestamp>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("id", &self.id).field("handle", &self.handle).finish_non_exhaustive()
    }
}

/// Whether a user may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum AccountState {
    /// They may.
    Active = 1,
    /// Not until somebody lets them in again. Nothing of theirs is lost.
    Deactivated = 2,
    /// Never again. Their handle stays taken, so that nobody can be mistaken for them. Their sessions end, with what waits in
    /// them, and what these left to be said is not said any more.
    Deleted = 3,
}

/// A user to be.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// A fresh snowflake.
    pub id: UserId,
    /// Free, or [`crate::Store::add_account`] answers false.
    pub handle: Handle,
    /// An argon2id PHC string.
    pub password_hash: Option<String>,
    /// Whether they administer this server.
    pub admin: bool,
    /// Whether it is a program's.
    pub service: bool,
    /// Now.
    pub created_at: Timestamp,
}

/// Says whose, and not the hash.
impl std::fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAccount")
            .field("id", &self.id)
            .field("handle", &self.handle)
            .finish_non_exhaustive()
    }
}

/// How an invited user was added, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// They are there now.
    New,
    /// Somebody has this handle already; the invitation was not used.
    HandleTaken,
    /// The invitation is none, or is used up or over.
    NotInvited,
}

/// What becomes of an account.
#[derive(Clone, PartialEq, Eq)]
pub enum AccountChange {
    /// It has another password. Its token version is raised.
    Password {
        /// An argon2id PHC string.
        hash: String,
        /// Of its credentials only this one goes on; absent, all of them do.
        only: Option<CredentialId>,
    },
    /// It comes in, or no more. The token version is raised; unless it may come in its credentials end, and of one
    /// that is deleted also password and profile are gone.
    State(AccountState),
    /// It administers the server, or no more.
    Admin(bool),
    /// It proved who it is at this time.
    LoggedIn(Timestamp),
}

/// A user who goes for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parting {
    /// Who.
    pub user: UserId,
    /// Whether what they said goes with them.
    pub erase: bool,
}

/// What others may know of a user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// What people call them, where the handle is not it.
    pub name: Option<String>,
    /// A few words on themselves.
    pub about: Option<String>,
    /// Where their picture is.
    pub avatar: Option<String>,
}
