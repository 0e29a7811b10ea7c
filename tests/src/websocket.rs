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

/// A WebSocket connection that speaks MQTT 5.
#[derive(Debug)]
pub struct WebSocket {
    io: TcpStream,
    rest: BytesMut,
}

impl WebSocket {
    /// Opens a connection at `/mqtt` with the subprotocol `mqtt`.
    ///
    /// # Panics
    /// When the server does not switch protocols.
    pub async fn open(http: SocketAddr) -> WebSocket {
        let mut io = TcpStream::connect(http).await.expect("somebody listens there");
        let request = format!(
            "GET /mqtt HTTP/1.1\r\nHost: {http}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: mqtt\r\n\r\n"
        );
        io.write_all(request.as_bytes()).await.expect("the server reads");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(within("the answer to an upgrade", io.read_u8()).await.expect("an answer"));
        }
        let head = String::from_utf8_lossy(&head).to_lowercase();
        assert!(head.starts_with("http/1.1 101") && head.contains("sec-websocket-protocol: mqtt"), "{head}");
        WebSocket { io, rest: BytesMut::new() }
    }

    /// Sends a packet as one binary frame.
    ///
    /// # Panics
    /// When it is longer than a small frame.
    pub async fn send(&mut self, packet: Packet) {
        let mut bytes = BytesMut::new();
        mqtt::encode(&packet, Version::V5, &mut bytes);
        let length = u16::try_from(bytes.len()).expect("it is small");
        // FIN and binary; masked, with a length of two bytes and a mask that changes nothing.
        let mut frame = vec![0x82, 0x80 | 126];
        frame.extend(length.to_be_bytes());
        frame.extend([0; 4]);
        frame.extend(&bytes);
        self.io.write_all(&frame).await.expect("the server reads");
    }

    /// The next packet.
    ///
    /// # Panics
    /// When something else comes.
    pub async fn next(&mut self) -> Packet {
        loop {
            let decoded = mqtt::decode(&self.rest, Side::Server, Version::V5, &Limits::default());
            if let Some((packet, used)) = decoded.expect("the server keeps to the protocol") {
                let _ = self.rest.split_to(used);
                return packet;
            }
            within("a frame", self.frame()).await;
        }
    }

    async fn frame(&mut self) {
        let kind = self.io.read_u8().await.expect("a frame");
        assert_eq!(kind, 0x82, "a whole binary frame");
        let length = match self.io.read_u8().await.expect("a length") {
            126 => u64::from(self.io.read_u16().await.expect("a length")),
            127 => self.io.read_u64().await.expect("a length"),
            short => u64::from(short),
        };
        let mut content = vec![0; usize::try_from(length).expect("it is small")];
        self.io.read_exact(&mut content).await.expect("a whole frame");
        self.rest.extend_from_slice(&content);
    }
}
