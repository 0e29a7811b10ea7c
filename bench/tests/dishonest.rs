//! A server that breaks its promises is found out: it loses one message, repeats one, delays one, and hangs up on who
//! still waits.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

use bench::report::Talk;
use bench::{Crowd, Folk, House, Load, Lookout, Place, Report, Say};
use bytes::{Bytes, BytesMut};
use mqtt::packet::{
    Acknowledge, Connack, ConnackProperties, Packet, Password, Publish, PublishProperties, Qos, Side, Suback,
    Version,
};
use mqtt::{Limits, ReasonCode};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it does with the message of this number, which it acknowledges in any case.
fn deliver(number: usize, payload: Bytes, delayed: &mut Option<Bytes>) -> Vec<Bytes> {
    match number {
        3 => Vec::new(),
        5 => vec![payload.clone(), payload],
        7 => {
            *delayed = Some(payload);
            Vec::new()
        }
        _ => std::iter::once(payload).chain(delayed.take()).collect(),
    }
}

/// A connection of the server.
struct Peer {
    io: TcpStream,
    input: BytesMut,
}

impl Peer {
    async fn accept(listener: &TcpListener) -> Peer {
        let io = listener.accept().await.unwrap().0;
        let mut peer = Peer { io, input: BytesMut::new() };
        while mqtt::decode_greeting(&peer.input, &Limits::default()).unwrap().is_none() {
            peer.io.read_buf(&mut peer.input).await.unwrap();
        }
        peer.input.clear();
        let properties = ConnackProperties::default();
        let connack = Connack { session_present: false, code: ReasonCode::Success, properties };
        peer.send(Packet::Connack(Box::new(connack))).await;
        peer
    }

    async fn send(&mut self, packet: Packet) {
        let mut bytes = BytesMut::new();
        mqtt::encode(&packet, Version::V5, &mut bytes);
        self.io.write_all(&bytes).await.unwrap();
    }

    /// The next packet; `None` at the end.
    async fn next(&mut self) -> Option<Packet> {
        loop {
            let decoded = mqtt::decode(&self.input, Side::Client, Version::V5, &Limits::default());
            if let Some((packet, used)) = decoded.unwrap() {
                drop(self.input.split_to(used));
                return Some(packet);
            }
            if self.io.read_buf(&mut self.input).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    async fn hear(&mut self, payload: Bytes) {
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
}

/// Serves one pair: the first who subscribes hears, the other says. Ends, and hangs up, when the other goes.
async fn serve(listener: TcpListener) {
    let (mut one, mut other) = (Peer::accept(&listener).await, Peer::accept(&listener).await);
    // They come in any order.
    let subscribe = tokio::select! {
        packet = one.next() => (packet, true),
        packet = other.next() => (packet, false),
    };
    let (Some(Packet::Subscribe(subscribe)), first) = subscribe else { panic!("nobody subscribed") };
    let (mut hears, mut says) = if first { (one, other) } else { (other, one) };
    let (packet_id, codes) = (subscribe.packet_id, vec![ReasonCode::GrantedQos1]);
    let suback = Suback { packet_id, codes, reason: None, user_properties: Vec::new() };
    hears.send(Packet::Suback(Box::new(suback))).await;
    let (mut number, mut delayed) = (0, None);
    while let Some(Packet::Publish(publish)) = says.next().await {
        for payload in deliver(number, publish.payload, &mut delayed) {
            hears.hear(payload).await;
        }
        number += 1;
        says.send(Packet::Puback(Acknowledge::new(publish.packet_id.unwrap(), ReasonCode::Success))).await;
    }
}

async fn report_of(server: SocketAddr) -> (Report, Talk) {
    let place = Place { server: Some(server), any_host: false, server_pid: None, json: false };
    let load = Load::Say(Say {
        pairs: 1,
        window: 4,
        size: 64,
        seconds: 1,
        house: House { data: "unused".into(), people: None },
        place,
    });
    let crowd = Crowd::of(&load).unwrap();
    let folk = Folk::of(crowd, vec![Password(Bytes::from_static(b"tea")); crowd.len()]);
    let report = bench::run(&load, server, &folk, &Lookout::default()).await.unwrap();
    let Report::Talk(talk) = report.clone() else { panic!("a load of speakers has a report of them") };
    (report, *talk)
}

#[tokio::test]
async fn what_is_lost_doubled_or_reordered_is_counted_and_complained_of() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    tokio::spawn(serve(listener));
    let (report, talk) = report_of(server).await;
    assert!(talk.acknowledged > 8, "{talk:?}");
    assert_eq!((talk.flaws.lost, talk.flaws.doubled, talk.flaws.reordered), (1, 1, 1), "{talk:?}");
    assert_eq!((talk.flaws.refused, talk.flaws.unanswered, talk.flaws.broken), (0, 0, 1), "{talk:?}");
    let complaint = report.complaint().unwrap();
    assert!(
        complaint.starts_with("1 lost, 1 doubled, 1 reordered, 1 of the connections broken"),
        "{complaint}"
    );
}
