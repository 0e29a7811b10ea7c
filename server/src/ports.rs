//! Where the server listens, and who is told.

use anyhow::{Context, anyhow};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use tokio::net::{TcpListener, TcpSocket};

/// The addresses' file in the data folder.
const FILE: &str = "addresses";

/// Connections that may wait until they are accepted: as many as Linux allows unless told otherwise. Who finds no
/// place when everybody comes back at once tries again a second later.
const WAITING: u32 = 4_096;

/// Listens on an address; if that can't be, says which flag changes it.
pub(crate) fn bind(address: SocketAddr, what: &str, flag: &str) -> anyhow::Result<TcpListener> {
    listen(address).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "port {} of {} is in use by another program; choose another for {what} with {flag}, such as {flag} {}",
            address.port(),
            address.ip(),
            SocketAddr::new(address.ip(), address.port().checked_add(1).unwrap_or(0)),
        ),
        ErrorKind::AddrNotAvailable => {
            anyhow!("{} is not an address of this machine; choose another for {what} with {flag}", address.ip())
        }
        ErrorKind::PermissionDenied => {
            anyhow!("the system keeps port {} for others; choose one over 1023 for {what} with {flag}", address.port())
        }
        _ => anyhow!(error).context(format!("cannot listen on {address} for {what} ({flag})")),
    })
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A server that was killed leaves connections behind that must not keep the next one from its port.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

/// The addresses in use, in a file of the data folder for scripts: port 0 lets the system choose.
pub(crate) struct Addresses {
    file: PathBuf,
    /// Where MQTT is.
    pub(crate) mqtt: SocketAddr,
    /// Where HTTP is.
    pub(crate) http: SocketAddr,
    /// Where both are with TLS.
    pub(crate) mqtts: Option<SocketAddr>,
    pub(crate) https: Option<SocketAddr>,
}

impl Addresses {
    /// Takes away what a killed server left: its ports are not ours.
    pub(crate) fn forget(folder: &Path) {
        std::fs::remove_file(folder.join(FILE)).ok();
    }

    /// Tells them to scripts.
    pub(crate) fn write(
        folder: &Path,
        (mqtt, http): (SocketAddr, SocketAddr),
        (mqtts, https): (Option<SocketAddr>, Option<SocketAddr>),
    ) -> anyhow::Result<Addresses> {
        let file = folder.join(FILE);
        let all = [("mqtt", Some(mqtt)), ("http", Some(http)), ("mqtts", mqtts), ("https", https)];
        let there = all.into_iter().filter_map(|(name, address)| Some((name, address?)));
        let words: String = there.map(|(name, address)| format!("{name} = \"{address}\"\n")).collect();
        // Whole or not at all: a script may be waiting for it.
        let fresh = file.with_extension("new");
        let written = std::fs::write(&fresh, words).and_then(|()| std::fs::rename(&fresh, &file));
        written.with_context(|| format!("cannot write `{}`", file.display()))?;
        Ok(Addresses { file, mqtt, http, mqtts, https })
    }

    /// Where the server on this folder takes MQTT, as it told; an address that means everywhere becomes this machine.
    pub(crate) fn mqtt_of(folder: &Path) -> anyhow::Result<SocketAddr> {
        told(folder).map(|told| here(told.mqtt))
    }

    /// Where it takes HTTP, in the same way.
    pub(crate) fn http_of(folder: &Path) -> anyhow::Result<SocketAddr> {
        told(folder).map(|told| here(told.http))
    }

    /// Says where we are, for people and for whoever reads the log.
    pub(crate) fn announce(&self, folder: &Path) {
        let (mqtt, http, data) = (self.mqtt, self.http, folder.display());
        for (what, address) in [("MQTT", self.mqtts), ("HTTP and WebSocket", self.https)] {
            if let Some(address) = address {
                tracing::info!(%address, "{what} with TLS on {address}");
            }
        }
        tracing::info!(%mqtt, %http, %data, "ready: MQTT on {mqtt}, HTTP and WebSocket on {http}, data in {data}");
    }
}

impl Drop for Addresses {
    fn drop(&mut self) {
        // If it stays, it tells of ports where nobody answers, which a script finds out.
        std::fs::remove_file(&self.file).ok();
    }
}

/// What the file holds.
#[derive(serde::Deserialize)]
struct Told {
    mqtt: SocketAddr,
    http: SocketAddr,
}

fn told(folder: &Path) -> anyhow::Result<Told> {
    let file = folder.join(FILE);
    let words =
        std::fs::read_to_string(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
    toml::from_str(&words).with_context(|| format!("cannot use `{}`", file.display()))
}

fn here(address: SocketAddr) -> SocketAddr {
    let here = if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
    if address.ip().is_unspecified() { SocketAddr::new(here, address.port()) } else { address }
}
