//! TLS as the side that connects: whom it trusts, and what it shows of itself.
//!
//! Trusted is whom the system trusts, and an authority of one's own where a file names one. The files are read again
//! for each connection, so that a renewed certificate is shown from then on. As long as they hold the same, what was made
//! of them stays, and with it the tickets by which a server knows who was there before.
//!
//! Start at [`Tls`].

mod files; // what they hold

mod error; // why there is no TLS

pub use error::TlsError;

use files::{Files, Pem, Shown};
use parking_lot::Mutex;
use rustls::ClientConfig;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// How TLS is spoken: 1.2 or 1.3, with the host's name for SNI, and `mqtt` for ALPN.
///
/// Clones share the tickets that servers gave.
#[derive(Clone, Default)]
pub struct Tls {
    files: Files,
    kept: Arc<Mutex<Option<Kept>>>,
}

/// What the files held last, and what it means.
struct Kept {
    pem: Pem,
    config: Arc<ClientConfig>,
}

impl Tls {
    /// Trusts whom the system trusts, and shows nothing.
    #[must_use]
    pub fn new() -> Tls {
        Tls::default()
    }

    /// Trusts also the authorities whose certificates are in this file, as PEM.
    #[must_use]
    pub fn ca_file(self, file: impl Into<PathBuf>) -> Tls {
        Tls { files: Files { ca: Some(file.into()), ..self.files }, ..Tls::default() }
    }

    /// Shows a certificate to a server that asks for one: a file with it and those above it, and a file with its key,
    /// both as PEM. Where it alone says who connects: [`Options::certified`](crate::Options::certified).
    #[must_use]
    pub fn certificate(self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Tls {
        let shown = Some(Shown { certificate: certificate.into(), key: key.into() });
        Tls { files: Files { shown, ..self.files }, ..Tls::default() }
    }

    /// What `rustls` needs to know, for a program that makes further connections to the same server itself.
    ///
    /// # Errors
    /// [`TlsError`] when a file can't be used, or nobody is trusted.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub async fn config(&self) -> Result<Arc<ClientConfig>, TlsError> {
        let tls = self.clone();
        // The system's authorities are read from a hundred files, and all of them are parsed.
        let read = tokio::task::spawn_blocking(move || tls.read());
        read.await.unwrap_or_else(|ended| Err(TlsError::NobodyTrusted(ended.to_string())))
    }

    fn read(&self) -> Result<Arc<ClientConfig>, TlsError> {
        let pem = self.files.read()?;
        let mut kept = self.kept.lock();
        if let Some(kept) = kept.as_ref().filter(|kept| kept.pem == pem) {
            return Ok(kept.config.clone());
        }
        let config = Arc::new(self.files.understand(&pem)?);
        *kept = Some(Kept { pem, config: config.clone() });
        Ok(config)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("files", &self.files).finish_non_exhaustive()
    }
}
