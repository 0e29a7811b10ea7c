//! One who speaks and one who hears, with a server between them that is not to be trusted.

use crate::peer::Peer;
use crate::{deliver, folk, listener, place, report, talk};
use bench::report::{Report, Talk};
use bench::{Folk, Load, Qos, Relay, Say, Version};
use mqtt::packet::Packet;
use std::net::SocketAddr;
use tokio::net::TcpListener;

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

async fn a_broker_is_found_out(version: Version) {
    found_out(|server| {
        let relay = Relay {
            topics: 1,
            subscribers: 1,
            window: 4,
            rate: None,
            size: 64,
            qos: Qos::AtLeastOnce,
            version,
            user: None,
            password_stdin: false,
            password_env: None,
            seconds: 1,
            place: place(server),
        };
        (Load::Relay(relay), Folk::default())
    })
    .await;
}

#[tokio::test]
async fn a_broker_that_loses_doubles_reorders_or_mixes_up_topics_is_complained_of() {
    a_broker_is_found_out(Version::V5).await;
}

#[tokio::test]
async fn a_broker_of_mqtt_3_1_1_is_complained_of_as_well() {
    a_broker_is_found_out(Version::V4).await;
}
