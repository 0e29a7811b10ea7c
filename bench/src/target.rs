//! Against whom a load goes.

use crate::lookout::Lookout;
use rustls::pki_types::ServerName;
use std::net::SocketAddr;
use tokio_rustls::TlsConnector;

/// The server that bears it.
#[derive(Debug, Clone)]
pub struct Server {
    /// Where it takes MQTT, or HTTP where the load goes by that.
    pub address: SocketAddr,
    /// How TLS is spoken there, if it is.
    pub tls: Option<Tls>,
}

/// What a TLS handshake needs.
#[derive(Clone)]
pub struct Tls {
    /// Whom it trusts. Whether the connections of a load share tickets is for whoever makes it to say.
    pub connector: TlsConnector,
    /// For whom the server's certificate must be.
    pub name: ServerName<'static>,
}

/// The server, and who looks on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) server: &'a Server,
    /// Its process, if it may be looked at.
    pub(crate) process: Option<u32>,
    /// What can be seen beside.
    pub(crate) lookout: &'a Lookout,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("name", &self.name).finish_non_exhaustive()
    }
}
