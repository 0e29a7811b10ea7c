//! An address is listened on, or it is said why not and what to do about it.

use anyhow::anyhow;
use std::io::ErrorKind;
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpSocket};

/// Connections that may wait until they are accepted: as many as Linux allows unless told otherwise. Who finds no
/// place when everybody comes back at once tries again a second later.
const WAITING: u32 = 4_096;

/// Listens on an address for `what`; if that can't be, says by which flag or list of settings another is `written`.
pub(super) fn bind(address: SocketAddr, what: &str, written: &str) -> anyhow::Result<TcpListener> {
    listen(address).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "port {} of {} is in use by another program; choose another for {what} with {}, such as {}",
            address.port(),
            address.ip(),
            way(written),
            example(written, SocketAddr::new(address.ip(), address.port().checked_add(1).unwrap_or(0))),
        ),
        ErrorKind::AddrNotAvailable => {
            anyhow!(
                "{} is not an address of this machine; choose another for {what} with {}",
                address.ip(),
                way(written)
            )
        }
        ErrorKind::PermissionDenied => {
            anyhow!(
                "the system keeps port {} for others; choose one over 1023 for {what} with {}",
                address.port(),
                way(written)
            )
        }
        _ => anyhow!(error).context(format!("cannot listen on {address} for {what} ({})", way(written))),
    })
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A server that was killed leaves connections behind that must not keep the next one from its port.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

fn is_flag(written: &str) -> bool {
    written.starts_with("--")
}

fn way(written: &str) -> String {
    if is_flag(written) { written.to_owned() } else { format!("its `listen` in [[{written}]]") }
}

fn example(written: &str, address: SocketAddr) -> String {
    if is_flag(written) { format!("{written} {address}") } else { format!("\"{address}\"") }
}
