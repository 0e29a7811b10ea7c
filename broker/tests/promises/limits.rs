//! How much a client may send, and how many may come from one place.

use crate::stage::*;
use broker::{Config, Event};
use bytes::Bytes;
use mqtt::ReasonCode;
use mqtt::packet::{Packet, Version};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// Loopback has no limits by default; here it is an address like any other.
fn strict() -> Config {
    Config { trust_loopback: false, ..Config::default() }
}

#[tokio::test]
async fn a_packet_over_the_limit_ends_the_connection_before_it_is_read() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let (mut client, _) = stage.client(hello(version, "phone")).await;
        // The header alone: 256 KiB and more are announced.
        client.send_bytes(&[0x30, 0x80, 0x80, 0x80, 0x01]).await;
        client.ends_with(ReasonCode::PacketTooLarge).await;
    }
}

#[tokio::test]
async fn a_packet_at_the_limit_is_taken() {
    let mut stage = Stage::start().await;
    let (mut client, _) = stage.client(hello(Version::V3, "phone")).await;
    let header = 1 + 3 + 2 + "rooms/tea/say".len() + 2;
    let payload = Bytes::from(vec![b'x'; 256 * 1024 - header]);
    client.send(publish_with(1, |publish| publish.payload = payload.clone())).await;
    assert_eq!(stage.published().await.0.payload, payload);
}

#[tokio::test]
async fn a_client_that_takes_only_tiny_packets_is_not_sent_larger_ones() {
    let mut stage = Stage::start().await;
    let mut connect = hello(Version::V5, "phone");
    connect.maximum_packet_size = NonZeroU32::new(40);
    let (mut client, _) = stage.client(connect).await;
    let filters: Vec<String> = (0..40).map(|number| format!("rooms/{number}/said")).collect();
    let filters: Vec<&str> = filters.iter().map(String::as_str).collect();
    client.send(subscribe(1, &filters)).await;
    client.ends_with(ReasonCode::PacketTooLarge).await;
}

#[tokio::test]
async fn one_address_may_not_open_too_many_connections_at_once() {
    let config = Config { open_per_address: 3, new_per_address: 100, ..strict() };
    let stage = Stage::with(config, Script::default()).await;
    let mut unknown = Vec::new();
    for _ in 0..3 {
        unknown.push(stage.socket().await);
    }
    for version in BOTH {
        stage.turns_away(hello(version, "phone"), ReasonCode::QuotaExceeded).await;
    }
    assert_eq!(stage.broker.counters().get(Event::RefusedAddress), 2);
}

#[tokio::test]
async fn connections_that_are_authenticated_do_not_count_for_their_address() {
    let config = Config { open_per_address: 1, new_per_address: 1, ..strict() };
    let mut stage = Stage::with(config, Script::default()).await;
    let mut living = Vec::new();
    for number in 0..5 {
        living.push(stage.client(hello(Version::V5, &format!("phone-{number}"))).await);
    }
    for (client, _) in &mut living {
        client.is_alive().await;
    }
}

/// A broker that knows nobody.
fn knows_nobody() -> Script {
    Script { refusal: Some(ReasonCode::BadUserNameOrPassword), ..Script::default() }
}

#[tokio::test]
async fn a_storm_from_one_address_comes_in_one_after_the_other() {
    let config = Config { new_per_address: 5, ..strict() };
    let stage = Stage::with(config, knows_nobody()).await;
    let began = Instant::now();
    let mut storm = Vec::new();
    for _ in 0..10 {
        let mut client = stage.socket().await;
        client.send(Packet::Connect(Box::new(hello(Version::V5, "phone")))).await;
        storm.push(client);
    }
    for client in &mut storm {
        assert_eq!(client.connack().await.code, ReasonCode::BadUserNameOrPassword);
    }
    // The first five at once, and each of the others a fifth of a second after the one before.
    assert!(began.elapsed() >= Duration::from_millis(900), "in {:?}", began.elapsed());
    assert_eq!(stage.counted(Event::RefusedRate), 0);
    assert!((4..=5).contains(&stage.counted(Event::Waited)));
}

