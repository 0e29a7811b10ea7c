//! Connections of somebody who trusts an authority and nobody else.

use super::Authority;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

impl Authority {
    /// Connects as somebody who trusts it. `protocol` is offered by ALPN, unless it is empty.
    ///
    /// # Errors
    /// When the handshake comes to nothing.
    pub async fn connect(&self, to: SocketAddr, protocol: &str) -> std::io::Result<TlsStream<TcpStream>> {
        self.shake(TcpStream::connect(to).await.expect("somebody listens"), protocol).await
    }

    /// The same on a connection that is open.
    ///
    /// # Errors
    /// When the handshake comes to nothing.
    pub async fn shake(&self, socket: TcpStream, protocol: &str) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        let own = CertificateDer::from_pem_slice(self.pem.as_bytes()).expect("it is one");
        roots.add(own).expect("it is an authority");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let mut config = config.expect("TLS").with_root_certificates(roots).with_no_client_auth();
        if !protocol.is_empty() {
            config.alpn_protocols = vec![protocol.into()];
        }
        let name = ServerName::try_from("localhost").expect("it is a name");
        TlsConnector::from(Arc::new(config)).connect(name, socket).await
    }

    /// The certificate that is shown there now.
    pub async fn shown(&self, at: SocketAddr) -> Vec<u8> {
        let stream = self.connect(at, "").await.expect("the certificate is good");
        let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        shown.expect("a server shows one").to_vec()
    }
}
