//! How messages at QoS 1 and 2 are handed over, step by step, and what is sent again when a connection is lost.

use crate::corner::{BOTH, Corner, listen, wish};
use mqtt::ReasonCode;
use mqtt::packet::{Acknowledge, Packet, PacketId, Publish, Qos, Version};
use tests::{Device, Wire, publish_at};

/// There is one room for all tests: who counts what is said there is alone in it.
static TEA: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

const ID: PacketId = PacketId::new(77).expect("it is not 0");

fn publish(corner: &Corner, qos: Qos, dup: bool, payload: &str) -> Packet {
    let publish = publish_at(qos, &corner.topic("tea"), payload);
    Packet::Publish(Box::new(Publish { packet_id: Some(ID), dup, ..publish }))
}

fn acknowledge(id: PacketId) -> Acknowledge {
    Acknowledge::new(id, ReasonCode::Success)
}

/// The next that is heard is this.
async fn hears(listener: &mut Wire, payload: &str) {
    assert_eq!(listener.receive().await.payload, payload);
}

#[tokio::test]
pub(crate) async fn a_message_at_qos_1_is_answered_and_its_id_is_free_again() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.listener(version, "listener", Qos::AtLeastOnce).await;
        let mut speaker = corner.client(version, "speaker").await;
        // The same id again is a new message, whatever DUP says.
        for (payload, dup) in [("one", false), ("two", false), ("three", true)] {
            speaker.send(publish(&corner, Qos::AtLeastOnce, dup, payload)).await;
            assert_eq!(speaker.puback().await.packet_id, ID);
            hears(&mut listener, payload).await;
        }
    }
}

#[tokio::test]
pub(crate) async fn a_message_at_qos_2_is_taken_once_until_it_is_released() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.listener(version, "listener", Qos::ExactlyOnce).await;
        let mut speaker = corner.client(version, "speaker").await;
        for payload in ["one", "two"] {
            for dup in [false, true, true] {
                speaker.send(publish(&corner, Qos::ExactlyOnce, dup, payload)).await;
                speaker.pubrec(ID).await;
            }
            assert_eq!(speaker.releases(ID).await, ReasonCode::Success);
            // After PUBCOMP the id is that of a new message.
            hears(&mut listener, payload).await;
            listener.is_quiet().await;
        }
    }
}

#[tokio::test]
pub(crate) async fn a_message_at_qos_2_is_taken_once_over_a_lost_connection() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.listener(version, "listener", Qos::ExactlyOnce).await;
        let device = corner.device(version, "speaker").lasting();
        let mut speaker = device.connect().await;
        speaker.send(publish(&corner, Qos::ExactlyOnce, false, "one")).await;
        speaker.pubrec(ID).await;
        drop(speaker); // it never heard, as far as it knows
        let (mut speaker, connack) = device.arrive().await;
        assert!(connack.session_present);
        speaker.send(publish(&corner, Qos::ExactlyOnce, true, "one")).await;
        speaker.pubrec(ID).await;
        drop(speaker);
        let mut speaker = device.connect().await;
        assert_eq!(speaker.releases(ID).await, ReasonCode::Success);
        hears(&mut listener, "one").await;
        speaker.send(publish(&corner, Qos::ExactlyOnce, false, "two")).await;
        speaker.pubrec(ID).await;
        hears(&mut listener, "two").await;
    }
}

#[tokio::test]
pub(crate) async fn a_pubrel_is_answered_each_time() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut speaker = corner.client(version, "speaker").await;
        speaker.send(publish(&corner, Qos::ExactlyOnce, false, "one")).await;
        speaker.pubrec(ID).await;
        assert_eq!(speaker.releases(ID).await, ReasonCode::Success);
        let again = speaker.releases(ID).await;
        if version == Version::V5 {
            assert_eq!(again, ReasonCode::PacketIdentifierNotFound);
        }
    }
}

