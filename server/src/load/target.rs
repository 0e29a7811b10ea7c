//! Where a load goes. By a slip of the pen it goes to nobody else's server.

use super::ask::no_server;
use crate::ports::Addresses;
use anyhow::{Context, ensure};
use bench::Load;
use std::net::SocketAddr;

/// The server's address: as given, or as the server on the data folder has told.
pub(super) fn of(load: &Load) -> anyhow::Result<SocketAddr> {
    let (place, house) = (load.place(), load.house());
    let server = match (place.server, house) {
        (Some(server), _) => server,
        (None, Some(house)) => {
            let tells = if load.goes_by_http() { Addresses::http_of } else { Addresses::mqtt_of };
            tells(&house.data).with_context(|| no_server(&house.data))?
        }
        (None, None) => {
            anyhow::bail!("which broker shall it be? Name it with --server, such as --server 127.0.0.1:1883")
        }
    };
    ensure!(
        place.any_host || server.ip().is_loopback(),
        "{server} is not on this machine; add --any-host if it may bear the load"
    );
    Ok(server)
}
