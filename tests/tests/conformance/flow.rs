//! How much may be under way without an answer, in both directions.

use crate::corner::{BOTH, Corner, listen, wish};
use mqtt::ReasonCode;
use mqtt::packet::{Acknowledge, Packet, PacketId, Publish, Qos, Version};
use tests::{Wire, filter, publish_at, subscribe};

/// A listener at QoS 2 that takes two messages at once, and six that were said at this QoS.
async fn crowded(corner: &Corner, qos: Qos) -> (Wire, Wire) {
    let device = corner.device(Version::V5, "listener").receive_maximum(2);
    let mut listener = device.connect().await;
    listen(&mut listener, wish(&corner.topic("tea"), Qos::ExactlyOnce)).await;
    let mut speaker = corner.client(Version::V5, "speaker").await;
    for number in 0..6 {
        speaker.sends(publish_at(qos, &corner.topic("tea"), number.to_string())).await;
    }
    (listener, speaker)
}

fn number(publish: &Publish) -> PacketId {
    publish.packet_id.expect("it is above QoS 0")
}

fn pubrec(id: PacketId, code: ReasonCode) -> Packet {
    Packet::Pubrec(Acknowledge::new(id, code))
}

#[tokio::test]
pub(crate) async fn no_more_messages_are_under_way_than_the_client_takes() {
    let corner = Corner::open().await;
    let (mut listener, _speaker) = crowded(&corner, Qos::AtLeastOnce).await;
    let mut under_way = vec![listener.message().await, listener.message().await];
    for next in 2..6 {
        listener.is_quiet().await;
        listener.acknowledge(&under_way.remove(0)).await;
        under_way.push(listener.message().await);
        assert_eq!(under_way[1].payload, next.to_string());
    }
    listener.is_quiet().await;
}

#[tokio::test]
pub(crate) async fn a_message_at_qos_2_is_under_way_until_its_pubcomp() {
    let corner = Corner::open().await;
    let (mut listener, _speaker) = crowded(&corner, Qos::ExactlyOnce).await;
    let (one, two) = (listener.message().await, listener.message().await);
    listener.is_quiet().await;
    listener.send(pubrec(number(&one), ReasonCode::Success)).await;
    assert!(matches!(listener.next().await, Packet::Pubrel(pubrel) if pubrel.packet_id == number(&one)));
    listener.is_quiet().await;
    listener.send(Packet::Pubcomp(Acknowledge::new(number(&one), ReasonCode::Success))).await;
    assert_eq!(listener.message().await.payload, "2");
    listener.is_quiet().await;
    // A message that the client refuses is done at once.
    listener.send(pubrec(number(&two), ReasonCode::QuotaExceeded)).await;
    assert_eq!(listener.message().await.payload, "3");
    listener.is_quiet().await;
}

#[tokio::test]
pub(crate) async fn everything_else_is_answered_while_no_more_messages_may_be_sent() {
    let corner = Corner::open().await;
    let (mut listener, mut speaker) = crowded(&corner, Qos::AtLeastOnce).await;
    let under_way = [listener.message().await, listener.message().await];
    listener.is_alive().await;
    let suback = listener.subscribe(subscribe([filter(&corner.topic("milk"))])).await;
    assert_eq!(suback.codes, [ReasonCode::GrantedQos1]);
    for qos in [Qos::AtLeastOnce, Qos::ExactlyOnce] {
        listener.sends(publish_at(qos, &corner.topic("coffee"), "black")).await;
    }
    listener.unsubscribe(&[&corner.topic("milk")]).await;
    assert!(listener.early().is_none(), "and no message came meanwhile");
    // It goes on as soon as there is room.
    listener.acknowledge(&under_way[0]).await;
    assert_eq!(listener.message().await.payload, "2");
    speaker.is_alive().await;
}

#[tokio::test]
pub(crate) async fn a_client_may_use_the_whole_receive_maximum_and_not_one_more() {
    let corner = Corner::open().await;
    let (mut wire, connack) = corner.device(Version::V5, "speaker").arrive().await;
    let most = connack.properties.receive_maximum.map_or(u16::MAX, std::num::NonZero::get);
    let message = |id| {
        let publish = publish_at(Qos::ExactlyOnce, &corner.topic("tea"), "x");
        Packet::Publish(Box::new(Publish { packet_id: PacketId::new(id), ..publish }))
    };
    // QoS 2 is under way until its PUBREL, however quick the server is.
    wire.send_all((1..=most).map(message)).await;
    for id in 1..=most {
        wire.pubrec(PacketId::new(id).expect("it is not 0")).await;
    }
    wire.is_alive().await;
    wire.send(message(most + 1)).await;
    wire.ends_with(ReasonCode::ReceiveMaximumExceeded).await;
}

#[tokio::test]
pub(crate) async fn messages_at_qos_0_are_not_counted() {
    let corner = Corner::open().await;
    let device = corner.device(Version::V5, "listener").receive_maximum(1);
    let mut listener = device.connect().await;
    listen(&mut listener, wish(&corner.topic("tea"), Qos::AtMostOnce)).await;
    for number in 0..20 {
        listener.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), number.to_string())).await;
    }
    for number in 0..20 {
        assert_eq!(listener.receive().await.payload, number.to_string());
    }
}

#[tokio::test]
pub(crate) async fn acknowledgements_in_another_order_are_taken() {
    for version in BOTH {
        let corner = Corner::open().await;
        let device = corner.device(version, "listener").lasting();
        let mut listener = device.connect().await;
        listen(&mut listener, wish(&corner.topic("tea"), Qos::AtLeastOnce)).await;
        let mut speaker = corner.client(version, "speaker").await;
        for number in 0..4 {
            speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), number.to_string())).await;
        }
        let mut heard = Vec::new();
        for _ in 0..4 {
            heard.push(listener.message().await);
        }
        for place in [3, 1, 2, 0] {
            listener.acknowledge(&heard[place]).await;
        }
        listener.is_quiet().await;
        listener.leave().await;
        device.connect().await.is_quiet().await; // all of it is done
    }
}
