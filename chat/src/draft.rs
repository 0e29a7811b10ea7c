//! The name a sender gives a message before it has a number.

use uuid::Uuid;

/// A sender's own key for a message, unique for (sender, room). Saying it twice is saying it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Draft(pub Uuid);

/// Separates our derived drafts from everybody else's UUIDv5 names.
const NAMESPACE: Uuid = Uuid::from_u128(0x8f6d_1c1e_5a0e_4b53_9d5c_6e61_7474_6572);

impl Draft {
    /// Longest draft text that is read, in bytes.
    pub const MAX_LEN: usize = 128;

    /// Reads what the client wrote. Text that is no UUID is mapped to one by UUIDv5, which is stable for
    /// ever, so any word that a client never uses twice will do. Sender and room are part of the key beside it.
    #[must_use]
    pub fn from_text(text: &str) -> Draft {
        Draft(Uuid::try_parse(text).unwrap_or_else(|_| Uuid::new_v5(&NAMESPACE, text.as_bytes())))
    }

    /// The sixteen bytes that are stored.
    #[must_use]
    pub fn bytes(self) -> [u8; 16] {
        self.0.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_stands_for_itself_and_a_word_for_the_same_uuid_always() {
        let uuid = "0198f3c2-7d1e-7000-8000-000000000001";
        assert_eq!(Draft::from_text(uuid).0.to_string(), uuid);
        assert_eq!(Draft::from_text("kettle-1"), Draft::from_text("kettle-1"));
        assert_ne!(Draft::from_text("kettle-1"), Draft::from_text("kettle-2"));
    }
}
