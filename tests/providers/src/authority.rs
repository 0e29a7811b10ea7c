//! Whom a test trusts: an authority of a moment.

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::Arc;

/// An authority that signs for this machine.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    /// A new one.
    #[must_use]
    pub fn new() -> Authority {
        let key = KeyPair::generate().expect("a key is made");
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "an authority of a test");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).expect("it signs itself").pem();
        Authority { issuer: Issuer::new(params, key), pem }
    }

    /// Its certificate, for those who shall trust it.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// A certificate of this machine and its key, as PEM, for a server that is none of ours.
    #[must_use]
    pub fn pair(&self) -> (String, String) {
        let (certificate, key) = self.sign();
        (certificate.pem(), key.serialize_pem())
    }

    fn sign(&self) -> (Certificate, KeyPair) {
        let key = KeyPair::generate().expect("a key is made");
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let mut params = CertificateParams::new(names).expect("these are names");
        // Who has the name of the authority is taken for it.
        params.distinguished_name.push(DnType::CommonName, "localhost");
        let signed = params.signed_by(&key, &self.issuer).expect("it signs");
        (signed, key)
    }

    /// What a server of this machine shows, with the protocols that it speaks.
    pub(crate) fn server(&self, protocols: &[&str]) -> Arc<ServerConfig> {
        let (signed, key) = self.sign();
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
