//! A reaction in one sign.

use bytes::Bytes;
use std::fmt;

/// A sign that somebody puts to a message: an emoji, or a short word such as `+1`. 1 to 32 bytes of text, without
/// spaces and without what could steer a terminal. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sign(Bytes);

/// The text is no sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sign has 1 to 32 bytes, without spaces and control characters")]
pub struct NotASign;

impl Sign {
    /// The longest sign, in bytes: room for a family of emoji joined into one.
    pub const MAX_LEN: usize = 32;

    /// Reads a sign. Two texts are the same sign if they have the same bytes.
    ///
    /// # Errors
    /// [`NotASign`] for one that is too long, empty, or not to be seen.
    pub fn new(text: &str) -> Result<Sign, NotASign> {
        let fits = matches!(text.len(), 1..=Sign::MAX_LEN);
        let is_seen = !text.chars().any(|each| each.is_control() || each.is_whitespace());
        if fits && is_seen { Ok(Sign(Bytes::copy_from_slice(text.as_bytes()))) } else { Err(NotASign) }
    }

    /// The sign as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Its bytes, which are UTF-8.
    #[must_use]
    pub fn as_bytes(&self) -> &Bytes {
        &self.0
    }
}

impl fmt::Debug for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sign({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_is_short_and_can_be_seen() {
        for good in ["👍", "+1", "👩‍👩‍👧‍👦", "é", &"x".repeat(32)] {
            assert_eq!(Sign::new(good).unwrap().as_str(), good);
        }
        for bad in ["", " ", "two words", "a\nb", "\u{1b}[2J", "\u{9b}", "\u{a0}", &"x".repeat(33)] {
            assert_eq!(Sign::new(bad), Err(NotASign), "{bad:?}");
        }
    }

    #[test]
    fn a_sign_is_in_no_debug_output() {
        assert_eq!(format!("{:?}", Sign::new("secret").unwrap()), "Sign(6 bytes)");
    }
}
