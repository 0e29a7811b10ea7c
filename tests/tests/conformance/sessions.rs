//! What stays of a client when its connection ends, and what does not.

use crate::corner::{BOTH, Corner, listen, wish};
use mqtt::ReasonCode;
use mqtt::packet::{Disconnect, Packet, Qos, Version};
use std::time::Duration;
use tests::{Device, publish_at, retained};

/// A lasting session that listens below its corner at QoS 2, away.
async fn away(corner: &Corner, version: Version) -> Device {
    let device = corner.device(version, "away").lasting();
    let mut wire = device.connect().await;
    listen(&mut wire, wish(&corner.topic("#"), Qos::ExactlyOnce)).await;
    wire.leave().await;
    device
}

#[tokio::test]
pub(crate) async fn a_session_goes_on_where_it_was() {
    for version in BOTH {
        let corner = Corner::open().await;
        let device = away(&corner, version).await;
        let (mut wire, connack) = device.arrive().await;
        assert!(connack.session_present, "{version:?}");
        // Its subscription is still there.
        wire.sends(publish_at(Qos::ExactlyOnce, &corner.topic("tea"), "hot")).await;
        let heard = wire.receive().await;
        assert_eq!((&heard.payload[..], heard.qos), (&b"hot"[..], Qos::ExactlyOnce));
    }
}

#[tokio::test]
pub(crate) async fn messages_at_qos_1_and_2_wait_for_a_session_that_is_away() {
    for version in BOTH {
        let corner = Corner::open().await;
        let device = away(&corner, version).await;
        let mut speaker = corner.client(version, "speaker").await;
        let qos = [Qos::AtLeastOnce, Qos::ExactlyOnce];
        for (number, qos) in qos.into_iter().cycle().take(6).enumerate() {
            speaker.sends(publish_at(qos, &corner.topic("tea"), number.to_string())).await;
        }
        let mut wire = device.connect().await;
        for (number, qos) in qos.into_iter().cycle().take(6).enumerate() {
            let heard = wire.receive().await;
            assert_eq!((&heard.payload[..], heard.qos), (number.to_string().as_bytes(), qos));
            assert!(!heard.dup, "it was never sent before");
        }
        wire.is_quiet().await;
    }
}

#[tokio::test]
pub(crate) async fn a_session_that_is_not_there_is_made() {
    for version in BOTH {
        let corner = Corner::open().await;
        let device = corner.device(version, "new").lasting();
        let (wire, connack) = device.arrive().await;
        assert!(!connack.session_present && connack.code == ReasonCode::Success);
        wire.leave().await;
        assert!(device.arrive().await.1.session_present, "now it is there");
    }
}

#[tokio::test]
pub(crate) async fn a_clean_start_forgets_everything() {
    for version in BOTH {
        let corner = Corner::open().await;
        let device = away(&corner, version).await;
        let mut speaker = corner.client(version, "speaker").await;
        speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "missed")).await;
        let mut clean = device.clone().clean();
        if version == Version::V5 {
            clean.hello.session_expiry = None;
        }
        let (mut wire, connack) = clean.arrive().await;
        assert!(!connack.session_present && connack.code == ReasonCode::Success);
        speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "not asked for")).await;
        wire.is_quiet().await;
        // What began with it ended with its connection.
        listen(&mut wire, wish(&corner.topic("#"), Qos::AtLeastOnce)).await;
        wire.leave().await;
        let (mut wire, connack) = device.arrive().await;
        assert!(!connack.session_present);
        speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "not asked for either")).await;
        wire.is_quiet().await;
    }
}

#[tokio::test]
pub(crate) async fn a_clean_start_may_begin_a_session_that_lasts() {
    let corner = Corner::open().await;
    let device = away(&corner, Version::V5).await;
    let (wire, connack) = device.clone().clean().arrive().await;
    assert!(!connack.session_present);
    wire.leave().await;
    let (mut wire, connack) = device.arrive().await;
    assert!(connack.session_present, "clean 1, then 0: the session of the first goes on");
    wire.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "not asked for")).await;
    wire.is_quiet().await;
}

