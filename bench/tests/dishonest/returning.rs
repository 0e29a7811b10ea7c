//! Who was away, and a server that does not give them what it kept.

use crate::peer::Peer;
use crate::{deliver, folk, listener, natter, report};
use bench::report::Report;
use bench::{Load, Offline, Storm};
use mqtt::packet::Packet;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Messages that are missed.
const MISSED: u32 = 10;

/// Serves one after another: who leaves a session, who says something, who comes back.
async fn serve(listener: TcpListener, remembers: bool) {
    let mut kept = Vec::new();
    loop {
        let (mut peer, connect) = Peer::greet(&listener).await;
        let comes_back = !connect.clean_start;
        peer.welcome(comes_back && remembers).await;
        if comes_back {
            let mut delayed = None;
            for (number, payload) in kept.drain(..).enumerate() {
                for payload in deliver(number, payload, &mut delayed) {
                    peer.hear(payload).await;
                }
            }
        }
        while let Some(packet) = peer.next().await {
            match packet {
                Packet::Subscribe(subscribe) => peer.grant(&subscribe).await,
                Packet::Publish(publish) => {
                    peer.take(&publish).await;
                    kept.push(publish.payload);
                }
                _ => {}
            }
        }
    }
}

fn offline(server: SocketAddr) -> Load {
    let (messages, natter) = (MISSED, natter(server));
    Load::Offline(Offline { messages, rooms: 1, sessions: 1, size: 64, patience: 1, natter })
}

fn storm(server: SocketAddr) -> Load {
    Load::Storm(Storm {
        sessions: 1,
        missed: u16::try_from(MISSED).unwrap(),
        rooms: 1,
        members: 1,
        rate: None,
        pairs: 1,
        size: 64,
        patience: 1,
        natter: natter(server),
    })
}

async fn report_of(load: fn(SocketAddr) -> Load, remembers: bool) -> Report {
    let (listener, server) = listener().await;
    tokio::spawn(serve(listener, remembers));
    let load = load(server);
    report(&load, server, &folk(&load)).await
}

#[tokio::test]
async fn what_is_missing_when_they_come_back_is_complained_of() {
    for load in [offline, storm] {
        let report = report_of(load, true).await;
        let complaint = report.complaint().unwrap();
        assert_eq!(complaint, "1 lost, 1 doubled, 1 reordered, 1 strayed", "{report:?}");
    }
}

#[tokio::test]
async fn a_session_that_was_forgotten_is_complained_of() {
    for load in [offline, storm] {
        let complaint = report_of(load, false).await.complaint().unwrap();
        assert_eq!(complaint, "1 of the connections broken (the server has forgotten its session)");
    }
}
