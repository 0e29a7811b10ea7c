//! Where a server is: a host and a port, and whether it is spoken to by TLS.

use crate::ports::Addresses;
use anyhow::{Context, bail, ensure};
use client::{Options, Tls};
use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;
use tokio::net::lookup_host;
use tokio::time::timeout;

/// MQTT's port, where none is named.
const PORT: u16 = 1883;

/// The one with TLS.
const TLS_PORT: u16 = 8883;

/// How long a name may take until it is an address.
const LOOKUP: Duration = Duration::from_secs(10);

/// How one is written.
const EXAMPLES: &str = "mqtts://chat.example.org, chat.example.org:1883 or [::1]:1883";

/// `chat.example.org:1883`, `mqtts://chat.example.org` or `[::1]:1883`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Door {
    host: String,
    port: u16,
    pub(crate) by_tls: bool,
}

impl Door {
    /// That of the server on this data folder.
    pub(super) fn of(folder: &Path) -> anyhow::Result<Door> {
        Addresses::told(folder).map(|doors| Door::at(doors.mqtt, false))
    }

    /// That at this address.
    pub(crate) fn at(address: SocketAddr, by_tls: bool) -> Door {
        Door { host: address.ip().to_string(), port: address.port(), by_tls }
    }

    /// The host, as a certificate names it.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether its port is the one with TLS, and that was not asked for.
    pub(super) fn seems_to_want_tls(&self) -> bool {
        !self.by_tls && self.port == TLS_PORT
    }

    /// How TLS is spoken there, if it is; `ca` is trusted beside those whom the system trusts.
    pub(crate) fn tls(&self, ca: Option<&Path>) -> anyhow::Result<Option<Tls>> {
        let Door { host, by_tls, .. } = self;
        ensure!(*by_tls || ca.is_none(), "--ca is for TLS; ask for it with mqtts://{host}");
        let tls = match ca {
            Some(file) => Tls::new().ca_file(file),
            None => Tls::new(),
        };
        Ok(by_tls.then_some(tls))
    }

    /// Options that lead there.
    pub(super) fn lead(&self, options: Options, tls: Option<Tls>) -> Options {
        let options = options.server(&self.host, self.port);
        match tls {
            Some(tls) => options.tls(tls),
            None => options,
        }
    }

    /// Its address. Of several it is the first, of IPv4 if there is one.
    pub(crate) async fn address(&self) -> anyhow::Result<SocketAddr> {
        let found = timeout(LOOKUP, lookup_host((self.host.as_str(), self.port))).await;
        let unknown = || format!("cannot find the host `{}`", self.host);
        let found: Vec<SocketAddr> = found.with_context(unknown)?.with_context(unknown)?.collect();
        let address = found.iter().find(|address| address.is_ipv4()).or(found.first());
        address.copied().with_context(unknown)
    }
}

impl std::fmt::Display for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Door { host, port, by_tls } = self;
        let scheme = if *by_tls { "mqtts://" } else { "" };
        if host.contains(':') {
            write!(f, "{scheme}[{host}]:{port}")
        } else {
            write!(f, "{scheme}{host}:{port}")
        }
    }
}

impl FromStr for Door {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Door> {
        let (by_tls, place) = match text.split_once("://") {
            Some(("mqtts", place)) => (true, place),
            Some(("mqtt", place)) => (false, place),
            Some((scheme, _)) => bail!("`{scheme}://` is not spoken; write {EXAMPLES}"),
            None => (false, text),
        };
        let (host, port) = match place.strip_prefix('[') {
            Some(rest) => rest.split_once(']').context("an address in brackets has a `]` at its end")?,
            None => place.split_at(place.find(':').unwrap_or(place.len())),
        };
        let port = match port.strip_prefix(':') {
            Some(port) => port.parse().context("a port is a number up to 65535")?,
            None if port.is_empty() => {
                if by_tls {
                    TLS_PORT
                } else {
                    PORT
                }
            }
            None => bail!("write a host and a port, such as {EXAMPLES}"),
        };
        ensure!(!host.is_empty(), "the host is missing; write a host and a port, such as {EXAMPLES}");
        ensure!(!host.contains(['/', '@']), "`{host}` is no host; write {EXAMPLES}");
        Ok(Door { host: host.to_owned(), port, by_tls })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_host_and_a_port_which_may_be_mqtts_own() {
        for (text, host, port, shown) in [
            ("chat.example.org:1999", "chat.example.org", 1999, "chat.example.org:1999"),
            ("localhost", "localhost", 1883, "localhost:1883"),
            ("mqtt://localhost", "localhost", 1883, "localhost:1883"),
            ("mqtts://localhost", "localhost", 8883, "mqtts://localhost:8883"),
            ("mqtts://localhost:1999", "localhost", 1999, "mqtts://localhost:1999"),
            ("[::1]:1884", "::1", 1884, "[::1]:1884"),
            ("[::1]", "::1", 1883, "[::1]:1883"),
            ("mqtts://[::1]", "::1", 8883, "mqtts://[::1]:8883"),
        ] {
            let door: Door = text.parse().unwrap();
            assert_eq!((door.host.as_str(), door.port, door.to_string()), (host, port, shown.to_owned()));
            assert_eq!(door.by_tls, text.starts_with("mqtts://"));
        }
    }

    #[test]
    fn what_is_no_server_is_refused_in_words() {
        for (text, word) in [
            ("", "host"),
            (":1883", "host"),
            ("mqtts://", "host"),
            ("h:x", "number"),
            ("h:70000", "number"),
            ("::1", "number"),
            ("[::1", "]"),
            ("https://h", "mqtts://"),
            ("mqtts://ann@h", "no host"),
            ("mqtts://h/mqtt", "no host"),
        ] {
            let error = text.parse::<Door>().unwrap_err().to_string();
            assert!(error.contains(word), "{text}: {error}");
        }
    }

    #[test]
    fn an_authority_is_named_for_tls_only() {
        let ca = Some(Path::new("ca.pem"));
        let plain: Door = "localhost".parse().unwrap();
        assert!(plain.tls(ca).unwrap_err().to_string().contains("mqtts://localhost"));
        assert!(plain.tls(None).unwrap().is_none());
        let sealed: Door = "mqtts://localhost".parse().unwrap();
        assert!(sealed.tls(ca).unwrap().is_some() && sealed.tls(None).unwrap().is_some());
    }
}