#[tokio::test]
async fn one_address_may_not_open_connections_too_fast_and_is_told() {
    let config = Config { new_per_address: 1, turn_within: Duration::ZERO, ..strict() };
    let stage = Stage::with(config, knows_nobody()).await;
    let mut refused = 0;
    // More than one in a second, however the clock falls.
    for version in [Version::V3, Version::V5].repeat(20) {
        let (mut client, connack) = Client::try_connect(stage.address, hello(version, "phone")).await;
        let told = match version {
            Version::V3 => ReasonCode::ServerUnavailable,
            Version::V5 => ReasonCode::ConnectionRateExceeded,
        };
        refused += u64::from(connack.code == told);
        client.ends().await;
    }
    assert!(refused > 0);
    assert_eq!(stage.counted(Event::RefusedRate), refused);
}

#[tokio::test]
async fn a_trusted_address_has_no_limits() {
    let config = Config {
        open_per_address: 1,
        new_per_address: 1,
        trusted: vec!["127.0.0.1".parse().unwrap()],
        ..strict()
    };
    let stage = Stage::with(config, Script::default()).await;
    let mut clients = Vec::new();
    for number in 0..10 {
        clients.push(Client::connect(stage.address, hello(Version::V5, &number.to_string())).await);
    }
}

#[tokio::test]
async fn the_server_takes_so_many_connections_and_no_more() {
    let config = Config { connections: 2, ..Config::default() };
    let mut stage = Stage::with(config, Script::default()).await;
    let (one, _) = stage.client(hello(Version::V5, "one")).await;
    let (_two, _) = stage.client(hello(Version::V5, "two")).await;
    for version in BOTH {
        stage.turns_away(hello(version, "three"), ReasonCode::ServerBusy).await;
    }
    assert_eq!(stage.counted(Event::RefusedFull), 2);
    drop(one);
    stage.departure().await;
    while stage.broker.open() > 1 {
        tokio::task::yield_now().await;
    }
    let (mut three, _) = stage.client(hello(Version::V5, "three")).await;
    three.is_alive().await;
}

#[tokio::test]
async fn an_accept_is_never_blocked_by_somebody_elses_handshake() {
    let config = Config { connect_within: Duration::from_secs(600), ..Config::default() };
    let mut stage = Stage::with(config, Script::default()).await;
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(stage.socket().await);
    }
    let (mut client, _) = stage.client(hello(Version::V5, "phone")).await;
    client.is_alive().await;
}

#[tokio::test]
async fn a_client_that_never_reads_its_answers_is_not_read_either() {
    let mut stage = Stage::start().await;
    let (mut client, _) = stage.client(hello(Version::V3, "phone")).await;
    let mut pings = bytes::BytesMut::new();
    (0..32 * 1024).for_each(|_| mqtt::encode(&Packet::Pingreq, Version::V3, &mut pings));
    let flood = async {
        loop {
            client.send_bytes(&pings).await;
        }
    };
    // The kernel's buffers of both directions fill, then nothing moves: no memory of ours grows.
    let stopped = tokio::time::timeout(Duration::from_secs(2), flood).await;
    assert!(stopped.is_err(), "the flood can only be stopped");
    let (mut other, _) = stage.client(hello(Version::V5, "tablet")).await;
    other.is_alive().await;
}

#[tokio::test]
async fn a_full_lane_stops_one_socket_and_no_other() {
    let lane = Arc::new(Semaphore::new(1));
    let script = Script { answers: true, lane: Arc::clone(&lane), ..Script::default() };
    let mut stage = Stage::playing(script).await;
    let (mut waiting, _) = stage.client(hello(Version::V5, "phone")).await;
    let (mut other, _) = stage.client(hello(Version::V5, "tablet")).await;
    waiting.send_all([publish(1), publish(2), publish(3)]).await;
    assert_eq!(waiting.puback().await, id(1));
    stage.published().await;
    other.is_alive().await;
    assert!(stage.heard_nothing_more());
    lane.add_permits(1);
    assert_eq!(waiting.puback().await, id(2));
    stage.published().await;
    other.is_alive().await;
    assert!(stage.heard_nothing_more());
    lane.add_permits(1);
    assert_eq!(waiting.puback().await, id(3));
}
