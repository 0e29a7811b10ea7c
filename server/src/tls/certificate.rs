//! TLS for whoever comes over a network: one certificate for all ports, taken anew when its files change.
//!
//! What can't be used at the start is an error. What can't be used later is told, and the old certificate stays: a broken
//! renewal puts nobody out. Connections go on with the certificate they began with.

use crate::config::Tls;
use anyhow::{Context, anyhow};
use parking_lot::RwLock;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::{Ticketer, default_provider};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// How often the files are looked at. SIGHUP does so at once.
const LOOK: Duration = Duration::from_secs(5);

/// The certificate that is shown.
#[derive(Debug)]
pub(super) struct Certificate {
    files: Files,
    shown: RwLock<Arc<CertifiedKey>>,
}

#[derive(Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// What the two files held.
#[derive(PartialEq, Eq)]
struct Pem {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Certificate {
    /// Reads it, and from now on what comes in its place, until `closed`.
    pub(super) async fn open(tls: &Tls, closed: CancellationToken) -> anyhow::Result<Arc<Certificate>> {
        let files = Files { certificate: tls.certificate.clone(), key: tls.key.clone() };
        let pem = files.read().await?;
        let shown = RwLock::new(Arc::new(files.understand(&pem)?));
        let certificate = Arc::new(Certificate { files, shown });
        let mut hangups = signal(SignalKind::hangup()).context("cannot listen to SIGHUP")?;
        let kept = certificate.clone();
        tokio::spawn(async move {
            // They have just been read.
            let mut clock = tokio::time::interval_at(Instant::now() + LOOK, LOOK);
            clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut seen = Ok(pem);
            loop {
                tokio::select! {
                    () = closed.cancelled() => return,
                    _ = clock.tick() => {}
                    _ = hangups.recv() => {}
                }
                kept.look(&mut seen).await;
            }
        });
        Ok(certificate)
    }

    /// Takes what is new; `seen` is what was there at the last look, or why it could not be read.
    async fn look(&self, seen: &mut Result<Pem, String>) {
        let found = self.files.read().await.map_err(|error| format!("{error:#}"));
        if found == *seen {
            return;
        }
        let understood = match &found {
            Ok(pem) => self.files.understand(pem).map_err(|error| format!("{error:#}")),
            Err(why) => Err(why.clone()),
        };
        let file = self.files.certificate.display();
        match understood {
            Ok(key) => {
                *self.shown.write() = Arc::new(key);
                tracing::info!(%file, "new connections are shown the certificate that is in `{file}` now");
            }
            Err(why) => {
                tracing::error!(%file, %why, "the new certificate can't be used, the old one stays: {why}");
            }
        }
        *seen = found;
    }

    /// For one kind of port: what is spoken there, as ALPN calls it. Who names nothing is taken at their word; who names
    /// something else only is refused.
    pub(super) fn acceptor(self: &Arc<Certificate>, protocol: &str) -> anyhow::Result<TlsAcceptor> {
        let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let builder =
            builder.with_safe_default_protocol_versions().context("TLS has no version in common")?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(self.clone());
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        // Who comes back after a storm need not begin from nothing.
        config.ticketer = Ticketer::new().context("cannot make keys for TLS tickets")?;
        Ok(Arc::new(config).into())
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.shown.read().clone())
    }
}

impl Files {
    async fn read(&self) -> anyhow::Result<Pem> {
        let (certificate, key) = (read(&self.certificate).await?, read(&self.key).await?);
        Ok(Pem { certificate, key })
    }

    fn understand(&self, pem: &Pem) -> anyhow::Result<CertifiedKey> {
        let (file, key_file) = (self.certificate.display(), self.key.display());
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem.certificate).collect();
        let chain = chain.map_err(|_| anyhow!("`{file}` can't be read as PEM"))?;
        if chain.is_empty() {
            return Err(anyhow!("`{file}` holds no certificate (-----BEGIN CERTIFICATE-----)"));
        }
        let key = PrivateKeyDer::from_pem_slice(&pem.key)
            .map_err(|_| anyhow!("`{key_file}` holds no private key (-----BEGIN PRIVATE KEY-----)"))?;
        CertifiedKey::from_der(chain, key, &default_provider())
            .with_context(|| format!("the key in `{key_file}` is not that of the certificate in `{file}`"))
    }
}

async fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    tokio::fs::read(path).await.with_context(|| format!("cannot read `{}`", path.display()))
}
