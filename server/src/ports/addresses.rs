//! The addresses in use, in a file of the data folder for scripts, and in the log for people.

use crate::config::Listen;
use anyhow::Context;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// The addresses' file in the data folder.
const FILE: &str = "addresses";

/// Where one port is: it may be another than was written, since port 0 lets the system choose.
pub(crate) struct Told {
    /// Its name in the file.
    pub(super) name: String,
    /// What is there, in words.
    pub(super) what: &'static str,
    pub(super) place: Listen,
    pub(super) by_tls: bool,
}

/// The file, as long as the server runs.
pub(crate) struct Addresses {
    file: PathBuf,
    told: Vec<Told>,
}

impl Addresses {
    /// Takes away what a killed server left: its ports are not ours.
    pub(crate) fn forget(folder: &Path) {
        std::fs::remove_file(folder.join(FILE)).ok();
    }

    /// Tells them to scripts.
    pub(crate) fn write(folder: &Path, told: Vec<Told>) -> anyhow::Result<Addresses> {
        let file = folder.join(FILE);
        let words: String = told.iter().map(|port| format!("{} = \"{}\"\n", port.name, port.place)).collect();
        // Whole or not at all: a script may be waiting for it.
        let fresh = file.with_extension("new");
        let written = std::fs::write(&fresh, words).and_then(|()| std::fs::rename(&fresh, &file));
        written.with_context(|| format!("cannot write `{}`", file.display()))?;
        Ok(Addresses { file, told })
    }

    /// Where the server on this folder is, as it told; an address that means everywhere becomes this machine.
    pub(crate) fn told(folder: &Path) -> anyhow::Result<Doors> {
        let file = folder.join(FILE);
        let words =
            std::fs::read_to_string(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
        let Doors { mqtt, mqtts, http, https } =
            toml::from_str(&words).with_context(|| format!("cannot use `{}`", file.display()))?;
        Ok(Doors { mqtt: here(mqtt), mqtts: mqtts.map(here), http: here(http), https: https.map(here) })
    }

    /// Says where we are, for people and for whoever reads the log.
    pub(crate) fn announce(&self, folder: &Path) {
        for port in self.told.iter().filter(|port| port.name != "mqtt" && port.name != "http") {
            let (what, address) = (port.what, &port.place);
            let tls = if port.by_tls { " with TLS" } else { "" };
            tracing::info!(%address, "{what}{tls} on {address}");
        }
        let (mqtt, http, data) = (self.of("mqtt"), self.of("http"), folder.display());
        tracing::info!(%mqtt, %http, %data, "ready: MQTT on {mqtt}, HTTP and WebSocket on {http}, data in {data}");
    }

    /// Where the port of this name is.
    fn of(&self, name: &str) -> String {
        self.told.iter().find(|port| port.name == name).map(|port| port.place.to_string()).unwrap_or_default()
    }
}

impl Drop for Addresses {
    fn drop(&mut self) {
        // If it stays, it tells of ports where nobody answers, which a script finds out.
        std::fs::remove_file(&self.file).ok();
    }
}

/// What the file holds for commands.
#[derive(serde::Deserialize)]
pub(crate) struct Doors {
    pub(crate) mqtt: SocketAddr,
    /// With TLS, if there is such a port.
    pub(crate) mqtts: Option<SocketAddr>,
    pub(crate) http: SocketAddr,
    /// The same.
    pub(crate) https: Option<SocketAddr>,
}

fn here(address: SocketAddr) -> SocketAddr {
    let here = if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
    if address.ip().is_unspecified() { SocketAddr::new(here, address.port()) } else { address }
}
