//! One who speaks and one who hears, with a server between them that is not to be trusted.

use crate::peer::Peer;
use crate::{deliver, folk, listener, place, report, talk};
use bench::report::{Report, Talk};
use bench::{Beside, Folk, Load, Qos, Relay, Say, Version};
use mqtt::packet::{Packet, Qos as WireQos};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::timeout;

/// Serves one pair: the first who subscribes hears, the other says. Ends, and hangs up, when the other goes.
async fn serve(listener: TcpListener) {
    let (mut hears, mut says) = Peer::accept_pair(&listener).await;
    let (mut number, mut delayed) = (0, None);
    while let Some(Packet::Publish(publish)) = says.next().await {
        for payload in deliver(number, publish.payload.clone(), &mut delayed) {
            hears.hear(payload).await;
        }
        number += 1;
        says.take(&publish).await;
    }
}

async fn found_out(load: impl Fn(SocketAddr) -> (Load, Folk)) {
    let (listener, server) = listener().await;
    tokio::spawn(serve(listener));
    let (load, folk) = load(server);
    let report = report(&load, server, &folk).await;
    let Report::Talk(talk) = &report else { panic!("a load of speakers has a report of them") };
    let Talk { flaws, acknowledged, .. } = &**talk;
    assert!(*acknowledged > 8, "{talk:?}");
    assert_eq!((flaws.lost, flaws.doubled, flaws.reordered, flaws.strayed), (1, 1, 1, 1), "{talk:?}");
    assert_eq!((flaws.refused, flaws.unanswered, flaws.broken), (0, 0, 1), "{talk:?}");
    let complaint = report.complaint().unwrap();
    let words = "1 lost, 1 doubled, 1 reordered, 1 strayed, 1 of the connections broken";
    assert!(complaint.starts_with(words), "{complaint}");
}

#[tokio::test]
async fn a_chat_server_that_loses_doubles_reorders_or_mixes_up_rooms_is_complained_of() {
    found_out(|server| {
        let load = Load::Say(Say { pairs: 1, rooms_each: 1, window: 4, talk: talk(server) });
        let folk = folk(&load);
        (load, folk)
    })
    .await;
}

/// One topic with one who hears it.
fn relay(server: SocketAddr, qos: Qos, version: Version) -> Relay {
    Relay {
        topics: 1,
        subscribers: 1,
        window: 4,
        rate: None,
        size: 64,
        qos,
        version,
        prefix: "bench".to_owned(),
        beside: Beside { filters: 0, filters_each: 1, wildcards: 0 },
        user: None,
        password_stdin: false,
        password_env: None,
        seconds: 1,
        place: place(server),
    }
}

async fn a_broker_is_found_out(version: Version) {
    found_out(|server| (Load::Relay(relay(server, Qos::AtLeastOnce, version)), Folk::default())).await;
}

#[tokio::test]
async fn a_broker_that_loses_doubles_reorders_or_mixes_up_topics_is_complained_of() {
    a_broker_is_found_out(Version::V5).await;
}

#[tokio::test]
async fn a_broker_of_mqtt_3_1_1_is_complained_of_as_well() {
    a_broker_is_found_out(Version::V4).await;
}

/// Serves one pair, and delivers nothing until no more comes without. Gives how many it had at most that it had not
/// delivered.
async fn serve_late(listener: TcpListener, window: usize) -> usize {
    let (mut hears, mut says) = Peer::accept_pair(&listener).await;
    let mut waiting = VecDeque::new();
    let mut most = 0;
    loop {
        let came = match waiting.len() < window {
            true => says.next().await,
            // Long enough for one more, if it were to come, and less than a publisher's patience.
            false => timeout(Duration::from_millis(20), says.next()).await.unwrap_or_default(),
        };
        match came {
            Some(Packet::Publish(publish)) => {
                assert_eq!((publish.qos, publish.packet_id), (WireQos::AtMostOnce, None));
                waiting.push_back(publish.payload);
                most = most.max(waiting.len());
            }
            _ if waiting.is_empty() => break,
            _ => {
                for payload in waiting.drain(..) {
                    hears.hear(payload).await;
                }
            }
        }
    }
    while hears.next().await.is_some() {}
    most
}

#[tokio::test]
async fn a_publisher_of_qos_0_is_not_further_ahead_of_who_hears_it_than_its_window() {
    let (listener, server) = listener().await;
    let broker = tokio::spawn(serve_late(listener, 4));
    let load = Load::Relay(relay(server, Qos::AtMostOnce, Version::V5));
    let report = report(&load, server, &Folk::default()).await;
    assert_eq!(report.complaint(), None);
    let Report::Talk(talk) = &report else { panic!("a relay has speakers") };
    assert!(talk.said > 8 && talk.delivered == talk.said, "{talk:?}");
    assert_eq!((talk.acknowledged, talk.qos, talk.window), (0, 0, Some(4)));
    assert_eq!(broker.await.unwrap(), 4);
}

/// Serves a pair beside one who subscribed to filters that match nothing, and brings the latter what the first says.
async fn serve_beside(listener: TcpListener) {
    let mut beside = Peer::accept(&listener).await;
    let Some(Packet::Subscribe(subscribe)) = beside.next().await else { panic!("nobody subscribed") };
    assert_eq!(subscribe.subscriptions.len(), 7);
    beside.grant(&subscribe).await;
    let (mut hears, mut says) = Peer::accept_pair(&listener).await;
    let mut stray = true;
    while let Some(Packet::Publish(publish)) = says.next().await {
        if std::mem::take(&mut stray) {
            beside.hear(publish.payload.clone()).await;
        }
        hears.hear(publish.payload.clone()).await;
        says.take(&publish).await;
    }
    while hears.next().await.is_some() {}
    while beside.next().await.is_some() {}
}

#[tokio::test]
async fn a_broker_that_brings_a_message_where_no_filter_matches_is_complained_of() {
    let (listener, server) = listener().await;
    tokio::spawn(serve_beside(listener));
    let beside = Beside { filters: 7, filters_each: 100, wildcards: 50 };
    let load = Load::Relay(Relay { beside, ..relay(server, Qos::AtLeastOnce, Version::V5) });
    let report = report(&load, server, &Folk::default()).await;
    assert_eq!(report.complaint().as_deref(), Some("1 strayed"));
}
