//! What a client leaves to be published when it goes without a word.

use crate::corner::{BOTH, Corner, listen, wish};
use mqtt::ReasonCode;
use mqtt::packet::{Disconnect, Packet, Publish, Qos, Version, Will, WillProperties};
use tests::{Device, Wire, properties, publish_at};

/// A device with a will at QoS 1 below its corner, and somebody of the same version who hears it.
async fn testator(corner: &Corner, version: Version) -> (Device, Wire) {
    let listener = corner.listener(version, "heir", Qos::ExactlyOnce).await;
    (corner.device(version, "testator").will(&corner.topic("bye"), "last words"), listener)
}

fn will(device: &mut Device) -> &mut Will {
    device.hello.will.as_deref_mut().expect("it has a will")
}

/// The next that is heard is this: no will came before it.
async fn hears_no_will(corner: &Corner, heir: &mut Wire) {
    let mut speaker = corner.client(heir.version, "speaker").await;
    speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("bye"), "no will")).await;
    assert_eq!(heir.receive().await.payload, "no will");
}

/// The last connection of this name is over: the next is let in when it is.
async fn is_over(corner: &Corner, version: Version, name: &str) {
    corner.client(version, name).await.leave().await;
}

async fn goodbye(mut wire: Wire, code: ReasonCode) {
    wire.send(Packet::Disconnect(Box::new(Disconnect::new(code)))).await;
    wire.ends().await;
}

#[tokio::test]
pub(crate) async fn a_lost_connection_publishes_the_will_once() {
    for version in BOTH {
        let corner = Corner::open().await;
        let (device, mut heir) = testator(&corner, version).await;
        drop(device.connect().await);
        let heard = heir.receive().await;
        assert_eq!((heard.topic, &heard.payload[..]), (corner.topic("bye"), &b"last words"[..]));
        // It is gone with that: who comes without a will leaves none.
        drop(corner.client(version, "testator").await);
        is_over(&corner, version, "testator").await;
        hears_no_will(&corner, &mut heir).await;
    }
}

#[tokio::test]
pub(crate) async fn a_will_is_published_at_its_own_qos() {
    for version in BOTH {
        for qos in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce] {
            let corner = Corner::open().await;
            let (mut device, mut heir) = testator(&corner, version).await;
            will(&mut device).qos = qos;
            drop(device.connect().await);
            assert_eq!(heir.receive().await.qos, qos);
        }
    }
}

#[tokio::test]
pub(crate) async fn an_orderly_goodbye_takes_the_will_away() {
    for version in BOTH {
        let corner = Corner::open().await;
        let (device, mut heir) = testator(&corner, version).await;
        goodbye(device.connect().await, ReasonCode::Success).await;
        hears_no_will(&corner, &mut heir).await;
        // Not even a session that lasts keeps it for later.
        let lasting = device.lasting();
        goodbye(lasting.connect().await, ReasonCode::Success).await;
        drop(corner.device(version, "testator").lasting().connect().await);
        is_over(&corner, version, "testator").await;
        hears_no_will(&corner, &mut heir).await;
    }
}

#[tokio::test]
pub(crate) async fn who_left_no_will_leaves_nothing() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut heir = corner.listener(version, "heir", Qos::AtLeastOnce).await;
        drop(corner.client(version, "silent").await);
        is_over(&corner, version, "silent").await;
        hears_no_will(&corner, &mut heir).await;
    }
}

#[tokio::test]
pub(crate) async fn a_goodbye_may_ask_for_the_will() {
    let corner = Corner::open().await;
    let (device, mut heir) = testator(&corner, Version::V5).await;
    goodbye(device.connect().await, ReasonCode::DisconnectWithWill).await;
    assert_eq!(heir.receive().await.payload, "last words");
}

#[tokio::test]
pub(crate) async fn a_broken_protocol_publishes_the_will() {
    for version in BOTH {
        let corner = Corner::open().await;
        let (device, mut heir) = testator(&corner, version).await;
        let mut wire = device.connect().await;
        wire.send_bytes(&[0x00, 0x00]).await;
        wire.ends_with(ReasonCode::MalformedPacket).await;
        assert_eq!(heir.receive().await.payload, "last words");
    }
}

#[tokio::test]
pub(crate) async fn a_takeover_publishes_the_will_of_the_earlier_connection() {
    for version in BOTH {
        let corner = Corner::open().await;
        let (device, mut heir) = testator(&corner, version).await;
        let _earlier = device.connect().await;
        let _later = corner.client(version, "testator").await;
        assert_eq!(heir.receive().await.payload, "last words");
    }
}

/// The first that a listener hears who comes after the will: what was kept, or else something new.
async fn first_heard_late(corner: &Corner, version: Version) -> Publish {
    let mut late = corner.listener(version, "late", Qos::AtLeastOnce).await;
    late.is_alive().await;
    late.sends(publish_at(Qos::AtLeastOnce, &corner.topic("new"), "new")).await;
    late.receive().await
}

