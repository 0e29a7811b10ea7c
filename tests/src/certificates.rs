//! Certificates of an authority that only a test trusts.

use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// An authority, and a folder with what it signed last.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    folder: TempDir,
}

impl Authority {
    /// An authority that has signed a certificate for this machine.
    ///
    /// # Panics
    /// When there is no folder for it.
    #[must_use]
    pub fn new() -> Authority {
        let key = KeyPair::generate().expect("a key is made");
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "an authority of a test");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).expect("it signs itself").pem();
        let folder = TempDir::with_prefix("natter-tls-").expect("a temporary folder can be made");
        let authority = Authority { issuer: Issuer::new(params, key), pem, folder };
        std::fs::write(authority.file(), &authority.pem).expect("it is written");
        authority.signs();
        authority
    }

    /// Its own certificate, for those who shall trust it.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// What it signed last.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("fullchain.pem")
    }

    /// The key of that.
    #[must_use]
    pub fn key(&self) -> PathBuf {
        self.folder.path().join("privkey.pem")
    }

    /// Signs another one for this machine, in place of the last.
    ///
    /// # Panics
    /// When it can't be written.
    pub fn signs(&self) {
        self.signs_for(&["localhost", "127.0.0.1"]);
    }

    /// Signs another one for hosts of these names, or addresses, in place of the last.
    ///
    /// # Panics
    /// When it can't be written.
    pub fn signs_for(&self, names: &[&str]) {
        let key = KeyPair::generate().expect("a key is made");
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("these are names");
        // Who has the name of the authority is taken for it.
        params.distinguished_name.push(DnType::CommonName, "localhost");
        let signed = params.signed_by(&key, &self.issuer).expect("it signs");
        put(&self.key(), &key.serialize_pem());
        put(&self.certificate(), &signed.pem());
    }

    /// Signs a certificate for a client whose common name this is; gives the files of it and of its key.
    ///
    /// # Panics
    /// When they can't be written.
    #[must_use]
    pub fn client(&self, name: &str) -> (PathBuf, PathBuf) {
        self.client_with(name, |_| ())
    }

    /// The same, with whatever else stands in it.
    ///
    /// # Panics
    /// When they can't be written.
    #[must_use]
    pub fn client_with(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> (PathBuf, PathBuf) {
        let key = KeyPair::generate().expect("a key is made");
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        change(&mut params);
        let signed = params.signed_by(&key, &self.issuer).expect("it signs");
        let [certificate, key_file] =
            ["pem", "key"].map(|end| self.folder.path().join(format!("{name}.{end}")));
        put(&certificate, &signed.pem());
        put(&key_file, &key.serialize_pem());
        (certificate, key_file)
    }

    /// Connects as somebody who trusts it. `protocol` is offered by ALPN, unless it is empty.
    ///
    /// # Errors
    /// When the handshake comes to nothing.
    ///
    /// # Panics
    /// When nobody listens.
    pub async fn connect(&self, to: SocketAddr, protocol: &str) -> std::io::Result<TlsStream<TcpStream>> {
        self.shake(TcpStream::connect(to).await.expect("somebody listens"), protocol).await
    }

    /// The same on a connection that is open.
    ///
    /// # Errors
    /// When the handshake comes to nothing.
    ///
    /// # Panics
    /// Never: what it is made of is good.
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
    ///
    /// # Panics
    /// When the handshake comes to nothing.
    pub async fn shown(&self, at: SocketAddr) -> Vec<u8> {
        let stream = self.connect(at, "").await.expect("the certificate is good");
        let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        shown.expect("a server shows one").to_vec()
    }

    /// What it signed last, as it is shown.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn signed(&self) -> Vec<u8> {
        CertificateDer::from_pem_file(self.certificate()).expect("there is one").to_vec()
    }
}

impl Default for Authority {
    fn default() -> Authority {
        Authority::new()
    }
}

/// As renewing programs do: whole, in the place of the old one.
fn put(path: &Path, words: &str) {
    let fresh = path.with_extension("new");
    std::fs::write(&fresh, words).expect("it is written");
    std::fs::rename(&fresh, path).expect("it takes the place");
}
