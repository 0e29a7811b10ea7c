//! Who there is.

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
    /// Raised to end every token given before.
    pub token_version: i64,
    /// Raised in the transaction of every change of this user's memberships.
    pub rooms_version: i64,
    /// When they came.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("id", &self.id).field("handle", &self.handle).finish_non_exhaustive()
    }
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
    /// Now.
    pub created_at: Timestamp,
}
