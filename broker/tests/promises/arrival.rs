//! CONNECT, and what it is answered.

use crate::stage::*;
use broker::application::Farewell;
use broker::{Config, Event};
use bytes::BytesMut;
use mqtt::ReasonCode;
use mqtt::packet::{Packet, Version};
use std::time::Duration;

#[tokio::test]
async fn connack_names_the_terms() {
    let mut stage = Stage::start().await;
    let (_client, connack) = Client::try_connect(stage.address, hello(Version::V5, "phone")).await;
    let terms = connack.properties;
    assert_eq!(terms.receive_maximum.map(u16::from), Some(256));
    assert_eq!(terms.maximum_packet_size.map(u32::from), Some(256 * 1024));
    assert_eq!(terms.topic_alias_maximum, Some(16));
    assert_eq!(terms.retain_available, None, "absent is available");
    assert_eq!(terms.shared_subscriptions, None, "absent is available");
    assert_eq!(
        (terms.maximum_qos, terms.wildcard_subscriptions, terms.subscription_identifiers),
        (None, None, None)
    );
    assert_eq!((terms.session_expiry, terms.server_keep_alive, terms.assigned_client_id), (None, None, None));
    let arrival = stage.arrival().await;
    assert_eq!((&*arrival.client_id, arrival.session_expiry, arrival.clean_start), ("phone", 3600, false));
}

#[tokio::test]
async fn connack_says_where_the_application_grants_less_and_what_it_adds() {
    let script = Script {
        session_expiry: Some(60),
        connack_properties: vec![("incarnation".into(), "3".into())],
        ..Script::default()
    };
    let stage = Stage::playing(script).await;
    let (_client, connack) = Client::try_connect(stage.address, hello(Version::V5, "phone")).await;
    assert_eq!(connack.properties.session_expiry, Some(60));
    assert_eq!(connack.properties.user_properties, [("incarnation".to_owned(), "3".to_owned())]);
}

#[tokio::test]
async fn a_3_1_1_session_without_clean_session_lives_for_ever_and_with_it_not_at_all() {
    for (clean, expiry) in [(false, u32::MAX), (true, 0)] {
        let mut stage = Stage::start().await;
        let mut connect = hello(Version::V3, "phone");
        connect.clean_start = clean;
        let (client, arrival) = stage.client(connect).await;
        assert_eq!(arrival.session_expiry, expiry);
        drop(client);
        assert_eq!(stage.departure().await.session_expiry, expiry);
    }
}

#[tokio::test]
async fn a_client_without_a_name_is_given_one() {
    for clean in [true, false] {
        let mut stage = Stage::start().await;
        let mut connect = hello(Version::V5, "");
        connect.clean_start = clean;
        let (_one, connack) = Client::try_connect(stage.address, connect.clone()).await;
        let given = connack.properties.assigned_client_id.expect("no name was given");
        assert_eq!(*stage.arrival().await.client_id, *given);
        let (_two, connack) = Client::try_connect(stage.address, connect).await;
        assert_ne!(connack.properties.assigned_client_id, Some(given));
    }
}

#[tokio::test]
async fn a_3_1_1_client_without_a_name_must_ask_for_a_clean_session() {
    let mut stage = Stage::start().await;
    let mut connect = hello(Version::V3, "");
    connect.clean_start = true;
    let (_client, arrival) = stage.client(connect.clone()).await;
    assert!(!arrival.client_id.is_empty());
    connect.clean_start = false;
    let (mut refused, connack) = Client::try_connect(stage.address, connect).await;
    assert_eq!(connack.code, ReasonCode::ClientIdentifierNotValid);
    refused.ends().await;
}

#[tokio::test]
async fn a_refused_client_hears_why_and_the_connection_ends() {
    for version in BOTH {
        let script = Script { refusal: Some(ReasonCode::BadUserNameOrPassword), ..Script::default() };
        let stage = Stage::playing(script).await;
        let (mut client, connack) = Client::try_connect(stage.address, hello(version, "phone")).await;
        assert_eq!(connack.code, ReasonCode::BadUserNameOrPassword);
        client.ends().await;
        assert_eq!(stage.broker.counters().get(Event::RefusedByApplication), 1);
    }
}

#[tokio::test]
async fn who_says_nothing_is_shown_out() {
    let config = Config { connect_within: Duration::from_millis(100), ..Config::default() };
    let stage = Stage::with(config, Script::default()).await;
    let mut silent = stage.socket().await;
    silent.ends().await;
    assert_eq!(stage.broker.counters().get(Event::RefusedSilent), 1);
}

