//! The files of certificates: what they hold, or which of them can't be used and why.

use crate::config::{Pair, Tls};
use anyhow::{Context, anyhow, ensure};
use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Which files they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Files {
    /// What is shown of us.
    pub(super) shown: Pair,
    clients: Option<Clients>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Clients {
    authority: PathBuf,
    required: bool,
}

/// What they held.
#[derive(PartialEq, Eq)]
pub(super) struct Pem {
    certificate: Vec<u8>,
    key: Vec<u8>,
    authority: Option<Vec<u8>>,
}

/// What that means.
pub(super) struct Understood {
    pub(super) provider: Arc<CryptoProvider>,
    pub(super) shown: Arc<SingleCertAndKey>,
    /// Who checks what clients show, where they are asked.
    pub(super) clients: Option<Arc<dyn ClientCertVerifier>>,
}

impl Files {
    pub(super) fn of(tls: &Tls) -> Files {
        let clients = tls.clients.as_ref();
        let clients = clients
            .map(|clients| Clients { authority: clients.authority.clone(), required: clients.required });
        Files { shown: tls.shown.clone(), clients }
    }

    pub(super) async fn read(&self) -> anyhow::Result<Pem> {
        let (certificate, key) = (read(&self.shown.certificate).await?, read(&self.shown.key).await?);
        let authority = match &self.clients {
            Some(clients) => Some(read(&clients.authority).await?),
            None => None,
        };
        Ok(Pem { certificate, key, authority })
    }

    pub(super) fn understand(&self, pem: &Pem) -> anyhow::Result<Understood> {
        let provider = Arc::new(default_provider());
        let (file, key_file) = (self.shown.certificate.display(), self.shown.key.display());
        let chain = certificates(&self.shown.certificate, &pem.certificate)?;
        let key = PrivateKeyDer::from_pem_slice(&pem.key)
            .map_err(|_| anyhow!("`{key_file}` holds no private key (-----BEGIN PRIVATE KEY-----)"))?;
        let shown = CertifiedKey::from_der(chain, key, &provider)
            .with_context(|| format!("the key in `{key_file}` is not that of the certificate in `{file}`"))?;
        let clients = self.clients.as_ref().zip(pem.authority.as_deref());
        let clients = clients.map(|(clients, pem)| clients.verifier(pem, &provider)).transpose()?;
        Ok(Understood { shown: Arc::new(shown.into()), clients, provider })
    }
}

impl Clients {
    fn verifier(
        &self,
        pem: &[u8],
        provider: &Arc<CryptoProvider>,
    ) -> anyhow::Result<Arc<dyn ClientCertVerifier>> {
        let unusable = || format!("`{}` can't be used as `client_ca`", self.authority.display());
        let mut roots = RootCertStore::empty();
        for authority in certificates(&self.authority, pem)? {
            roots.add(authority).with_context(unusable)?;
        }
        let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
        let builder = if self.required { builder } else { builder.allow_unauthenticated() };
        builder.build().with_context(unusable).map(|verifier| verifier as Arc<dyn ClientCertVerifier>)
    }
}

/// All certificates of a file, which has one at least.
fn certificates(file: &Path, pem: &[u8]) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let file = file.display();
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|_| anyhow!("`{file}` can't be read as PEM"))?;
    ensure!(!found.is_empty(), "`{file}` holds no certificate (-----BEGIN CERTIFICATE-----)");
    Ok(found)
}

async fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    tokio::fs::read(path).await.with_context(|| format!("cannot read `{}`", path.display()))
}
