//! What is set for a room, column by column.

use super::{damaged, role};
use crate::Error;
use chat::{About, History, Joining, Policy, Settings};

/// What is set for a room, column by column.
#[derive(Debug, Clone)]
pub struct StoredSettings {
    /// What people call it.
    pub name: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// Which picture stands for it.
    pub avatar: Option<String>,
    /// Who may do what.
    pub policy: StoredPolicy,
}

/// Who may do what in a room, column by column.
#[derive(Debug, Clone, Copy)]
pub struct StoredPolicy {
    /// [`Joining`].
    pub join_rule: i64,
    /// [`History`].
    pub history: i64,
    /// [`Role`]: who may write.
    pub write_role: i64,
    /// Who may pin.
    pub pin_role: i64,
    /// Who may invite.
    pub invite_role: i64,
    /// Who may call everybody.
    pub call_role: i64,
    /// How many people it takes.
    pub member_limit: Option<i64>,
    /// Seconds between two messages of one person.
    pub slow_mode: i64,
    /// Whether strangers find it.
    pub listed: bool,
}

impl StoredPolicy {
    /// As it is stored.
    #[must_use]
    pub fn from(policy: &Policy) -> StoredPolicy {
        StoredPolicy {
            join_rule: i64::from(policy.join as u8),
            history: i64::from(policy.history as u8),
            write_role: i64::from(policy.write as u8),
            pin_role: i64::from(policy.pin as u8),
            invite_role: i64::from(policy.invite as u8),
            call_role: i64::from(policy.call_all as u8),
            member_limit: policy.member_limit.map(i64::from),
            slow_mode: i64::from(policy.slow_mode),
            listed: policy.listed,
        }
    }

    /// As it is used.
    ///
    /// # Errors
    /// [`Error::Damaged`] when a column has a value that was never written.
    pub fn read(&self) -> Result<Policy, Error> {
        let small = |number: i64| u8::try_from(number).ok();
        let count = |number: i64| u32::try_from(number).map_err(|_| damaged("limit of a room"));
        let join = small(self.join_rule).and_then(Joining::from_number);
        let history = small(self.history).and_then(History::from_number);
        Ok(Policy {
            join: join.ok_or_else(|| damaged("way into a room"))?,
            history: history.ok_or_else(|| damaged("history of a room"))?,
            write: role(self.write_role)?,
            pin: role(self.pin_role)?,
            invite: role(self.invite_role)?,
            call_all: role(self.call_role)?,
            member_limit: self.member_limit.map(count).transpose()?,
            slow_mode: count(self.slow_mode)?,
            listed: self.listed,
        })
    }
}

impl StoredSettings {
    /// As they are used.
    ///
    /// # Errors
    /// As [`StoredPolicy::read`].
    pub fn read(self) -> Result<Settings, Error> {
        let StoredSettings { name, description, avatar, policy } = self;
        let text = |text: Option<String>| text.map(String::into_boxed_str);
        let about = About { name: text(name), description: text(description), avatar: text(avatar) };
        Ok(Settings { about, policy: policy.read()? })
    }
}
