//! What PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK and DISCONNECT of MQTT 5 say, and to whom they say less.

use crate::corner::{Corner, listen, wish};
use crate::raw;
use mqtt::ReasonCode;
use mqtt::packet::{Acknowledge, Packet, PacketId, Publish, Qos, Version};
use std::num::NonZeroU32;
use tests::{Wire, filter, publish_at, subscribe};

/// A topic that nobody here may use.
const FORBIDDEN: &str = "rooms/cellar/say";

const ID: PacketId = PacketId::new(9).expect("it is not 0");

fn publish(qos: Qos, topic: &str) -> Packet {
    Packet::Publish(Box::new(Publish { packet_id: Some(ID), ..publish_at(qos, topic, "x") }))
}

/// The answer to this, and its size.
async fn answer(wire: &mut Wire, asked: Packet) -> (Packet, u32) {
    wire.send(asked).await;
    let (packet, bytes) = wire.next_with_bytes().await.expect("an answer");
    (packet, u32::try_from(bytes.len()).expect("it is short"))
}

/// Reason string and number of user properties of an answer.
fn words(packet: &Packet) -> (Option<&str>, usize) {
    let (reason, user_properties) = match packet {
        Packet::Puback(packet)
        | Packet::Pubrec(packet)
        | Packet::Pubrel(packet)
        | Packet::Pubcomp(packet) => (&packet.reason, &packet.user_properties),
        Packet::Suback(packet) => (&packet.reason, &packet.user_properties),
        Packet::Unsuback(packet) => (&packet.reason, &packet.user_properties),
        Packet::Disconnect(packet) => (&packet.reason, &packet.user_properties),
        other => panic!("no answer: {other:?}"),
    };
    (reason.as_deref(), user_properties.len())
}

/// A client of MQTT 5 that takes packets of this size.
async fn takes(corner: &Corner, most: u32) -> Wire {
    let mut device = corner.device(Version::V5, "takes-little");
    device.hello.maximum_packet_size = NonZeroU32::new(most);
    device.connect().await
}

/// The least that a client may take here: its CONNACK must fit.
async fn least(corner: &Corner) -> u32 {
    let device = corner.device(Version::V5, "measures");
    let mut wire = Wire::open(device.server(), Version::V5).await;
    wire.send(Packet::Connect(Box::new(device.hello.clone()))).await;
    let (packet, bytes) = wire.next_with_bytes().await.expect("a CONNACK");
    assert!(matches!(packet, Packet::Connack(_)));
    u32::try_from(bytes.len()).expect("it is short")
}

/// What is asked; what is answered says the same to who takes little, in fewer bytes if need be. The strict client
/// fails at a packet over its maximum.
async fn says_less_where_it_must(asked: fn(&Corner) -> Packet) -> Packet {
    let corner = Corner::open().await;
    let mut wire = corner.client(Version::V5, "takes-all").await;
    let (whole, size) = answer(&mut wire, asked(&corner)).await;
    let least = least(&corner).await;
    for most in [size.saturating_sub(1).max(least), least] {
        let (brief, fits) = answer(&mut takes(&corner, most).await, asked(&corner)).await;
        assert!(fits <= most, "{fits} bytes, {most} are taken");
        assert_eq!(std::mem::discriminant(&brief), std::mem::discriminant(&whole));
        if size > most {
            assert!(words(&brief) < words(&whole), "something was left out: {brief:?}");
        }
    }
    whole
}

#[tokio::test]
pub(crate) async fn a_puback_leaves_out_words_that_are_too_much_for_its_client() {
    let whole = says_less_where_it_must(|_| publish(Qos::AtLeastOnce, FORBIDDEN)).await;
    assert!(words(&whole).0.is_some(), "there are words to leave out: {whole:?}");
}

#[tokio::test]
pub(crate) async fn a_pubrec_leaves_out_words_that_are_too_much_for_its_client() {
    let whole = says_less_where_it_must(|_| publish(Qos::ExactlyOnce, FORBIDDEN)).await;
    assert!(words(&whole).0.is_some(), "there are words to leave out: {whole:?}");
}

#[tokio::test]
pub(crate) async fn a_pubcomp_is_never_too_much_for_its_client() {
    says_less_where_it_must(|_| Packet::Pubrel(Acknowledge::new(ID, ReasonCode::Success))).await;
}

#[tokio::test]
pub(crate) async fn a_pubrel_is_never_too_much_for_its_client() {
    says_less_where_it_must(|_| Packet::Pubrec(Acknowledge::new(ID, ReasonCode::Success))).await;
}

