//! Whom a message calls.

use crate::{Handle, NotAHandle};
use std::fmt;

/// Somebody whom a message calls, so that they are told of it where others are not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mention {
    /// Everybody in the room. Only some may call them all: [`crate::Refusal::MayNotCallAll`].
    All,
    /// This member. Somebody who is not in the room is not called.
    Name(Handle),
}

impl Mention {
    /// The word for everybody. It is no handle, so nobody can be called so.
    pub const ALL: &'static str = "@all";

    /// Reads one.
    ///
    /// # Errors
    /// [`NotAHandle`] for what is neither a handle nor [`Mention::ALL`].
    pub fn new(text: &str) -> Result<Mention, NotAHandle> {
        if text == Mention::ALL { Ok(Mention::All) } else { Handle::new(text).map(Mention::Name) }
    }

    /// As it is written in payloads.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Mention::All => Mention::ALL,
            Mention::Name(who) => who.as_str(),
        }
    }
}

impl From<Handle> for Mention {
    fn from(who: Handle) -> Mention {
        Mention::Name(who)
    }
}

impl fmt::Display for Mention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_is_read_as_it_is_written() {
        for text in ["@all", "all", "bo"] {
            assert_eq!(Mention::new(text).unwrap().as_str(), text);
        }
        assert_eq!(Mention::new("@all"), Ok(Mention::All));
        for wrong in ["@bo", "@", "@ALL", "Bo", ""] {
            assert!(Mention::new(wrong).is_err(), "{wrong}");
        }
    }
}
