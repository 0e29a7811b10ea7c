//! A client that is strict about every byte it gets and sends whatever the test says.

use super::PATIENCE;
use bytes::BytesMut;
use mqtt::Limits;
use mqtt::packet::{Connack, Connect, Packet, PacketId, Publish, Side, Version};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub(crate) struct Client {
    io: TcpStream,
    version: Version,
    rest: BytesMut,
}

impl Client {
    pub(crate) async fn open(address: SocketAddr, version: Version) -> Client {
        let io = TcpStream::connect(address).await.unwrap();
        io.set_nodelay(true).unwrap();
        Client { io, version, rest: BytesMut::new() }
    }

    pub(crate) async fn connect(address: SocketAddr, connect: Connect) -> Client {
        let (client, connack) = Client::try_connect(address, connect).await;
        assert_eq!(connack.code, mqtt::ReasonCode::Success, "{connack:?}");
        client
    }

    pub(crate) async fn try_connect(address: SocketAddr, connect: Connect) -> (Client, Connack) {
        let mut client = Client::open(address, connect.version).await;
        client.send(Packet::Connect(Box::new(connect))).await;
        let connack = client.connack().await;
        (client, connack)
    }

    pub(crate) async fn connack(&mut self) -> Connack {
        match self.next().await {
            Packet::Connack(connack) => *connack,
            other => panic!("expected a CONNACK, got {other:?}"),
        }
    }

    pub(crate) async fn send(&mut self, packet: Packet) {
        self.send_all([packet]).await;
    }

    /// Several packets in one write.
    pub(crate) async fn send_all(&mut self, packets: impl IntoIterator<Item = Packet>) {
        let mut bytes = BytesMut::new();
        packets.into_iter().for_each(|packet| mqtt::encode(&packet, self.version, &mut bytes));
        self.send_bytes(&bytes).await;
    }

    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        timeout(PATIENCE, self.io.write_all(bytes)).await.expect("the server does not read").unwrap();
    }

    /// The next packet; none at the end of the connection.
    pub(crate) async fn next_or_end(&mut self) -> Option<Packet> {
        let everything = Limits { packet: u32::MAX, topic_alias_maximum: 0, ..Limits::default() };
        loop {
            let decoded = mqtt::decode(&self.rest, Side::Server, self.version, &everything);
            if let Some((packet, used)) = decoded.expect("the server broke the protocol") {
                let _ = self.rest.split_to(used);
                return Some(packet);
            }
            let read = timeout(PATIENCE, self.io.read_buf(&mut self.rest)).await;
            if read.expect("the server says nothing").unwrap_or(0) == 0 {
                assert!(self.rest.is_empty(), "the connection ended within a packet");
                return None;
            }
        }
    }

    pub(crate) async fn next(&mut self) -> Packet {
        self.next_or_end().await.expect("the connection ended")
    }

    /// The next packet, a message.
    pub(crate) async fn message(&mut self) -> Publish {
        match self.next().await {
            Packet::Publish(publish) => *publish,
            other => panic!("expected a message, got {other:?}"),
        }
    }

    /// The next packet, a PUBACK for this id.
    pub(crate) async fn puback(&mut self) -> PacketId {
        match self.next().await {
            Packet::Puback(puback) => puback.packet_id,
            other => panic!("expected a PUBACK, got {other:?}"),
        }
    }

    /// How the connection ends: with this code in MQTT 5, without a word in 3.1.1.
    pub(crate) async fn ends_with(&mut self, code: mqtt::ReasonCode) {
        if self.version == Version::V5 {
            match self.next().await {
                Packet::Disconnect(disconnect) => assert_eq!(disconnect.code, code),
                other => panic!("expected a DISCONNECT, got {other:?}"),
            }
        }
        self.ends().await;
    }

    /// The connection ends without another word.
    pub(crate) async fn ends(&mut self) {
        assert_eq!(self.next_or_end().await, None);
    }

    /// The connection lives, and nothing else is on its way. Twice: a PINGRESP may pass what leaves in the same
    /// write, but not what left in an earlier one.
    pub(crate) async fn is_alive(&mut self) {
        for _ in 0..2 {
            self.send(Packet::Pingreq).await;
            assert_eq!(self.next().await, Packet::Pingresp);
        }
    }
}
