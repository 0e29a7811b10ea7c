//! The files of a client: whose certificates it trusts, and its own.

use super::TlsError;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is spoken inside, as ALPN calls it.
const PROTOCOL: &[u8] = b"mqtt";

/// Which files they are.
#[derive(Debug, Clone, Default)]
pub(super) struct Files {
    /// Authorities to trust beside the system's.
    pub(super) ca: Option<PathBuf>,
    pub(super) shown: Option<Shown>,
}

/// What is shown to a server that asks.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// What they hold: authorities; a certificate and its key.
#[derive(PartialEq, Eq)]
pub(super) struct Pem {
    ca: Option<Vec<u8>>,
    shown: Option<(Vec<u8>, Vec<u8>)>,
}

impl Files {
    pub(super) fn read(&self) -> Result<Pem, TlsError> {
        let ca = self.ca.as_deref().map(read).transpose()?;
        let shown = self.shown.as_ref().map(|shown| Ok((read(&shown.certificate)?, read(&shown.key)?)));
        Ok(Pem { ca, shown: shown.transpose()? })
    }

    pub(super) fn understand(&self, pem: &Pem) -> Result<ClientConfig, TlsError> {
        let provider = Arc::new(default_provider());
        let own = match self.ca.as_deref().zip(pem.ca.as_deref()) {
            Some((file, pem)) => authorities(file, pem)?,
            None => Vec::new(),
        };
        let trusted = Verifier::new_with_extra_roots(own, provider.clone())
            .map_err(|why| TlsError::NobodyTrusted(why.to_string()))?;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|why| TlsError::of(&why))?
            .dangerous() // only in name: this is the verifier of the system
            .with_custom_certificate_verifier(Arc::new(trusted));
        let mut config = match self.shown.as_ref().zip(pem.shown.as_ref()) {
            Some((files, (certificate, key))) => {
                let (chain, key) = (certificates(&files.certificate, certificate)?, files.key(key)?);
                builder.with_client_auth_cert(chain, key).map_err(|why| unusable(&files.key, why))?
            }
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        Ok(config)
    }
}

impl Shown {
    fn key(&self, pem: &[u8]) -> Result<PrivateKeyDer<'static>, TlsError> {
        let no_key = |_| unusable(&self.key, "it holds no private key (-----BEGIN PRIVATE KEY-----)");
        PrivateKeyDer::from_pem_slice(pem).map_err(no_key)
    }
}

fn authorities(file: &Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found = certificates(file, pem)?;
    let mut roots = RootCertStore::empty();
    for authority in &found {
        roots.add(authority.clone()).map_err(|why| unusable(file, why))?;
    }
    Ok(found)
}

/// All certificates of a file, which has one at least.
fn certificates(file: &Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|_| unusable(file, "it can't be read as PEM"))?;
    if found.is_empty() {
        return Err(unusable(file, "it holds no certificate (-----BEGIN CERTIFICATE-----)"));
    }
    Ok(found)
}

fn read(file: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(file).map_err(|why| unusable(file, why))
}

fn unusable(file: &Path, why: impl Display) -> TlsError {
    TlsError::File { file: file.to_owned(), why: why.to_string() }
}
