//! Where TLS is spoken, and with which certificate.

use super::ConfigError;
use super::value::{address, file, none_or};
use super::written::Written;
use std::net::SocketAddr;
use std::path::PathBuf;

/// `[tls]`, and who listens with it.
#[derive(Debug, Clone)]
pub(crate) struct Tls {
    /// The chain, as PEM: ours first.
    pub(crate) certificate: PathBuf,
    /// Its private key, as PEM.
    pub(crate) key: PathBuf,
    /// Where MQTT clients connect.
    pub(crate) mqtt: Option<SocketAddr>,
    /// Where HTTP is.
    pub(crate) http: Option<SocketAddr>,
}

/// Reads it; none if nobody listens.
pub(super) fn read(w: &mut Written) -> Result<Option<Tls>, ConfigError> {
    let mqtt = w.take("mqtt.tls_listen", None, none_or(address))?;
    let http = w.take("http.tls_listen", None, none_or(address))?;
    let certificate = w.take("tls.certificate", None, none_or(file))?;
    let key = w.take("tls.key", None, none_or(file))?;
    match (certificate, key, mqtt.is_some() || http.is_some()) {
        (Some(certificate), Some(key), true) => Ok(Some(Tls { certificate, key, mqtt, http })),
        (None, None, false) => Ok(None),
        (Some(_), Some(_), false) => Err(ConfigError::Unfitting(
            "nobody listens with `tls.certificate`; set `mqtt.tls_listen` or `http.tls_listen`".to_owned(),
        )),
        _ => Err(ConfigError::Unfitting(
            "TLS needs `tls.certificate` and `tls.key`, both of them: PEM files, such as fullchain.pem and privkey.pem"
                .to_owned(),
        )),
    }
}
