//! A strict client: it shows every packet as it comes, and whatever the standard forbids fails the test.

mod hear; // messages

mod ask; // requests and answers

mod end; // the end, or none

use crate::patience::within;
use bytes::BytesMut;
use mqtt::Limits;
use mqtt::packet::{Packet, Publish, Side, Version};
use std::collections::VecDeque;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection. Dropping it closes the socket without a word.
#[derive(Debug)]
pub struct Wire {
    io: TcpStream,
    /// The version it speaks.
    pub version: Version,
    rest: BytesMut,
    /// What it takes: packets of any size and no topic aliases, unless it said otherwise on arrival.
    pub takes: Limits,
    /// Messages that came while something else was awaited.
    early: VecDeque<Publish>,
    last_id: u16,
}

impl Wire {
    /// Opens a connection and says nothing.
    ///
    /// # Panics
    /// When nobody listens there.
    pub async fn open(server: SocketAddr, version: Version) -> Wire {
        Wire::try_open(server, version).await.unwrap_or_else(|| panic!("nobody listens on {server}"))
    }

    /// Opens a connection, if somebody listens there.
    ///
    /// # Panics
    /// When the system has no connections left to give.
    pub async fn try_open(server: SocketAddr, version: Version) -> Option<Wire> {
        let io = within(format!("a connection to {server}"), TcpStream::connect(server)).await.ok()?;
        Some(Wire::over(io, version))
    }

    /// A connection that is open.
    ///
    /// # Panics
    /// When it is not any more.
    #[must_use]
    pub fn over(io: TcpStream, version: Version) -> Wire {
        io.set_nodelay(true).expect("a socket has this option");
        let takes = Limits { packet: u32::MAX, topic_alias_maximum: 0, ..Limits::default() };
        Wire { io, version, rest: BytesMut::new(), takes, early: VecDeque::new(), last_id: 0 }
    }

    /// Sends a packet.
    pub async fn send(&mut self, packet: Packet) {
        self.send_all([packet]).await;
    }

    /// Sends packets in one write.
    pub async fn send_all(&mut self, packets: impl IntoIterator<Item = Packet>) {
        let mut bytes = BytesMut::new();
        packets.into_iter().for_each(|packet| mqtt::encode(&packet, self.version, &mut bytes));
        self.send_bytes(&bytes).await;
    }

    /// Sends bytes that may be no packet. That the server closed already is for the next read to tell.
    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        within("the server to read", self.io.write_all(bytes)).await.ok();
    }

    /// The next packet of the connection; none at its end.
    ///
    /// # Panics
    /// When nothing comes, or something that MQTT forbids.
    pub async fn next_or_end(&mut self) -> Option<Packet> {
        Some(self.next_with_bytes().await?.0)
    }

    /// The next packet and its bytes, past messages that were kept for later; none at the end.
    ///
    /// # Panics
    /// When nothing comes, or something that MQTT forbids.
    pub async fn next_with_bytes(&mut self) -> Option<(Packet, BytesMut)> {
        loop {
            let decoded = mqtt::decode(&self.rest, Side::Server, self.version, &self.takes);
            if let Some((packet, used)) = decoded.expect("the server keeps to the protocol") {
                return Some((packet, self.rest.split_to(used)));
            }
            let read = within("a packet from the server", self.io.read_buf(&mut self.rest)).await;
            if read.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    /// The next packet.
    ///
    /// # Panics
    /// When the connection ends instead.
    pub async fn next(&mut self) -> Packet {
        if let Some(publish) = self.early.pop_front() {
            return Packet::Publish(Box::new(publish));
        }
        self.next_or_end().await.expect("the connection ended")
    }
}
