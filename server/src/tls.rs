//! What TLS is spoken with, port by port. Files are read again when they change.
//!
//! What can't be used at the start is an error. What can't be used later is told, and the old certificate stays: a broken
//! renewal puts nobody out. Connections go on with the certificate they began with.

mod files; // certificates, and whom they are taken from

use crate::config::Tls;
use anyhow::Context;
use files::{Files, Pem, Understood};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::Ticketer;
use rustls::server::{NoServerSessionStorage, ProducesTickets};
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// How often the files are looked at. SIGHUP does so at once.
const LOOK: Duration = Duration::from_secs(5);

/// Looks after the files of all ports.
#[derive(Default)]
pub(crate) struct Keeper {
    groups: Vec<Group>,
}

/// Ports that are spoken to with the same files.
struct Group {
    files: Files,
    /// What was there at the last look, or why it could not be read.
    seen: Result<Pem, String>,
    ports: Vec<Kept>,
}

/// One port.
struct Kept {
    manner: Manner,
    acceptor: watch::Sender<TlsAcceptor>,
}

/// What of a port does not change with its files.
struct Manner {
    /// What is spoken there, as ALPN calls it. Who names nothing is taken at their word; who names something else only is
    /// refused.
    protocol: &'static str,
    /// Who comes back after a storm need not begin from nothing.
    ticketer: Arc<dyn ProducesTickets>,
}

impl Keeper {
    /// How TLS is spoken on a port where ALPN knows this protocol.
    pub(crate) async fn port(
        &mut self,
        tls: &Tls,
        protocol: &'static str,
    ) -> anyhow::Result<broker::port::Tls> {
        let files = Files::of(tls);
        let pem = files.read().await?;
        let ticketer = Ticketer::new().context("cannot make keys for TLS tickets")?;
        let manner = Manner { protocol, ticketer };
        let (acceptor, current) = watch::channel(manner.acceptor(&files.understand(&pem)?)?);
        let kept = Kept { manner, acceptor };
        match self.groups.iter_mut().find(|group| group.files == files) {
            Some(group) => group.ports.push(kept),
            None => self.groups.push(Group { files, seen: Ok(pem), ports: vec![kept] }),
        }
        let naming = tls.clients.as_ref().map(|clients| Arc::new(clients.naming.clone()));
        Ok(broker::port::Tls { acceptor: current, naming })
    }

    /// From now on, until `closed`, newer files are taken.
    pub(crate) fn keep(self, closed: CancellationToken) -> anyhow::Result<()> {
        let mut groups = self.groups;
        if groups.is_empty() {
            return Ok(());
        }
        let mut hangups = signal(SignalKind::hangup()).context("cannot listen to SIGHUP")?;
        tokio::spawn(async move {
            // They have just been read.
            let mut clock = tokio::time::interval_at(Instant::now() + LOOK, LOOK);
            clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    () = closed.cancelled() => return,
                    _ = clock.tick() => {}
                    _ = hangups.recv() => {}
                }
                for group in &mut groups {
                    group.look().await;
                }
            }
        });
        Ok(())
    }
}

impl Group {
    /// Takes what is new.
    async fn look(&mut self) {
        let found = self.files.read().await.map_err(|error| format!("{error:#}"));
        if found == self.seen {
            return;
        }
        let taken = match &found {
            Ok(pem) => self.take(pem).map_err(|error| format!("{error:#}")),
            Err(why) => Err(why.clone()),
        };
        let file = self.files.shown.certificate.display();
        match taken {
            Ok(()) => {
                tracing::info!(%file, "new connections are shown the certificate that is in `{file}` now");
            }
            Err(why) => {
                tracing::error!(%file, %why, "the new certificate can't be used, the old one stays: {why}");
            }
        }
        self.seen = found;
    }

    /// All ports or none.
    fn take(&self, pem: &Pem) -> anyhow::Result<()> {
        let understood = self.files.understand(pem)?;
        let acceptors = self.ports.iter().map(|port| port.manner.acceptor(&understood));
        let acceptors: Vec<_> = acceptors.collect::<anyhow::Result<_>>()?;
        for (port, acceptor) in self.ports.iter().zip(acceptors) {
            port.acceptor.send_replace(acceptor);
        }
        Ok(())
    }
}

impl Manner {
    fn acceptor(&self, understood: &Understood) -> anyhow::Result<TlsAcceptor> {
        let builder = ServerConfig::builder_with_provider(understood.provider.clone());
        let builder =
            builder.with_safe_default_protocol_versions().context("TLS has no version in common")?;
        let builder = match &understood.clients {
            Some(verifier) => builder.with_client_cert_verifier(verifier.clone()),
            None => builder.with_no_client_auth(),
        };
        let mut config = builder.with_cert_resolver(understood.shown.clone());
        config.alpn_protocols = vec![self.protocol.as_bytes().to_vec()];
        if understood.clients.is_none() {
            config.ticketer = self.ticketer.clone();
        } else {
            // A client's certificate is checked each time, and not only when its ticket was given.
            config.session_storage = Arc::new(NoServerSessionStorage {});
            config.send_tls13_tickets = 0;
        }
        Ok(Arc::new(config).into())
    }
}