#[tokio::test]
async fn a_connect_that_trickles_in_has_the_same_time_as_any_other() {
    let config = Config { connect_within: Duration::from_millis(300), ..Config::default() };
    let stage = Stage::with(config, Script::default()).await;
    let mut slow = stage.socket().await;
    let mut bytes = BytesMut::new();
    let mut connect = hello(Version::V5, "phone");
    connect.client_id = "x".repeat(60_000);
    mqtt::encode(&Packet::Connect(Box::new(connect)), Version::V5, &mut bytes);
    // Each byte comes long before the time is over; all of them do not. Between two of them the end may come.
    let trickle = async {
        for byte in bytes.chunks(1) {
            slow.send_bytes(byte).await;
            if tokio::time::timeout(Duration::from_millis(20), slow.ends()).await.is_ok() {
                return;
            }
        }
        panic!("all of it was taken");
    };
    tokio::time::timeout(PATIENCE, trickle).await.expect("nobody stopped it");
    assert_eq!(stage.broker.counters().get(Event::RefusedSilent), 1);
}

#[tokio::test]
async fn a_connect_in_pieces_and_a_first_packet_in_the_same_write_are_fine() {
    let mut stage = Stage::start().await;
    let mut client = stage.socket().await;
    let mut bytes = BytesMut::new();
    mqtt::encode(&Packet::Connect(Box::new(hello(Version::V5, "phone"))), Version::V5, &mut bytes);
    mqtt::encode(&subscribe(1, &["rooms/+/said"]), Version::V5, &mut bytes);
    for piece in bytes.chunks(7) {
        client.send_bytes(piece).await;
    }
    assert_eq!(client.connack().await.code, ReasonCode::Success);
    assert!(matches!(client.next().await, Packet::Suback(_)));
    stage.arrival().await;
    assert!(matches!(stage.heard().await, Heard::Subscribed(filters, None) if filters == ["rooms/+/said"]));
}

#[tokio::test]
async fn strangers_and_old_versions_are_turned_away_in_their_own_words() {
    let stage = Stage::start().await;
    let mut stranger = stage.socket().await;
    stranger.send_bytes(b"GET / HTTP/1.1\r\n\r\n").await;
    stranger.ends().await;

    let mut old = Client::open(stage.address, Version::V3).await;
    old.send_bytes(b"\x10\x0e\x00\x06MQIsdp\x03\x02\x00\x00\x00\x00").await;
    assert_eq!(old.connack().await.code, ReasonCode::UnsupportedProtocolVersion);
    old.ends().await;

    let mut new = stage.socket().await;
    new.send_bytes(b"\x10\x0d\x00\x04MQTT\x06\x02\x00\x00\x00\x00\x00").await;
    assert_eq!(new.connack().await.code, ReasonCode::UnsupportedProtocolVersion);
    new.ends().await;
    assert_eq!(stage.broker.counters().get(Event::RefusedGreeting), 3);
}

#[tokio::test]
async fn anything_before_connect_ends_the_connection() {
    let stage = Stage::start().await;
    let mut client = stage.socket().await;
    client.send(Packet::Pingreq).await;
    client.ends().await;
}

#[tokio::test]
async fn a_second_connect_ends_the_connection() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let (mut client, _) = stage.client(hello(version, "phone")).await;
        client.send(Packet::Connect(Box::new(hello(version, "phone")))).await;
        client.ends_with(ReasonCode::ProtocolError).await;
        assert_eq!(stage.departure().await.farewell, Farewell::Broke(ReasonCode::ProtocolError));
    }
}

#[tokio::test]
async fn a_keep_alive_over_the_servers_is_shortened_and_mqtt_5_is_told() {
    let config = Config { maximum_keep_alive: Some(60), ..Config::default() };
    let stage = Stage::with(config, Script::default()).await;
    for (asked, told) in [(0, Some(60)), (61, Some(60)), (60, None), (59, None)] {
        let mut connect = hello(Version::V5, "phone");
        connect.keep_alive = asked;
        let (_client, connack) = Client::try_connect(stage.address, connect).await;
        assert_eq!(connack.properties.server_keep_alive, told);
    }
}

#[tokio::test]
async fn a_device_that_the_application_does_not_seat_is_refused_and_its_way_is_closed() {
    for version in BOTH {
        let script = Script { full_house: true, ..Script::default() };
        let mut stage = Stage::playing(script).await;
        let (mut client, connack) = Client::try_connect(stage.address, hello(version, "phone")).await;
        let code =
            if version == Version::V5 { ReasonCode::QuotaExceeded } else { ReasonCode::ServerUnavailable };
        assert_eq!(connack.code, code);
        client.ends().await;
        let arrival = stage.arrival().await;
        tokio::time::timeout(PATIENCE, arrival.outbound.ready()).await.expect("never ready");
        while !arrival.outbound.is_closed() {
            tokio::task::yield_now().await;
        }
        assert_eq!(stage.broker.seated(), 0);
        assert!(stage.heard_nothing_more(), "nobody is gone who was not there");
    }
}

#[tokio::test]
async fn a_refusal_is_no_larger_than_the_client_takes() {
    let script = Script { refusal: Some(ReasonCode::NotAuthorized), ..Script::default() };
    let stage = Stage::playing(script).await;
    let mut connect = hello(Version::V5, "phone");
    connect.maximum_packet_size = std::num::NonZeroU32::new(10);
    let (_client, connack) = Client::try_connect(stage.address, connect).await;
    assert_eq!((connack.code, connack.properties.reason), (ReasonCode::NotAuthorized, None));
}