#[tokio::test]
pub(crate) async fn a_will_is_kept_if_it_says_so() {
    for version in BOTH {
        let corner = Corner::open().await;
        let (mut device, mut heir) = testator(&corner, version).await;
        will(&mut device).retain = true;
        drop(device.connect().await);
        assert_eq!(heir.receive().await.payload, "last words");
        let kept = first_heard_late(&corner, version).await;
        assert_eq!((&kept.payload[..], kept.retain), (&b"last words"[..], true));
    }
}

#[tokio::test]
pub(crate) async fn a_will_is_not_kept_otherwise() {
    for version in BOTH {
        let corner = Corner::open().await;
        let (device, mut heir) = testator(&corner, version).await;
        drop(device.connect().await);
        assert_eq!(heir.receive().await.payload, "last words");
        assert_eq!(first_heard_late(&corner, version).await.payload, "new");
    }
}

/// A will that waits longer than any test, of a session that lasts longer still.
async fn waiting(corner: &Corner) -> (Device, Wire) {
    let (device, heir) = testator(corner, Version::V5).await;
    let mut device = device.lasting();
    will(&mut device).properties.delay = Some(600);
    (device, heir)
}

#[tokio::test]
pub(crate) async fn a_will_that_waits_is_not_published_when_its_session_goes_on() {
    let corner = Corner::open().await;
    let (device, mut heir) = waiting(&corner).await;
    drop(device.connect().await);
    hears_no_will(&corner, &mut heir).await;
    let (wire, connack) = corner.device(Version::V5, "testator").lasting().arrive().await;
    assert!(connack.session_present);
    hears_no_will(&corner, &mut heir).await;
    // It is gone for good: the end of the session brings nothing.
    wire.leave().await;
    corner.client(Version::V5, "testator").await.leave().await;
    hears_no_will(&corner, &mut heir).await;
}

#[tokio::test]
pub(crate) async fn a_will_that_waits_is_published_when_its_session_ends() {
    let corner = Corner::open().await;
    let (device, mut heir) = waiting(&corner).await;
    drop(device.connect().await);
    hears_no_will(&corner, &mut heir).await;
    let _clean = corner.client(Version::V5, "testator").await; // a clean start ends the session
    assert_eq!(heir.receive().await.payload, "last words");
}

#[tokio::test]
pub(crate) async fn a_will_that_waits_is_published_when_its_time_has_come() {
    let corner = Corner::open().await;
    let (mut delayed, mut heir) = waiting(&corner).await;
    will(&mut delayed).properties.delay = Some(1);
    drop(delayed.connect().await);
    hears_no_will(&corner, &mut heir).await;
    assert_eq!(heir.receive().await.payload, "last words");
    // And it is no longer with its session.
    drop(corner.device(Version::V5, "testator").lasting().connect().await);
    hears_no_will(&corner, &mut heir).await;
}

#[tokio::test]
pub(crate) async fn a_will_waits_no_longer_than_its_session_lasts() {
    let corner = Corner::open().await;
    let (mut device, mut heir) = waiting(&corner).await;
    device.hello.session_expiry = Some(1);
    drop(device.connect().await);
    hears_no_will(&corner, &mut heir).await;
    assert_eq!(heir.receive().await.payload, "last words");
}

#[tokio::test]
pub(crate) async fn a_will_says_all_that_its_owner_wrote() {
    let corner = Corner::open().await;
    let (mut device, mut heir) = testator(&corner, Version::V5).await;
    let wrote = WillProperties {
        delay: None,
        payload_format: Some(1),
        message_expiry: Some(600),
        content_type: Some("text/plain".to_owned()),
        response_topic: Some(corner.topic("answers")),
        correlation_data: Some("which".into()),
        user_properties: properties(&[("b", "1"), ("a", "2"), ("b", "3"), ("a", "1")]),
    };
    will(&mut device).properties = wrote.clone();
    drop(device.connect().await);
    let said = heir.receive().await.properties;
    assert_eq!(said.payload_format, wrote.payload_format);
    assert!(said.message_expiry.is_some_and(|left| (590..=600).contains(&left)), "{said:?}");
    assert_eq!(said.content_type, wrote.content_type);
    assert_eq!(said.response_topic, wrote.response_topic);
    assert_eq!(said.correlation_data, wrote.correlation_data);
    assert_eq!(said.user_properties, wrote.user_properties, "in this order");
}

#[tokio::test]
pub(crate) async fn a_will_is_not_heard_before_its_time() {
    for version in BOTH {
        let corner = Corner::open().await;
        let (device, mut heir) = testator(&corner, version).await;
        let mut wire = device.connect().await;
        listen(&mut wire, wish(&corner.topic("tea"), Qos::AtLeastOnce)).await;
        hears_no_will(&corner, &mut heir).await;
        wire.is_alive().await;
    }
}
