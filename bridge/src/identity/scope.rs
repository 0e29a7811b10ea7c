//! What a credential is good for.

use std::fmt;
use std::str::FromStr;

/// One thing that a credential may be good for. The words are stored, and stand in the documentation of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Scope {
    /// One's own account: profile, password, devices.
    Account,
    /// To see rooms and who is in them.
    RoomsRead,
    /// To make rooms, to come in and to leave.
    RoomsWrite,
    /// To read what was said.
    MessagesRead,
    /// To say something.
    MessagesWrite,
    /// To connect by MQTT.
    Mqtt,
    /// What only administrators may, if the account is one's.
    Admin,
}

/// Several of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scopes(u8);

/// It is no scope; it holds the word.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a scope; there are: {list}", list = Scopes::ALL)]
pub struct NotAScope(pub String);

impl Scope {
    /// All of them.
    pub const ALL: [Scope; 7] = [
        Scope::Account,
        Scope::RoomsRead,
        Scope::RoomsWrite,
        Scope::MessagesRead,
        Scope::MessagesWrite,
        Scope::Mqtt,
        Scope::Admin,
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Scope::Account => "account",
            Scope::RoomsRead => "rooms:read",
            Scope::RoomsWrite => "rooms:write",
            Scope::MessagesRead => "messages:read",
            Scope::MessagesWrite => "messages:write",
            Scope::Mqtt => "mqtt",
            Scope::Admin => "admin",
        }
    }
}

impl Scopes {
    /// Everything: what somebody may who logged in.
    pub const ALL: Scopes = Scopes(0x7f);
    /// What a small device may: to chat, and nothing that concerns the account.
    pub const DEVICE: Scopes = Scopes(
        1 << Scope::RoomsRead as u8
            | 1 << Scope::RoomsWrite as u8
            | 1 << Scope::MessagesRead as u8
            | 1 << Scope::MessagesWrite as u8
            | 1 << Scope::Mqtt as u8,
    );

    /// As the broker carries them.
    pub(crate) fn bits(self) -> u8 {
        self.0
    }

    /// As they were carried.
    pub(crate) fn from_bits(bits: u8) -> Scopes {
        Scopes(bits & Scopes::ALL.0)
    }

    /// Whether this one is among them.
    #[must_use]
    pub fn has(self, scope: Scope) -> bool {
        self.0 & 1 << scope as u8 != 0
    }

    /// Each of them.
    pub fn list(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.has(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Scopes {
        Scopes(scopes.into_iter().fold(0, |all, scope| all | 1 << scope as u8))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.list().map(Scope::word).collect();
        f.write_str(&words.join(" "))
    }
}

impl FromStr for Scope {
    type Err = NotAScope;

    fn from_str(word: &str) -> Result<Scope, NotAScope> {
        let found = Scope::ALL.into_iter().find(|scope| scope.word() == word);
        found.ok_or_else(|| NotAScope(word.chars().take(80).collect()))
    }
}

impl FromStr for Scopes {
    type Err = NotAScope;

    fn from_str(text: &str) -> Result<Scopes, NotAScope> {
        text.split_whitespace().map(str::parse).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_as_they_are_written() {
        assert_eq!(Scopes::ALL.to_string().parse(), Ok(Scopes::ALL));
        assert_eq!(Scopes::DEVICE.to_string(), "rooms:read rooms:write messages:read messages:write mqtt");
        let one: Scopes = "rooms:read".parse().unwrap();
        assert!(one.has(Scope::RoomsRead) && !one.has(Scope::RoomsWrite));
        assert_eq!(
            "rooms:rule".parse::<Scopes>().unwrap_err().to_string(),
            format!("`rooms:rule` is not a scope; there are: {}", Scopes::ALL)
        );
    }
}