#[tokio::test]
pub(crate) async fn what_is_retained_outlives_the_session_that_sent_it() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut speaker = corner.client(version, "speaker").await;
        speaker.sends(retained(Qos::AtLeastOnce, &corner.topic("tea"), "hot")).await;
        speaker.leave().await;
        corner.client(version, "speaker").await.leave().await; // a clean start more
        let mut listener = corner.listener(version, "listener", Qos::AtLeastOnce).await;
        assert_eq!(listener.receive().await.payload, "hot");
    }
}

#[tokio::test]
pub(crate) async fn a_session_belongs_to_its_client_id() {
    for version in BOTH {
        let corner = Corner::open().await;
        away(&corner, version).await;
        let (mut other, connack) = corner.device(version, "other").lasting().arrive().await;
        assert!(!connack.session_present, "another name, another session");
        other.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "hot")).await;
        other.is_quiet().await;
        let (mut away, connack) = corner.device(version, "away").lasting().arrive().await;
        assert!(connack.session_present);
        assert_eq!(away.receive().await.payload, "hot");
    }
}

#[tokio::test]
pub(crate) async fn a_client_that_connects_again_takes_the_place_of_its_earlier_connection() {
    for version in BOTH {
        let corner = Corner::open().await;
        let device = corner.device(version, "twice").lasting();
        let mut earlier = device.connect().await;
        listen(&mut earlier, wish(&corner.topic("#"), Qos::AtLeastOnce)).await;
        let (mut later, connack) = device.arrive().await;
        earlier.ends_with(ReasonCode::SessionTakenOver).await;
        assert!(connack.session_present);
        later.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "hot")).await;
        assert_eq!(later.receive().await.payload, "hot");
    }
}

#[tokio::test]
pub(crate) async fn a_disconnect_may_change_how_long_a_session_lasts_but_not_bring_it_to_life() {
    let corner = Corner::open().await;
    let goodbye = |expiry| {
        let bye = Disconnect { session_expiry: Some(expiry), ..Disconnect::new(ReasonCode::Success) };
        Packet::Disconnect(Box::new(bye))
    };
    let device = corner.device(Version::V5, "changes").lasting();
    let mut wire = device.connect().await;
    wire.send(goodbye(0)).await;
    wire.ends().await;
    assert!(!device.arrive().await.1.session_present, "it ended with its connection");

    let mut brief = corner.client(Version::V5, "brief").await;
    brief.send(goodbye(60)).await;
    brief.ends_with(ReasonCode::ProtocolError).await;
}

/// What is awaited is time itself: a second of the server's own clock, and nobody is told when it is over.
#[tokio::test]
pub(crate) async fn a_session_ends_when_its_time_is_over_and_not_while_it_is_connected() {
    let corner = Corner::open().await;
    let brief = |name: &str| {
        let mut device = corner.device(Version::V5, name).lasting();
        device.hello.session_expiry = Some(1);
        device
    };
    let (left, stays) = (brief("left"), brief("stays"));
    let mut wire = left.connect().await;
    listen(&mut wire, wish(&corner.topic("#"), Qos::AtLeastOnce)).await;
    wire.leave().await;
    let mut wire = stays.connect().await;
    listen(&mut wire, wish(&corner.topic("#"), Qos::AtLeastOnce)).await;
    tokio::time::sleep(Duration::from_millis(2_200)).await;
    wire.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "hot")).await;
    assert_eq!(wire.receive().await.payload, "hot");
    drop(wire);
    assert!(stays.arrive().await.1.session_present, "its time began when it left");
    let (mut wire, connack) = left.arrive().await;
    assert!(!connack.session_present, "its time was over");
    wire.is_quiet().await;
}

#[tokio::test]
pub(crate) async fn a_session_without_expiry_lasts_as_long_as_its_connection() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.listener(version, "both", Qos::AtLeastOnce).await;
        for number in 0..3 {
            wire.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), number.to_string())).await;
            assert_eq!(wire.receive().await.payload, number.to_string());
            wire.is_alive().await;
        }
        wire.leave().await;
        assert!(!corner.device(version, "both").lasting().arrive().await.1.session_present);
    }
}
