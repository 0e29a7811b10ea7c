//! The handshake of TLS, where the options ask for one.

use crate::hints::Server;
use crate::tls::{Tls, TlsError};
use rustls::pki_types::ServerName;
use std::io;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// What is needed to shake hands with one server.
#[derive(Clone)]
pub(super) struct Seal {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl Seal {
    pub(super) async fn of(tls: &Tls, server: &Server) -> Result<Seal, TlsError> {
        let host = server.host.trim_start_matches('[').trim_end_matches(']');
        let name =
            ServerName::try_from(host.to_owned()).map_err(|_| TlsError::NoName(server.host.clone()))?;
        Ok(Seal { connector: tls.config().await?.into(), name })
    }

    /// Within the time of the connection: whoever calls keeps it.
    pub(super) async fn shake(self, io: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.connector.connect(self.name, io).await.map_err(TlsError::of_handshake)
    }
}
