//! What TLS is spoken with: certificates, and those of clients that are taken for them.

use super::ConfigError;
use super::value::{file, none_or, word};
use super::written::Written;
use broker::port::{Field, Naming};
use std::path::PathBuf;
use toml::Value;

/// How TLS is spoken on one port.
#[derive(Debug, Clone)]
pub(crate) struct Tls {
    /// What is shown of us.
    pub(crate) shown: Pair,
    /// What clients show, where they are asked.
    pub(crate) clients: Option<Clients>,
}

/// A certificate and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    /// The chain, as PEM: ours first.
    pub(crate) certificate: PathBuf,
    /// Its private key, as PEM.
    pub(crate) key: PathBuf,
}

/// Clients that may say by a certificate who they are.
#[derive(Debug, Clone)]
pub(crate) struct Clients {
    /// Who signs these, as PEM.
    pub(crate) authority: PathBuf,
    /// Nobody comes in without.
    pub(crate) required: bool,
    /// Where the user stands in them.
    pub(crate) naming: Naming,
}

/// `[tls]`: what is shown where a port says nothing else.
pub(super) struct Usual(Option<Pair>);

const REQUIRED: [(&str, bool); 2] = [("required", true), ("optional", false)];

const FIELDS: [(&str, Field); 4] = [
    ("cn", Field::CommonName),
    ("san_uri", Field::Uri),
    ("san_email", Field::Email),
    ("san_dns", Field::Dns),
];

/// What stands for the user in a pattern.
const USER: &str = "{user}";

impl Usual {
    pub(super) fn read(w: &mut Written) -> Result<Usual, ConfigError> {
        let certificate = w.take("tls.certificate", None, none_or(file))?;
        let key = w.take("tls.key", None, none_or(file))?;
        match (certificate, key) {
            (Some(certificate), Some(key)) => Ok(Usual(Some(Pair { certificate, key }))),
            (None, None) => Ok(Usual(None)),
            _ => Err(incomplete()),
        }
    }

    /// For a port that asks nothing of its clients.
    pub(super) fn tls(&self) -> Result<Tls, ConfigError> {
        Ok(Tls { shown: self.0.clone().ok_or_else(incomplete)?, clients: None })
    }

    /// For one that may have a certificate of its own, and ask its clients for theirs if it `may_ask`.
    pub(super) fn of_listener(
        &self,
        w: &mut Written,
        speaks_tls: bool,
        may_ask: bool,
    ) -> Result<Option<Tls>, ConfigError> {
        let certificate = w.take("certificate", None, some(file))?;
        let key = w.take("key", None, some(file))?;
        let clients = if may_ask { clients(w)? } else { None };
        match (certificate, key) {
            (None, None) if !speaks_tls && clients.is_none() => Ok(None),
            _ if !speaks_tls => Err(unfitting("certificates count only with tls = true")),
            (None, None) => Ok(Some(Tls { clients, ..self.tls()? })),
            (Some(certificate), Some(key)) => Ok(Some(Tls { shown: Pair { certificate, key }, clients })),
            _ => Err(unfitting("set both `certificate` and `key`, or neither for those of [tls]")),
        }
    }

    /// That somebody listens with it.
    pub(super) fn is_used<'a>(&self, mut all: impl Iterator<Item = &'a Tls>) -> Result<(), ConfigError> {
        let Some(pair) = &self.0 else { return Ok(()) };
        match all.any(|tls| tls.shown == *pair) {
            true => Ok(()),
            false => Err(unfitting(
                "nobody listens with `tls.certificate`; set `mqtt.tls_listen` or `http.tls_listen`, or tls = true for a listener",
            )),
        }
    }
}

fn clients(w: &mut Written) -> Result<Option<Clients>, ConfigError> {
    let authority = w.take("client_ca", None, some(file))?;
    let required = w.take("client_certificates", None, some(word(&REQUIRED)))?;
    let field = w.take("user_from", None, some(word(&FIELDS)))?;
    let around = w.take("user_pattern", None, some(pattern))?;
    let Some(authority) = authority else {
        return match (required, field, around) {
            (None, None, None) => Ok(None),
            _ => Err(unfitting("clients are asked for certificates only with `client_ca`: who signs them")),
        };
    };
    let (before, after) = around.unwrap_or_default();
    let naming = Naming { field: field.unwrap_or(Field::CommonName), before, after };
    Ok(Some(Clients { authority, required: required.unwrap_or(true), naming }))
}

/// What stands before the user, and after.
fn pattern(value: &Value) -> Result<(String, String), String> {
    let around = value.as_str().and_then(|text| text.split_once(USER));
    let once = around.filter(|(_, after)| !after.contains(USER));
    let (before, after) =
        once.ok_or("write what stands around the user, such as \"{user}@example.org\"".to_owned())?;
    Ok((before.to_owned(), after.to_owned()))
}

fn some<T>(read: impl Fn(&Value) -> Result<T, String>) -> impl Fn(&Value) -> Result<Option<T>, String> {
    move |value| read(value).map(Some)
}

fn unfitting(why: &str) -> ConfigError {
    ConfigError::Unfitting(why.to_owned())
}

fn incomplete() -> ConfigError {
    unfitting(
        "TLS needs `tls.certificate` and `tls.key`, both of them: PEM files, such as fullchain.pem and privkey.pem",
    )
}
