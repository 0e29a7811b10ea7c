//! A socket with a source address of its own where the loopback net has enough of them, and with TLS where that is asked
//! for.

use super::Broken;
use crate::target::Server;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;

/// Bytes as they are, or sealed.
pub(crate) type Io = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// Connections from one source address: far fewer than it has ports.
const FOR_EACH_SOURCE: usize = 1_000;

/// Connects; the number chooses the source address.
pub(crate) async fn connect(server: &Server, number: usize) -> Result<Io, Broken> {
    let io = socket(server.address, number)?.connect(server.address).await?;
    io.set_nodelay(true)?;
    let Some(tls) = &server.tls else { return Ok(Either::Left(io)) };
    let shaken = tls.connector.connect(tls.name.clone(), io).await;
    shaken.map(|io| Either::Right(Box::new(io))).map_err(|why| Broken::Handshake(why.to_string()))
}

fn socket(server: SocketAddr, number: usize) -> std::io::Result<TcpSocket> {
    let SocketAddr::V4(address) = server else { return TcpSocket::new_v6() };
    let socket = TcpSocket::new_v4()?;
    if address.ip().is_loopback() {
        let source = u8::try_from(1 + number / FOR_EACH_SOURCE).unwrap_or(u8::MAX);
        socket.bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 1, source)), 0))?;
    }
    Ok(socket)
}
