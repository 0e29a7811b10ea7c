//! A name that a provider gave a device.

use secrecy::{ExposeSecret, SecretString};

/// A name that a provider gave a device. Who has it can tell the device things, so it prints itself shortened.
#[derive(Clone)]
pub struct Token(SecretString);

impl Token {
    pub(super) fn new(value: &str) -> Token {
        Token(SecretString::from(value))
    }

    pub(super) fn secret(&self) -> &SecretString {
        &self.0
    }

    pub(crate) fn whole(&self) -> &str {
        self.0.expose_secret()
    }

    /// Enough to find it again where one has it, and too little to use it.
    #[must_use]
    pub fn shortened(&self) -> String {
        let shown = (self.whole().len() / 4).min(8);
        let start: String = self.whole().chars().take(shown).collect();
        format!("{start}…({})", self.whole().len())
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shortened())
    }
}
