//! A connection as the server sees it.

use bytes::{Bytes, BytesMut};
use mqtt::packet::{
    Acknowledge, Connack, ConnackProperties, Connect, Packet, Publish, PublishProperties, Qos, Side, Suback,
    Subscribe, Subscription, Version,
};
use mqtt::{Limits, ReasonCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) struct Peer {
    io: TcpStream,
    input: BytesMut,
    version: Version,
}

impl Peer {
    /// The next who comes, and their CONNECT, which is not answered yet.
    pub(crate) async fn greet(listener: &TcpListener) -> (Peer, Connect) {
        let io = listener.accept().await.unwrap().0;
        let mut peer = Peer { io, input: BytesMut::new(), version: Version::V5 };
        loop {
            if let Some((connect, used)) = mqtt::decode_greeting(&peer.input, &Limits::default()).unwrap() {
                drop(peer.input.split_to(used));
                peer.version = connect.version;
                return (peer, connect);
            }
            peer.io.read_buf(&mut peer.input).await.unwrap();
        }
    }

    /// The same, let in without a session.
    pub(crate) async fn accept(listener: &TcpListener) -> Peer {
        let mut peer = Peer::greet(listener).await.0;
        peer.welcome(false).await;
        peer
    }

    /// Two who come in any order, one to hear, whose subscription is granted, and one to say.
    pub(crate) async fn accept_pair(listener: &TcpListener) -> (Peer, Peer) {
        let (mut one, mut other) = (Peer::accept(listener).await, Peer::accept(listener).await);
        let subscribe = tokio::select! {
            packet = one.next() => (packet, true),
            packet = other.next() => (packet, false),
        };
        let (Some(Packet::Subscribe(subscribe)), first) = subscribe else { panic!("nobody subscribed") };
        let (mut hears, says) = if first { (one, other) } else { (other, one) };
        hears.grant(&subscribe).await;
        (hears, says)
    }

    pub(crate) async fn welcome(&mut self, session_present: bool) {
        let properties = ConnackProperties::default();
        let connack = Connack { session_present, code: ReasonCode::Success, properties };
        self.send(Packet::Connack(Box::new(connack))).await;
    }

    pub(crate) async fn grant(&mut self, subscribe: &Subscribe) {
        let granted = |wanted: &Subscription| match wanted.qos {
            Qos::AtMostOnce => ReasonCode::Success,
            Qos::AtLeastOnce => ReasonCode::GrantedQos1,
            Qos::ExactlyOnce => ReasonCode::GrantedQos2,
        };
        let (packet_id, codes) = (subscribe.packet_id, subscribe.subscriptions.iter().map(granted).collect());
        let suback = Suback { packet_id, codes, reason: None, user_properties: Vec::new() };
        self.send(Packet::Suback(Box::new(suback))).await;
    }

    /// Acknowledges a message that wants it.
    pub(crate) async fn take(&mut self, publish: &Publish) {
        let Some(id) = publish.packet_id else { return };
        self.send(Packet::Puback(Acknowledge::new(id, ReasonCode::Success))).await;
    }

    /// The next packet; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Packet> {
        loop {
            let decoded = mqtt::decode(&self.input, Side::Client, self.version, &Limits::default());
            if let Some((packet, used)) = decoded.unwrap() {
                drop(self.input.split_to(used));
                return Some(packet);
            }
            if self.io.read_buf(&mut self.input).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    /// Delivers something.
    pub(crate) async fn hear(&mut self, payload: Bytes) {
        self.send(Packet::Publish(Box::new(Publish {
            dup: false,
            qos: Qos::AtMostOnce,
            retain: false,
            topic: "rooms/bench-2-0/said".to_owned(),
            packet_id: None,
            payload,
            properties: PublishProperties::default(),
        })))
        .await;
    }

    async fn send(&mut self, packet: Packet) {
        let mut bytes = BytesMut::new();
        mqtt::encode(&packet, self.version, &mut bytes);
        self.io.write_all(&bytes).await.unwrap();
    }
}
