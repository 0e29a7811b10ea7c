//! How hard both sides try.

use crate::drafts::seq;
use crate::talk::Bodies;
use mqtt::ReasonCode;
use mqtt::packet::{Acknowledge, Packet, PacketId, Qos, Version};
use tests::{Wire, World, filter, publish, say, subscribe};

/// Sends a message at QoS 2 and gives its PUBREC.
async fn begin(wire: &mut Wire, id: u16, dup: bool, body: &str) -> Acknowledge {
    let mut message = say("tea", body, &[]);
    (message.qos, message.dup, message.packet_id) = (Qos::ExactlyOnce, dup, PacketId::new(id));
    wire.send(Packet::Publish(Box::new(message))).await;
    match wire.answer().await {
        Packet::Pubrec(pubrec) => pubrec,
        other => panic!("expected a PUBREC, got {other:?}"),
    }
}

/// Sends the PUBREL and gives the code of its PUBCOMP.
async fn finish(wire: &mut Wire, id: u16) -> ReasonCode {
    let id = PacketId::new(id).expect("an id");
    wire.send(Packet::Pubrel(Acknowledge::new(id, ReasonCode::Success))).await;
    match wire.answer().await {
        Packet::Pubcomp(pubcomp) if pubcomp.packet_id == id => pubcomp.code,
        other => panic!("expected a PUBCOMP, got {other:?}"),
    }
}

#[tokio::test]
async fn a_message_of_any_qos_is_said_and_heard_at_qos_1_at_most() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    for version in [Version::V3, Version::V5] {
        let mut ann = world.device("ann", "phone").version(version).connect().await;
        let mut bo = world.device("bo", "phone").version(version).connect().await;
        let mut wanted = filter("rooms/tea/said");
        wanted.qos = Qos::ExactlyOnce;
        assert_eq!(bo.subscribe(subscribe([wanted])).await.codes, [ReasonCode::GrantedQos1]);

        let mut unsure = publish("rooms/tea/say", "at most once");
        unsure.qos = Qos::AtMostOnce;
        ann.send(Packet::Publish(Box::new(unsure))).await;
        ann.publish(publish("rooms/tea/say", "at least once")).await;
        begin(&mut ann, 77, false, "exactly once").await;
        assert_eq!(finish(&mut ann, 77).await, ReasonCode::Success);

        let heard = bo.hear_all(3).await;
        assert_eq!(heard.bodies(), ["at most once", "at least once", "exactly once"]);
        assert!(heard.iter().all(|entry| entry.publish.qos == Qos::AtLeastOnce));
        ann.leave().await;
        bo.leave().await;
    }
}

#[tokio::test]
async fn who_subscribes_at_qos_0_hears_at_qos_0() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    let mut wanted = filter("rooms/tea/said");
    wanted.qos = Qos::AtMostOnce;
    assert_eq!(ann.subscribe(subscribe([wanted])).await.codes, [ReasonCode::Success]);

    ann.is_taken(say("tea", "hello", &[])).await;
    assert_eq!(ann.message().await.qos, Qos::AtMostOnce);
}

#[tokio::test]
async fn qos_2_makes_no_doubles_over_reconnects_and_restarts() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let phone = world.device("ann", "phone").lasting();
    let mut bo = world.device("bo", "phone").lasting().connect().await;
    bo.listens("rooms/tea/said").await;

    let mut ann = phone.connect().await;
    let first = begin(&mut ann, 7, false, "once").await;
    drop(ann);
    let mut ann = phone.connect().await;
    let again = begin(&mut ann, 7, true, "once").await;
    assert_eq!(seq(&again), seq(&first));
    world.kill_9();
    world.restart().await;
    let mut ann = phone.connect().await;
    let once_more = begin(&mut ann, 7, true, "once").await;
    assert_eq!(seq(&once_more), seq(&first));
    assert_eq!(finish(&mut ann, 7).await, ReasonCode::Success);
    // Released: the id may stand for something new.
    let next = begin(&mut ann, 7, false, "twice").await;
    assert_eq!(seq(&next), seq(&first) + 1);
}

#[tokio::test]
async fn a_pubrel_for_nothing_is_answered() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    assert_eq!(finish(&mut ann, 9).await, ReasonCode::PacketIdentifierNotFound);
    begin(&mut ann, 9, false, "hello").await;
    assert_eq!(finish(&mut ann, 9).await, ReasonCode::Success);
    assert_eq!(finish(&mut ann, 9).await, ReasonCode::PacketIdentifierNotFound);
}

#[tokio::test]
async fn what_is_sent_again_with_dup_is_not_said_again() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let phone = world.device("ann", "phone").lasting();
    let mut message = say("tea", "hello", &[]);
    message.packet_id = PacketId::new(5);

    let first = phone.connect().await.is_taken(message.clone()).await;
    message.dup = true;
    let again = phone.connect().await.is_taken(message.clone()).await;
    world.kill_9();
    world.restart().await;
    let mut ann = phone.connect().await;
    let after_a_restart = ann.is_taken(message.clone()).await;
    message.dup = false;
    let new = ann.is_taken(message).await;

    assert_eq!([seq(&again), seq(&after_a_restart)], [seq(&first); 2]);
    assert_eq!(seq(&new), seq(&first) + 1);
}

#[tokio::test]
async fn pubacks_come_in_the_order_of_the_publishes() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    world.users(["bo"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    // Taken, refused and taken into another room, all in one write.
    let topics = ["rooms/tea/say", "rooms/cellar/say", "users/bo/say", "rooms/tea/read"];
    let packets = (1..=200_u16).map(|id| {
        let mut message = publish(topics[usize::from(id) % topics.len()], "1");
        message.packet_id = PacketId::new(id);
        Packet::Publish(Box::new(message))
    });
    ann.send_all(packets).await;
    for id in 1..=200 {
        assert_eq!(ann.puback().await.packet_id.get(), id);
    }
}
