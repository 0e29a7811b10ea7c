//! Where a load goes. By a slip of the pen it goes to nobody else's server.

use super::ask::no_server;
use crate::ports::Addresses;
use crate::reach::Door;
use anyhow::{Context, bail, ensure};
use bench::{House, Load, Server, Tls};
use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use std::sync::Arc;

/// What is spoken where a WebSocket begins, as ALPN calls it.
const HTTP: &[u8] = b"http/1.1";

/// The server: as given, or as the one on the data folder has told.
pub(super) async fn of(load: &Load) -> anyhow::Result<Server> {
    let place = load.place();
    let door = match (&place.server, load.house()) {
        (Some(server), _) => given(server, place.tls).with_context(|| format!("--server {server}"))?,
        (None, Some(house)) => told(load, house)?,
        (None, None) => {
            bail!("which broker shall it be? Name it with --server, such as --server 127.0.0.1:1883")
        }
    };
    let tls = door.tls(place.ca.as_deref())?;
    let address = door.address().await?;
    ensure!(
        place.any_host || address.ip().is_loopback(),
        "{address} is not on this machine; add --any-host if it may bear the load"
    );
    let tls = match tls {
        Some(tls) => Some(shaking(&tls, &door, load.goes_by_http()).await?),
        None => None,
    };
    Ok(Server { address, tls })
}

fn given(server: &str, tls: bool) -> anyhow::Result<Door> {
    let is_url = server.contains("://");
    let door: Door = if tls && !is_url { format!("mqtts://{server}").parse() } else { server.parse() }?;
    ensure!(door.by_tls || !tls, "with --tls it is mqtts://");
    Ok(door)
}

fn told(load: &Load, house: &House) -> anyhow::Result<Door> {
    let doors = Addresses::told(&house.data).with_context(|| no_server(&house.data))?;
    let by_tls = load.place().tls;
    let address = match (load.goes_by_http(), by_tls) {
        (false, false) => Some(doors.mqtt),
        (false, true) => doors.mqtts,
        (true, false) => Some(doors.http),
        (true, true) => doors.https,
    };
    let address = address.context("the server has no port with TLS for this load (`tls_listen`)")?;
    Ok(Door::at(address, by_tls))
}

/// Each connection is a device of its own: it shakes hands in full, and has no ticket that another was given.
async fn shaking(tls: &client::Tls, door: &Door, by_http: bool) -> anyhow::Result<Tls> {
    let mut config = rustls::ClientConfig::clone(&*tls.config().await?);
    config.resumption = Resumption::disabled();
    if by_http {
        config.alpn_protocols = vec![HTTP.to_vec()];
    }
    let host = door.host().to_owned();
    let name = ServerName::try_from(host).with_context(|| format!("no certificate can be for {door}"))?;
    Ok(Tls { connector: Arc::new(config).into(), name })
}