#[tokio::test]
pub(crate) async fn a_suback_is_never_too_much_for_its_client() {
    says_less_where_it_must(|corner| {
        let mut asked = subscribe([filter("rooms/cellar/said"), filter(&corner.topic("tea"))]);
        asked.packet_id = ID;
        Packet::Subscribe(Box::new(asked))
    })
    .await;
}

#[tokio::test]
pub(crate) async fn an_unsuback_is_never_too_much_for_its_client() {
    says_less_where_it_must(|corner| {
        let filters = vec!["rooms/cellar/said".to_owned(), corner.topic("tea")];
        let asked = mqtt::packet::Unsubscribe { packet_id: ID, filters, user_properties: Vec::new() };
        Packet::Unsubscribe(Box::new(asked))
    })
    .await;
}

#[tokio::test]
pub(crate) async fn a_disconnect_is_never_too_much_for_its_client() {
    let corner = Corner::open().await;
    let least = least(&corner).await;
    let mut wire = takes(&corner, least).await;
    wire.send_bytes(&[0x00, 0x00]).await;
    wire.ends_with(ReasonCode::MalformedPacket).await;
}

#[tokio::test]
pub(crate) async fn a_puback_says_how_it_went_by_a_code_of_the_standard() {
    let corner = Corner::open().await;
    let mut wire = corner.client(Version::V5, "client").await;
    let (refused, _) = answer(&mut wire, publish(Qos::AtLeastOnce, FORBIDDEN)).await;
    assert!(matches!(refused, Packet::Puback(puback) if puback.code == ReasonCode::NotAuthorized));
    let (lonely, _) = answer(&mut wire, publish(Qos::AtLeastOnce, &corner.topic("tea"))).await;
    let taken = |code| matches!(code, ReasonCode::Success | ReasonCode::NoMatchingSubscribers);
    assert!(matches!(lonely, Packet::Puback(puback) if taken(puback.code)));
}

#[tokio::test]
pub(crate) async fn a_pubrec_says_how_it_went_by_a_code_of_the_standard() {
    let corner = Corner::open().await;
    let mut wire = corner.client(Version::V5, "client").await;
    let (refused, _) = answer(&mut wire, publish(Qos::ExactlyOnce, FORBIDDEN)).await;
    assert!(matches!(refused, Packet::Pubrec(pubrec) if pubrec.code == ReasonCode::NotAuthorized));
    let (lonely, _) = answer(&mut wire, publish(Qos::ExactlyOnce, &corner.topic("tea"))).await;
    let taken = |code| matches!(code, ReasonCode::Success | ReasonCode::NoMatchingSubscribers);
    assert!(matches!(lonely, Packet::Pubrec(pubrec) if taken(pubrec.code)));
}

#[tokio::test]
pub(crate) async fn a_pubcomp_says_whether_its_message_was_known() {
    let corner = Corner::open().await;
    let mut wire = corner.client(Version::V5, "client").await;
    assert_eq!(wire.releases(ID).await, ReasonCode::PacketIdentifierNotFound);
    wire.send(publish(Qos::ExactlyOnce, &corner.topic("tea"))).await;
    wire.pubrec(ID).await;
    assert_eq!(wire.releases(ID).await, ReasonCode::Success);
}

#[tokio::test]
pub(crate) async fn a_pubrel_says_whether_its_message_was_known() {
    let corner = Corner::open().await;
    let mut wire = corner.listener(Version::V5, "both", Qos::ExactlyOnce).await;
    let pubrec = |id| Packet::Pubrec(Acknowledge::new(id, ReasonCode::Success));
    let (unknown, _) = answer(&mut wire, pubrec(ID)).await;
    assert_eq!(unknown, Packet::Pubrel(Acknowledge::new(ID, ReasonCode::PacketIdentifierNotFound)));
    wire.sends(publish_at(Qos::ExactlyOnce, &corner.topic("tea"), "hot")).await;
    let id = wire.message().await.packet_id.expect("it has one");
    let (known, _) = answer(&mut wire, pubrec(id)).await;
    assert_eq!(known, Packet::Pubrel(Acknowledge::new(id, ReasonCode::Success)));
}

