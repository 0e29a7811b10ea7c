//! A strict client: it shows every packet as it comes, and whatever the standard forbids fails the test.

use crate::entry::Entry;
use crate::packets::{filter, say, subscribe};
use crate::patience::within;
use bytes::BytesMut;
use mqtt::packet::{
    Acknowledge, Disconnect, Packet, PacketId, Publish, Qos, Side, Suback, Subscribe, Version,
};
use mqtt::{Limits, ReasonCode};
use std::collections::VecDeque;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Publishes under way at once when much is said: within the Receive Maximum of a server.
const UNDER_WAY: usize = 250;

/// One connection. Dropping it closes the socket without a word.
#[derive(Debug)]
pub struct Wire {
    io: TcpStream,
    /// The version it speaks.
    pub version: Version,
    rest: BytesMut,
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
        io.set_nodelay(true).expect("a socket has this option");
        Some(Wire { io, version, rest: BytesMut::new(), early: VecDeque::new(), last_id: 0 })
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

    /// Says goodbye: no will, and the session as agreed.
    pub async fn leave(mut self) {
        self.send(Packet::Disconnect(Box::new(Disconnect::new(ReasonCode::Success)))).await;
        self.ends().await;
    }

    /// The next packet of the connection; none at its end.
    ///
    /// # Panics
    /// When nothing comes, or something that MQTT forbids.
    pub async fn next_or_end(&mut self) -> Option<Packet> {
        // What a client takes: larger packets than the server does, and no aliases.
        let limits = Limits { packet: u32::MAX, topic_alias_maximum: 0, ..Limits::default() };
        loop {
            let decoded = mqtt::decode(&self.rest, Side::Server, self.version, &limits);
            if let Some((packet, used)) = decoded.expect("the server keeps to the protocol") {
                let _ = self.rest.split_to(used);
                return Some(packet);
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

    /// The next message, not acknowledged.
    ///
    /// # Panics
    /// When something else comes.
    pub async fn message(&mut self) -> Publish {
        match self.next().await {
            Packet::Publish(publish) => *publish,
            other => panic!("expected a message, got {other:?}"),
        }
    }

    /// A message that came while something else was awaited.
    pub fn early(&mut self) -> Option<Publish> {
        self.early.pop_front()
    }

    /// The next message, acknowledged and read.
    pub async fn hear(&mut self) -> Entry {
        let publish = self.message().await;
        self.acknowledge(&publish).await;
        Entry::of(publish)
    }

    /// So many messages, in the order in which they come.
    pub async fn hear_all(&mut self, count: usize) -> Vec<Entry> {
        let mut heard = Vec::with_capacity(count);
        while heard.len() < count {
            heard.push(self.hear().await);
        }
        heard
    }

    /// Acknowledges a message, if it wants to be.
    pub async fn acknowledge(&mut self, publish: &Publish) {
        if let Some(id) = publish.packet_id {
            self.send(Packet::Puback(Acknowledge::new(id, ReasonCode::Success))).await;
        }
    }

    /// A packet id not used on this connection for long.
    ///
    /// # Panics
    /// Never: the numbers begin again before they end.
    pub fn fresh_id(&mut self) -> PacketId {
        self.last_id = self.last_id % 65_000 + 1;
        PacketId::new(self.last_id).expect("it is not 0")
    }

    /// Publishes at QoS 1 and waits for the PUBACK; messages that come before it are kept for later.
    pub async fn publish(&mut self, mut publish: Publish) -> Acknowledge {
        let id = *publish.packet_id.get_or_insert(self.fresh_id());
        publish.qos = Qos::AtLeastOnce;
        self.send(Packet::Publish(Box::new(publish))).await;
        let puback = self.puback().await;
        assert_eq!(puback.packet_id, id, "a PUBACK for something else");
        puback
    }

    /// Publishes, and it is taken.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn is_taken(&mut self, publish: Publish) -> Acknowledge {
        let puback = self.publish(publish).await;
        assert_eq!(puback.code, ReasonCode::Success, "{puback:?}");
        puback
    }

    /// Says so many things in a room, with as much under way as a server usually allows; all of it is taken.
    ///
    /// # Panics
    /// When something is refused.
    pub async fn say_all(&mut self, room: &str, bodies: impl IntoIterator<Item = String>) {
        let mut waiting = 0;
        for body in bodies {
            let mut message = say(room, &body, &[]);
            message.packet_id = Some(self.fresh_id());
            self.send(Packet::Publish(Box::new(message))).await;
            waiting += 1;
            if waiting == UNDER_WAY {
                assert_eq!(self.puback().await.code, ReasonCode::Success);
                waiting -= 1;
            }
        }
        for _ in 0..waiting {
            assert_eq!(self.puback().await.code, ReasonCode::Success);
        }
    }

    /// The next PUBACK; messages that come before it are kept for later.
    ///
    /// # Panics
    /// When something else comes.
    pub async fn puback(&mut self) -> Acknowledge {
        match self.answer().await {
            Packet::Puback(puback) => puback,
            other => panic!("expected a PUBACK, got {other:?}"),
        }
    }

    /// The next packet that is no message; messages before it are kept for later.
    ///
    /// # Panics
    /// When the connection ends instead.
    pub async fn answer(&mut self) -> Packet {
        loop {
            match self.next_or_end().await.expect("the connection ended") {
                Packet::Publish(publish) => self.early.push_back(*publish),
                other => return other,
            }
        }
    }

    /// Subscribes and gives the SUBACK.
    ///
    /// # Panics
    /// When something else answers.
    pub async fn subscribe(&mut self, mut packet: Subscribe) -> Suback {
        packet.packet_id = self.fresh_id();
        let id = packet.packet_id;
        self.send(Packet::Subscribe(Box::new(packet))).await;
        match self.answer().await {
            Packet::Suback(suback) if suback.packet_id == id => *suback,
            other => panic!("expected a SUBACK, got {other:?}"),
        }
    }

    /// Subscribes to one filter at QoS 1, and it is granted.
    ///
    /// # Panics
    /// When it is not.
    pub async fn listens(&mut self, topic: &str) {
        let suback = self.subscribe(subscribe([filter(topic)])).await;
        assert_eq!(suback.codes, [ReasonCode::GrantedQos1], "{topic}: {suback:?}");
    }

    /// The connection ends with this DISCONNECT; in 3.1.1, which has none, without a word.
    ///
    /// # Panics
    /// When it goes on, or ends otherwise.
    pub async fn ends_with(&mut self, code: ReasonCode) {
        if self.version == Version::V5 {
            match self.answer().await {
                Packet::Disconnect(disconnect) => assert_eq!(disconnect.code, code, "{disconnect:?}"),
                other => panic!("expected a DISCONNECT with {code:?}, got {other:?}"),
            }
        }
        self.ends().await;
    }

    /// The connection ends without another word; messages on their way are kept.
    ///
    /// # Panics
    /// When it goes on.
    pub async fn ends(&mut self) {
        while let Some(packet) = self.next_or_end().await {
            match packet {
                Packet::Publish(publish) => self.early.push_back(*publish),
                other => panic!("expected the end of the connection, got {other:?}"),
            }
        }
    }

    /// The connection lives, and nothing waits on it. Twice: a PINGRESP may pass what leaves in the same write, but
    /// not what left in an earlier one.
    ///
    /// # Panics
    /// When anything else comes.
    pub async fn is_quiet(&mut self) {
        assert!(self.early.is_empty(), "something was heard before: {:?}", self.early);
        for _ in 0..2 {
            self.send(Packet::Pingreq).await;
            assert_eq!(self.next().await, Packet::Pingresp);
        }
    }

    /// The connection lives; messages may wait on it.
    ///
    /// # Panics
    /// When something else answers a PINGREQ.
    pub async fn is_alive(&mut self) {
        self.send(Packet::Pingreq).await;
        assert_eq!(self.answer().await, Packet::Pingresp);
    }
}