#[tokio::test]
pub(crate) async fn a_refused_message_at_qos_2_leaves_its_id_free() {
    let corner = Corner::open().await;
    let mut listener = corner.listener(Version::V5, "listener", Qos::ExactlyOnce).await;
    let mut speaker = corner.client(Version::V5, "speaker").await;
    let forbidden = publish_at(Qos::ExactlyOnce, "rooms/cellar/say", "no");
    speaker.send(Packet::Publish(Box::new(Publish { packet_id: Some(ID), ..forbidden }))).await;
    assert_eq!(speaker.pubrec(ID).await.code, ReasonCode::NotAuthorized);
    speaker.send(publish(&corner, Qos::ExactlyOnce, false, "one")).await;
    assert!(!speaker.pubrec(ID).await.code.is_refusal());
    hears(&mut listener, "one").await;
}

/// A lasting session at QoS 2 with these messages on its way, and everything they were on the first connection.
async fn under_way(corner: &Corner, version: Version, qos: &[Qos]) -> (Device, Wire, Vec<Publish>) {
    let device = corner.device(version, "listener").lasting();
    let mut listener = device.connect().await;
    listen(&mut listener, wish(&corner.topic("#"), Qos::ExactlyOnce)).await;
    let mut speaker = corner.client(version, "speaker").await;
    let mut sent = Vec::new();
    for (number, qos) in qos.iter().enumerate() {
        speaker.sends(publish_at(*qos, &corner.topic("tea"), number.to_string())).await;
        sent.push(listener.message().await);
    }
    (device, listener, sent)
}

/// This message again.
async fn comes_again(listener: &mut Wire, before: &Publish) {
    let again = listener.message().await;
    assert_eq!((again.packet_id, &again.payload), (before.packet_id, &before.payload));
    assert_eq!((again.qos, again.dup), (before.qos, true));
}

#[tokio::test]
pub(crate) async fn what_was_not_acknowledged_comes_again_with_its_id_and_dup_and_in_its_order() {
    let qos = [Qos::AtLeastOnce, Qos::ExactlyOnce, Qos::AtLeastOnce, Qos::ExactlyOnce, Qos::AtLeastOnce];
    for version in BOTH {
        let corner = Corner::open().await;
        let (device, mut listener, sent) = under_way(&corner, version, &qos).await;
        assert!(sent.iter().all(|publish| !publish.dup), "sent for the first time");
        listener.acknowledge(&sent[2]).await; // in whatever order it likes
        listener.is_quiet().await;
        drop(listener);
        let mut speaker = corner.client(version, "speaker").await;
        speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "new")).await;
        for _ in 0..2 {
            let (mut listener, connack) = device.arrive().await;
            assert!(connack.session_present);
            for number in [0, 1, 3, 4] {
                comes_again(&mut listener, &sent[number]).await;
            }
            // What is new comes after what is old.
            assert_eq!(listener.message().await.payload, "new");
        }
    }
}

/// A message that is on its way at QoS 1 to a lasting session of ann's, by this topic, while its subscription becomes
/// something else. What comes after the connection was lost.
async fn comes_after(corner: &Corner, version: Version, says: &str, hears: &str, wish: Option<Qos>) -> Wire {
    let device = corner.ann(version).lasting();
    let mut listener = device.connect().await;
    listen(&mut listener, crate::corner::wish(hears, Qos::AtLeastOnce)).await;
    listener.is_taken(publish_at(Qos::AtLeastOnce, says, "on its way")).await;
    let before = listener.message().await;
    match wish {
        Some(qos) => listen(&mut listener, crate::corner::wish(hears, qos)).await,
        None => drop(listener.unsubscribe(&[hears]).await),
    }
    drop(listener);
    let mut listener = device.connect().await;
    comes_again(&mut listener, &before).await;
    listener.acknowledge(&before).await;
    listener.is_quiet().await;
    listener
}

#[tokio::test]
pub(crate) async fn what_comes_again_has_its_qos_whatever_its_subscription_has_become() {
    for version in BOTH {
        let corner = Corner::open().await;
        let topic = corner.topic("tea");
        comes_after(&corner, version, &topic, &topic, Some(Qos::AtMostOnce)).await;
    }
}

