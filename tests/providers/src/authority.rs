//! Whom a test trusts: an authority of a moment, and a folder with what it signed last.

mod client; // somebody who trusts it

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// What this machine is called.
const HERE: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// An authority that signs for this machine.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    folder: TempDir,
}

impl Authority {
    /// One that has signed a certificate for this machine.
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
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The same, as a file.
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

    /// What it signed last, as it is shown.
    #[must_use]
    pub fn signed(&self) -> Vec<u8> {
        CertificateDer::from_pem_file(self.certificate()).expect("there is one").to_vec()
    }

    /// Signs another one for this machine, in place of the last.
    pub fn signs(&self) {
        self.signs_for(&HERE);
    }

    /// Signs another one for hosts of these names, or addresses, in place of the last.
    pub fn signs_for(&self, names: &[&str]) {
        let (signed, key) = self.sign(names);
        put(&self.key(), &key.serialize_pem());
        put(&self.certificate(), &signed.pem());
    }

    /// Signs a certificate for a client whose common name this is; gives the files of it and of its key.
    #[must_use]
    pub fn client(&self, name: &str) -> (PathBuf, PathBuf) {
        self.client_with(name, |_| ())
    }

    /// The same, with whatever else stands in it.
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

    fn sign(&self, names: &[&str]) -> (Certificate, KeyPair) {
        let key = KeyPair::generate().expect("a key is made");
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("these are names");
        // Who has the name of the authority is taken for it.
        params.distinguished_name.push(DnType::CommonName, "localhost");
        let signed = params.signed_by(&key, &self.issuer).expect("it signs");
        (signed, key)
    }

    /// What a server of this machine shows, with the protocols that it speaks.
    pub(crate) fn server(&self, protocols: &[&str]) -> Arc<ServerConfig> {
        let (signed, key) = self.sign(&HERE);
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let mut config = config
            .expect("TLS")
            .with_no_client_auth()
            .with_single_cert(vec![signed.der().clone()], key)
            .expect("key and certificate fit");
        config.alpn_protocols = protocols.iter().map(|&name| name.into()).collect();
        Arc::new(config)
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
