//! What things are called: numbers inside, handles outside.

use std::fmt;
use std::sync::Arc;

/// Names of topics' own levels; nobody may be called so.
const RESERVED: [&str; 8] = ["me", "rooms", "users", "system", "plain", "cbor", "apps", "rpc"];

/// The name of a user or a room in topics: `[a-z0-9][a-z0-9._-]{0,63}`, unique for its kind and never reused.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(Arc<str>);

/// The text is not a handle; it holds the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a handle: 1 to 64 of a-z 0-9 . _ -, the first a letter or digit, and no reserved word")]
pub struct NotAHandle(pub String);

impl Handle {
    /// Reads a handle.
    ///
    /// # Errors
    /// [`NotAHandle`] for a character, length or word that no handle may have.
    pub fn new(text: &str) -> Result<Handle, NotAHandle> {
        let first = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let fits = matches!(text.len(), 1..=64)
            && first(text.as_bytes()[0])
            && text.bytes().all(|b| first(b) || matches!(b, b'.' | b'_' | b'-'))
            && !RESERVED.contains(&text);
        if fits { Ok(Handle(text.into())) } else { Err(NotAHandle(text.chars().take(80).collect())) }
    }

    /// What a user's own room is called inside. Nobody can name it: it is no handle that [`Handle::new`] takes.
    #[must_use]
    pub fn own(user: UserId) -> Handle {
        Handle(format!("@{user}").into())
    }

    /// Whether it is the name of somebody's own room.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.0.starts_with('@')
    }

    /// A handle as it was stored: what [`Handle::new`] takes, or the name of somebody's own room.
    #[must_use]
    pub fn stored(text: &str) -> Option<Handle> {
        match text.strip_prefix('@') {
            Some(user) => user.parse().ok().map(|user| Handle::own(UserId(user))),
            None => Handle::new(text).ok(),
        }
    }

    /// The handle as it stands in a topic.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.0)
    }
}

impl std::str::FromStr for Handle {
    type Err = NotAHandle;

    fn from_str(text: &str) -> Result<Handle, NotAHandle> {
        Handle::new(text)
    }
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number! {
    /// A room, as a 63-bit snowflake.
    RoomId
}
number! {
    /// A user, as a 63-bit snowflake.
    UserId
}
number! {
    /// Milliseconds since 1970 by the clock of the node that wrote it. Shown to people; never used for order.
    Timestamp
}
number! {
    /// The device an entry came from, as a number made of its user and client id. No Local compares it.
    Origin
}

impl Timestamp {
    /// The end of time: what lasts until somebody ends it lasts until then.
    pub const NEVER: Timestamp = Timestamp(i64::MAX);
}

impl RoomId {
    /// The handle of a room that nobody named: the id in 13 characters of base 32 (Crockford's letters).
    #[must_use]
    pub fn handle(self) -> Handle {
        const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let letter = |place: u32| LETTERS[(self.0.cast_unsigned() >> (5 * place)) as usize & 31] as char;
        let text: String = (0..13).rev().map(letter).collect();
        Handle(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_a_short_lower_case_word() {
        for good in ["a", "7", "ann", "tea-room", "b.o_2", &"x".repeat(64)] {
            assert_eq!(Handle::new(good).map(|h| h.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", "Ann", "-a", ".a", "a b", "a/b", "a+", "é", "me", "rooms", "plain", &"x".repeat(65)]
        {
            assert_eq!(Handle::new(bad), Err(NotAHandle(bad.to_owned())));
        }
    }

    #[test]
    fn an_unnamed_room_has_a_handle_that_is_a_handle() {
        for id in [0, 1, 31, 32, i64::MAX] {
            let handle = RoomId(id).handle();
            assert_eq!(handle.as_str().len(), 13);
            assert_eq!(Handle::new(handle.as_str()), Ok(handle));
        }
        assert_ne!(RoomId(1).handle(), RoomId(2).handle());
    }
}
