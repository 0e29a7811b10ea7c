//! MQTT through a browser's door, as far as a test needs it: small frames, one packet in each.
//!
//! What a real browser's client does is shown with MQTT.js; this one is for what must be seen byte by byte.

use crate::patience::within;
use bytes::BytesMut;
use mqtt::Limits;
use mqtt::packet::{Packet, Side, Version};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A whole binary message in one frame, the only kind of data that MQTT has.
const BINARY: u8 = 0x82;
/// The end of the connection, in words of WebSocket.
const CLOSE: u8 = 0x88;

/// A WebSocket connection that speaks MQTT.
#[derive(Debug)]
pub struct WebSocket {
    io: TcpStream,
    version: Version,
    rest: BytesMut,
}

impl WebSocket {
    /// Opens a connection at `/mqtt` with the subprotocol `mqtt`, for MQTT 5.
    pub async fn open(http: SocketAddr) -> WebSocket {
        WebSocket::speaking(http, Version::V5).await
    }

    /// The same for this version.
    ///
    /// # Panics
    /// When the server does not switch protocols, or to another subprotocol.
    pub async fn speaking(http: SocketAddr, version: Version) -> WebSocket {
        WebSocket::over(TcpStream::connect(http).await.expect("somebody listens there"), version).await
    }

    /// The same on a connection that is open.
    ///
    /// # Panics
    /// When the server does not switch protocols, or to another subprotocol.
    pub async fn over(mut io: TcpStream, version: Version) -> WebSocket {
        let request = "GET /mqtt HTTP/1.1\r\nHost: natter\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: mqtt\r\n\r\n";
        io.write_all(request.as_bytes()).await.expect("the server reads");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(within("the answer to an upgrade", io.read_u8()).await.expect("an answer"));
        }
        let head = String::from_utf8_lossy(&head).to_lowercase();
        assert!(head.starts_with("http/1.1 101") && head.contains("sec-websocket-protocol: mqtt"), "{head}");
        WebSocket { io, version, rest: BytesMut::new() }
    }

    /// Sends a packet as one binary frame.
    ///
    /// # Panics
    /// When it is longer than a small frame.
    pub async fn send(&mut self, packet: Packet) {
        let mut bytes = BytesMut::new();
        mqtt::encode(&packet, self.version, &mut bytes);
        self.send_frame(BINARY, &bytes).await;
    }

    /// Sends these bytes as one binary frame, whatever they are.
    ///
    /// # Panics
    /// When there are more than fit into a small frame.
    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        self.send_frame(BINARY, bytes).await;
    }

    /// Sends a frame with this first byte: whether it is the last of its message, and of which kind.
    ///
    /// # Panics
    /// When it is longer than a small frame.
    pub async fn send_frame(&mut self, first: u8, bytes: &[u8]) {
        let length = u16::try_from(bytes.len()).expect("it is small");
        // Masked, with a length of two bytes and a mask that changes nothing.
        let mut frame = vec![first, 0x80 | 126];
        frame.extend(length.to_be_bytes());
        frame.extend([0; 4]);
        frame.extend(bytes);
        self.io.write_all(&frame).await.expect("the server reads");
    }

    /// The next packet.
    ///
    /// # Panics
    /// When something else comes.
    pub async fn next(&mut self) -> Packet {
        self.next_or_end().await.expect("the connection ended")
    }

    /// The next packet; none at the end of the connection.
    ///
    /// # Panics
    /// When something else comes, or nothing.
    pub async fn next_or_end(&mut self) -> Option<Packet> {
        loop {
            let decoded = mqtt::decode(&self.rest, Side::Server, self.version, &Limits::default());
            if let Some((packet, used)) = decoded.expect("the server keeps to the protocol") {
                let _ = self.rest.split_to(used);
                return Some(packet);
            }
            if !within("a frame", self.frame()).await {
                return None;
            }
        }
    }

    /// Takes a frame in; false at the end.
    async fn frame(&mut self) -> bool {
        let Ok(kind) = self.io.read_u8().await else { return false };
        if kind == CLOSE {
            return false;
        }
        assert_eq!(kind, BINARY, "a whole binary frame");
        let length = match self.io.read_u8().await.expect("a length") {
            126 => u64::from(self.io.read_u16().await.expect("a length")),
            127 => self.io.read_u64().await.expect("a length"),
            short => u64::from(short),
        };
        let mut content = vec![0; usize::try_from(length).expect("it is small")];
        self.io.read_exact(&mut content).await.expect("a whole frame");
        self.rest.extend_from_slice(&content);
        true
    }
}