#[tokio::test]
pub(crate) async fn what_comes_again_of_a_room_has_its_qos_whatever_its_subscription_has_become() {
    for version in BOTH {
        let corner = Corner::open().await;
        let _room = TEA.lock().await;
        comes_after(&corner, version, "rooms/tea/say", "rooms/tea/said", Some(Qos::AtMostOnce)).await;
    }
}

#[tokio::test]
pub(crate) async fn what_was_begun_of_a_room_comes_again_even_if_nobody_wants_it_any_more() {
    for version in BOTH {
        let corner = Corner::open().await;
        let _room = TEA.lock().await;
        comes_after(&corner, version, "rooms/tea/say", "rooms/tea/said", None).await;
    }
}

#[tokio::test]
pub(crate) async fn nothing_is_sent_again_on_the_same_connection() {
    for version in BOTH {
        let corner = Corner::open().await;
        let qos = [Qos::AtLeastOnce, Qos::ExactlyOnce];
        let (_, mut listener, _) = under_way(&corner, version, &qos).await;
        let mut speaker = corner.client(version, "speaker").await;
        for number in 2..5 {
            speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), number.to_string())).await;
            let heard = listener.message().await;
            assert_eq!((&heard.payload[..], heard.dup), (number.to_string().as_bytes(), false));
        }
        listener.is_quiet().await;
    }
}

#[tokio::test]
pub(crate) async fn a_message_that_was_received_is_not_sent_again_but_its_pubrel_is() {
    for version in BOTH {
        let corner = Corner::open().await;
        let (device, mut listener, sent) = under_way(&corner, version, &[Qos::ExactlyOnce; 2]).await;
        let ids: Vec<PacketId> = sent.iter().filter_map(|publish| publish.packet_id).collect();
        for id in &ids {
            listener.send(Packet::Pubrec(acknowledge(*id))).await;
            let Packet::Pubrel(pubrel) = listener.next().await else { panic!("no PUBREL") };
            assert_eq!(pubrel.packet_id, *id);
        }
        drop(listener);
        for _ in 0..2 {
            // Until its PUBCOMP it comes again, with each connection.
            let mut listener = device.connect().await;
            for id in &ids {
                let Packet::Pubrel(pubrel) = listener.next().await else { panic!("no PUBREL") };
                assert_eq!(pubrel.packet_id, *id);
            }
            listener.is_quiet().await;
        }
        let mut listener = device.connect().await;
        for id in &ids {
            assert!(matches!(listener.next().await, Packet::Pubrel(_)));
            listener.send(Packet::Pubcomp(acknowledge(*id))).await;
        }
        listener.is_quiet().await;
        listener.leave().await;
        device.connect().await.is_quiet().await; // now it is done
    }
}

#[tokio::test]
pub(crate) async fn a_pubrec_that_comes_again_is_answered_again() {
    for version in BOTH {
        let corner = Corner::open().await;
        let (_, mut listener, sent) = under_way(&corner, version, &[Qos::ExactlyOnce]).await;
        let id = sent[0].packet_id.expect("it has one");
        for _ in 0..3 {
            listener.send(Packet::Pubrec(acknowledge(id))).await;
            assert_eq!(listener.next().await, Packet::Pubrel(acknowledge(id)));
        }
    }
}

#[tokio::test]
pub(crate) async fn a_message_that_its_client_refused_is_not_sent_again() {
    let corner = Corner::open().await;
    let qos = [Qos::AtLeastOnce, Qos::ExactlyOnce];
    let (device, mut listener, sent) = under_way(&corner, Version::V5, &qos).await;
    let refusal = |place: usize| {
        let id = sent[place].packet_id.expect("it has one");
        Acknowledge::new(id, ReasonCode::UnspecifiedError)
    };
    listener.send_all([Packet::Puback(refusal(0)), Packet::Pubrec(refusal(1))]).await;
    listener.is_quiet().await; // no PUBREL, either
    drop(listener);
    device.connect().await.is_quiet().await;
}

#[tokio::test]
pub(crate) async fn acknowledgements_for_nothing_harm_nobody() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.client(version, "client").await;
        wire.send_all([Packet::Puback(acknowledge(ID)), Packet::Pubcomp(acknowledge(ID))]).await;
        wire.is_quiet().await;
    }
}
