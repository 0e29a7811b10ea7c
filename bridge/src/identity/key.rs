//! The key that signs tokens: Ed25519, made at the first start.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use store::Error;

/// Signs this server's tokens. It does not print itself.
pub struct SigningKey {
    pub(super) private_der: Vec<u8>,
    pub(super) public: Vec<u8>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

impl SigningKey {
    /// Reads the key, or makes one (mode 0600) where there is none. Losing it ends every token, nothing else.
    ///
    /// # Errors
    /// [`Error::Unusable`] for a file that can't be read or written, or holds no key.
    pub fn open_or_make(path: &Path) -> Result<SigningKey, Error> {
        match std::fs::read(path) {
            Ok(der) => SigningKey::from_der(der).map_err(|why| unusable(path, why)),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let key = SigningKey::fresh().map_err(|why| unusable(path, why))?;
                key.write(path).map_err(|error| unusable(path, error))?;
                Ok(key)
            }
            Err(error) => Err(unusable(path, error)),
        }
    }

    /// A new key that is kept nowhere.
    ///
    /// # Errors
    /// The text says what the system's randomness lacked.
    pub fn fresh() -> Result<SigningKey, String> {
        let pair = Ed25519KeyPair::generate().map_err(|error| error.to_string())?;
        let der = pair.to_pkcs8v1().map_err(|error| error.to_string())?;
        SigningKey::from_der(der.as_ref().to_vec())
    }

    /// A key that follows from it, for fingerprints: a request may have a password in it, whose plain hash would invite
    /// guessing.
    pub(super) fn prints(&self) -> hmac::Key {
        let own = hmac::Key::new(hmac::HMAC_SHA256, &self.private_der);
        hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&own, b"fingerprints").as_ref())
    }

    fn from_der(der: Vec<u8>) -> Result<SigningKey, String> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).map_err(|_| {
            "it holds no Ed25519 key; bring back the right file, or remove it to make a new one".to_owned()
        })?;
        Ok(SigningKey { private_der: der, public: pair.public_key().as_ref().to_vec() })
    }

    /// The file is whole or not there, and its name is on the disk before anybody gets a token: the folder is synced,
    /// too. Whoever opens the folder holds its lock, so nobody else makes one meanwhile.
    fn write(&self, path: &Path) -> std::io::Result<()> {
        let fresh = path.with_extension("new");
        // What a crash left of an earlier attempt.
        std::fs::remove_file(&fresh).or_else(|error| match error.kind() {
            ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        })?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
        file.write_all(&self.private_der)?;
        file.sync_all()?;
        std::fs::rename(&fresh, path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder)?.sync_all()
    }
}

fn unusable(path: &Path, why: impl ToString) -> Error {
    Error::Unusable { path: path.to_owned(), why: why.to_string() }
}
