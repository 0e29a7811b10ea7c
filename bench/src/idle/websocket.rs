//! A connection through a browser's door. Only being there is measured by it, so it may be slow.

use crate::target::Server;
use crate::wire::socket::Io;
use crate::wire::{Broken, Guest, PATIENCE, granted, socket, subscribe, take};
use bytes::BytesMut;
use futures_util::{FutureExt, SinkExt, StreamExt};
use mqtt::packet::{Packet, Qos, Version};
use tokio::task::unconstrained;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{self, Message};

/// A connection that listens.
pub(super) struct Connection {
    socket: WebSocketStream<Io>,
    rest: BytesMut,
}

/// Connects, introduces itself and subscribes.
pub(super) async fn listen(server: &Server, guest: &Guest, filter: &str) -> Result<Connection, Broken> {
    let stand = async {
        let mut connection = Connection::open(server, guest.number).await?;
        connection.send(&guest.connect()).await?;
        guest.welcomed(connection.packet().await?)?;
        connection.send(&subscribe(&[filter], Qos::AtLeastOnce)).await?;
        granted(&connection.packet().await?, 1, Qos::AtLeastOnce)?;
        Ok(connection)
    };
    timeout(PATIENCE, stand).await.map_err(|_| Broken::Late)?
}

impl Connection {
    async fn open(server: &Server, number: usize) -> Result<Connection, Broken> {
        let io = socket::connect(server, number).await?;
        let mut request = format!("ws://{}/mqtt", server.address).into_client_request().map_err(broken)?;
        request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("mqtt"));
        let (socket, _) = tokio_tungstenite::client_async(request, io).await.map_err(broken)?;
        Ok(Connection { socket, rest: BytesMut::new() })
    }

    async fn send(&mut self, packet: &Packet) -> Result<(), Broken> {
        let mut bytes = BytesMut::new();
        mqtt::encode(packet, Version::V5, &mut bytes);
        self.socket.send(Message::Binary(bytes.freeze())).await.map_err(broken)
    }

    /// Whether the server has not ended it by now.
    pub(super) fn stands(&mut self) -> Result<(), Broken> {
        // Thousands are asked in one go, and the runtime would let only the first hundred look.
        match unconstrained(self.packet()).now_or_never() {
            None => Ok(()),
            Some(Ok(_)) => Err(Broken::Nonsense),
            Some(Err(why)) => Err(why),
        }
    }

    async fn packet(&mut self) -> Result<Packet, Broken> {
        loop {
            if let Some(packet) = take(&mut self.rest, Version::V5)? {
                return Ok(packet);
            }
            match self.socket.next().await.ok_or(Broken::Closed)?.map_err(broken)? {
                Message::Binary(bytes) => self.rest.extend_from_slice(&bytes),
                Message::Ping(_) | Message::Pong(_) => {}
                Message::Close(_) => return Err(Broken::Closed),
                _ => return Err(Broken::Nonsense),
            }
        }
    }
}

fn broken(error: tungstenite::Error) -> Broken {
    match error {
        tungstenite::Error::Io(error) => error.into(),
        tungstenite::Error::ConnectionClosed => Broken::Closed,
        tungstenite::Error::Http(answer) => Broken::NoWebSocket(answer.status().as_u16()),
        _ => Broken::Nonsense,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::{TcpListener, TcpStream};
    use tokio_tungstenite::tungstenite::protocol::Role;

    /// More than the runtime lets one task read before others have their turn.
    const MANY: usize = 200;

    #[tokio::test]
    async fn a_server_that_hangs_up_on_many_is_found_out_by_each_of_them() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = listener.local_addr().unwrap();
        let mut connections = Vec::new();
        for _ in 0..MANY {
            let io = TcpStream::connect(server).await.unwrap();
            drop(listener.accept().await.unwrap());
            io.readable().await.unwrap();
            let socket = WebSocketStream::from_raw_socket(Io::Left(io), Role::Client, None).await;
            connections.push(Connection { socket, rest: BytesMut::new() });
        }
        tokio::task::yield_now().await;
        let ended = connections.iter_mut().filter_map(|connection| connection.stands().err());
        assert_eq!(ended.count(), MANY);
    }
}