/// Everything that may be answered with words, to who wants none.
#[tokio::test]
pub(crate) async fn who_wants_no_words_gets_them_on_connack_and_disconnect_at_most() {
    let corner = Corner::open().await;
    let mut device = corner.device(Version::V5, "curt");
    device.hello.request_problem_information = Some(false);
    let mut wire = device.connect().await;
    for asked in [
        publish(Qos::AtLeastOnce, FORBIDDEN),
        publish(Qos::ExactlyOnce, FORBIDDEN),
        Packet::Pubrel(Acknowledge::new(ID, ReasonCode::Success)),
        Packet::Pubrec(Acknowledge::new(ID, ReasonCode::Success)),
        Packet::Subscribe(Box::new(subscribe([filter("rooms/cellar/said")]))),
    ] {
        let (curt, _) = answer(&mut wire, asked).await;
        assert_eq!(words(&curt), (None, 0), "{curt:?}");
    }
    wire.send_bytes(&raw::request(Version::V5, 0xa2, 7, &[], &raw::text("rooms/cellar/said"))).await;
    assert_eq!(words(&wire.next().await), (None, 0));
    // The words of a message are not ours to leave out.
    listen(&mut wire, wish(&corner.topic("tea"), Qos::AtLeastOnce)).await;
    let mut message = publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "hot");
    message.properties.user_properties = tests::properties(&[("with", "milk")]);
    wire.sends(message).await;
    assert_eq!(wire.receive().await.properties.user_properties, tests::properties(&[("with", "milk")]));
}

#[tokio::test]
pub(crate) async fn a_message_too_large_for_a_client_is_not_sent_to_it_and_counts_as_delivered() {
    let corner = Corner::open().await;
    let least = least(&corner).await.max(60);
    for qos in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce] {
        let mut device = corner.device(Version::V5, "takes-little").lasting();
        device.hello.clean_start = true;
        device.hello.maximum_packet_size = NonZeroU32::new(least);
        let mut small = device.connect().await;
        listen(&mut small, wish(&corner.topic("tea"), Qos::ExactlyOnce)).await;
        let mut large = corner.client(Version::V5, "takes-all").await;
        listen(&mut large, wish(&corner.topic("tea"), Qos::ExactlyOnce)).await;
        let head = u32::try_from(corner.topic("tea").len()).expect("short") + 2 + 2 + 1;
        let head = if qos == Qos::AtMostOnce { head + 2 - 2 } else { head + 2 };
        let fits = vec![b'x'; (least - head) as usize];
        let too_large = vec![b'y'; fits.len() + 1];
        for payload in [&too_large[..], b"before", &fits, &too_large, b"after"] {
            large.sends(publish_at(qos, &corner.topic("tea"), payload)).await;
            assert!(large.receive().await.payload == payload, "others hear it");
        }
        for payload in [&b"before"[..], &fits, b"after"] {
            assert!(small.receive().await.payload == payload, "{qos:?}");
        }
        small.is_quiet().await;
        drop(small);
        // It is not waiting for a client that takes more, either.
        device.hello.clean_start = false;
        device.hello.maximum_packet_size = None;
        device.connect().await.is_quiet().await;
    }
}

#[tokio::test]
pub(crate) async fn a_suback_says_for_each_filter_what_is_granted_in_a_code_of_the_standard() {
    let corner = Corner::open().await;
    let mut wire = corner.client(Version::V5, "client").await;
    let wishes = [
        wish(&corner.topic("a"), Qos::ExactlyOnce),
        wish("rooms/cellar/said", Qos::AtLeastOnce),
        wish(&corner.topic("b"), Qos::AtMostOnce),
        wish(&corner.topic("c"), Qos::AtLeastOnce),
    ];
    let suback = wire.subscribe(subscribe(wishes)).await;
    use ReasonCode::{GrantedQos1, GrantedQos2, NotAuthorized, Success};
    assert_eq!(suback.codes, [GrantedQos2, NotAuthorized, Success, GrantedQos1]);
}

#[tokio::test]
pub(crate) async fn an_unsuback_says_for_each_filter_what_became_of_it_in_a_code_of_the_standard() {
    let corner = Corner::open().await;
    let mut wire = corner.client(Version::V5, "client").await;
    let topics = ["a", "b", "c"].map(|topic| corner.topic(topic));
    wire.subscribe(subscribe([filter(&topics[0]), filter(&topics[2])])).await;
    let unsuback = wire.unsubscribe(&topics.each_ref().map(String::as_str)).await;
    use ReasonCode::{NoSubscriptionExisted, Success};
    assert_eq!(unsuback.codes, [Success, NoSubscriptionExisted, Success]);
}
