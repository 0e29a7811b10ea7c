//! The ports where TLS is spoken, those that there are.

mod certificate; // who we are there

use crate::config::Tls;
use crate::ports::bind;
use certificate::Certificate;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// Each with what it shows of us.
#[derive(Default)]
pub(crate) struct TlsPorts {
    pub(crate) mqtt: Option<(TcpListener, TlsAcceptor)>,
    pub(crate) http: Option<(TcpListener, TlsAcceptor)>,
}

impl TlsPorts {
    /// The certificate is looked after until `closed`.
    pub(crate) async fn bind(tls: Option<&Tls>, closed: &CancellationToken) -> anyhow::Result<TlsPorts> {
        let Some(tls) = tls else { return Ok(TlsPorts::default()) };
        let certificate = Certificate::open(tls, closed.clone()).await?;
        let port = |address: Option<_>, what, flag, protocol| {
            let both = |address| anyhow::Ok((bind(address, what, flag)?, certificate.acceptor(protocol)?));
            address.map(both).transpose()
        };
        Ok(TlsPorts {
            mqtt: port(tls.mqtt, "MQTT with TLS", "--mqtts", "mqtt")?,
            http: port(tls.http, "HTTP with TLS", "--https", "http/1.1")?,
        })
    }

    /// Where they are, for MQTT and for HTTP.
    pub(crate) fn addresses(&self) -> std::io::Result<(Option<SocketAddr>, Option<SocketAddr>)> {
        let address =
            |port: &Option<(TcpListener, _)>| port.as_ref().map(|(port, _)| port.local_addr()).transpose();
        Ok((address(&self.mqtt)?, address(&self.http)?))
    }
}
