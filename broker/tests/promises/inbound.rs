//! What a client may send, and what becomes of it.

use crate::stage::*;
use broker::application::{Farewell, Outcome};
use mqtt::ReasonCode;
use mqtt::packet::{Acknowledge, Packet, PacketId, Publish, Qos, Suback, Unsubscribe, Version};
use std::num::NonZeroU16;
use std::sync::Arc;
use tokio::sync::Semaphore;

fn exactly_once(number: u16) -> Packet {
    publish_with(number, |publish| publish.qos = Qos::ExactlyOnce)
}

fn pubrel(number: u16) -> Packet {
    Packet::Pubrel(Acknowledge::new(id(number), ReasonCode::Success))
}

fn pubcomp(number: u16, code: ReasonCode) -> Packet {
    Packet::Pubcomp(Acknowledge::new(id(number), code))
}

fn pubrec(number: u16) -> Packet {
    Packet::Pubrec(Acknowledge::new(id(number), ReasonCode::Success))
}

#[tokio::test]
async fn subscriptions_are_granted_one_by_one_and_in_order() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let (mut client, _) = stage.client(hello(version, "phone")).await;
        let Packet::Subscribe(mut wanted) = subscribe(5, &["rooms/+/said", "me/replies"]) else { panic!() };
        wanted.subscription_id = (version == Version::V5).then_some(77);
        wanted.subscriptions[1].qos = Qos::AtMostOnce;
        let unsubscribe = Packet::Unsubscribe(Box::new(Unsubscribe {
            packet_id: id(6),
            filters: vec!["me/replies".into()],
            user_properties: Vec::new(),
        }));
        client.send_all([Packet::Subscribe(wanted), unsubscribe]).await;
        let codes = vec![ReasonCode::GrantedQos1, ReasonCode::Success];
        let suback = Suback { packet_id: id(5), codes, reason: None, user_properties: Vec::new() };
        assert_eq!(client.next().await, Packet::Suback(Box::new(suback)));
        let Packet::Unsuback(unsuback) = client.next().await else { panic!("no UNSUBACK") };
        assert_eq!(unsuback.packet_id, id(6));
        assert_eq!(unsuback.codes.len(), if version == Version::V5 { 1 } else { 0 });
        let subscribed = stage.heard().await;
        assert!(matches!(subscribed, Heard::Subscribed(filters, number)
            if filters == ["rooms/+/said", "me/replies"] && number.is_some() == (version == Version::V5)));
        assert!(matches!(stage.heard().await, Heard::Unsubscribed(filters) if filters == ["me/replies"]));
    }
}

#[tokio::test]
async fn a_qos_2_message_is_handed_over_once_and_answered_in_four_steps() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let (mut client, _) = stage.client(hello(version, "phone")).await;
        client.send_all([exactly_once(3), exactly_once(3)]).await; // the second waits for the first's answer
        let (_, answer) = stage.published().await;
        answer.give(Outcome::success());
        assert_eq!(client.next().await, pubrec(3));
        client.send(exactly_once(3)).await; // and the third gets one of its own
        assert_eq!(client.next().await, pubrec(3));
        client.send(pubrel(3)).await;
        assert_eq!(client.next().await, pubcomp(3, ReasonCode::Success));
        assert!(matches!(stage.heard().await, Heard::Released(released) if released == id(3)));
        client.send(exactly_once(3)).await; // the id is free: a new message
        stage.published().await;
    }
}

#[tokio::test]
async fn a_pubrel_for_nothing_is_answered_all_the_same() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let (mut client, _) = stage.client(hello(version, "phone")).await;
        client.send(pubrel(9)).await;
        let code = match version {
            Version::V5 => ReasonCode::PacketIdentifierNotFound,
            Version::V3 => ReasonCode::Success,
        };
        assert_eq!(client.next().await, pubcomp(9, code));
        assert!(matches!(stage.heard().await, Heard::Released(_)));
    }
}

#[tokio::test]
async fn a_refused_qos_2_message_frees_its_id() {
    let mut stage = Stage::start().await;
    let (mut client, _) = stage.client(hello(Version::V5, "phone")).await;
    client.send(exactly_once(3)).await;
    let outcome = Outcome { code: ReasonCode::NotAuthorized, ..Outcome::success() };
    stage.published().await.1.give(outcome);
    assert_eq!(client.next().await, Packet::Pubrec(Acknowledge::new(id(3), ReasonCode::NotAuthorized)));
    client.send(exactly_once(3)).await;
    stage.published().await;
}

#[tokio::test]
async fn a_qos_2_message_of_an_earlier_connection_is_answered_once_by_the_application() {
    for version in BOTH {
        let mut stage = Stage::playing(Script { unreleased: vec![id(3)], ..Script::default() }).await;
        let (mut client, _) = stage.client(hello(version, "phone")).await;
        client.send_all([exactly_once(3), exactly_once(3)]).await;
        let (again, answer) = stage.published().await; // it has the receipt
        assert_eq!(again.packet_id, PacketId::new(3));
        answer.give(Outcome::success());
        assert_eq!(client.next().await, pubrec(3));
        client.send(exactly_once(3)).await;
        assert_eq!(client.next().await, pubrec(3));
        client.send(pubrel(3)).await;
        assert_eq!(client.next().await, pubcomp(3, ReasonCode::Success));
        assert!(matches!(stage.heard().await, Heard::Released(_)));
        assert!(stage.heard_nothing_more());
    }
}

#[tokio::test]
async fn an_id_that_was_released_is_as_good_as_new() {
    let mut stage = Stage::playing(Script { unreleased: vec![id(3)], ..Script::default() }).await;
    let (mut client, _) = stage.client(hello(Version::V5, "phone")).await;
    client.send(pubrel(3)).await;
    assert_eq!(client.next().await, pubcomp(3, ReasonCode::Success));
    assert!(matches!(stage.heard().await, Heard::Released(_)));
    client.send(exactly_once(3)).await;
    stage.published().await.1.give(Outcome::success());
    assert_eq!(client.next().await, pubrec(3));
    client.send(exactly_once(3)).await; // a repetition on this connection, not of the earlier one
    assert_eq!(client.next().await, pubrec(3));
    assert!(stage.heard_nothing_more());
}

#[tokio::test]
async fn an_alias_stands_for_its_topic_on_this_connection() {
    let mut stage = Stage::playing(Script { answers: true, ..Script::default() }).await;
    let (mut client, _) = stage.client(hello(Version::V5, "phone")).await;
    let aliased = |topic: &str, alias| {
        publish_with(0, |publish| {
            publish.topic = topic.into();
            publish.properties.topic_alias = NonZeroU16::new(alias);
        })
    };
    client.send_all([aliased("a", 1), aliased("b", 16), aliased("", 1), aliased("", 16)]).await;
    client.send_all([aliased("c", 1), aliased("", 1)]).await;
    let mut topics = Vec::new();
    for _ in 0..6 {
        let (Publish { topic, properties, .. }, _) = stage.published().await;
        assert_eq!(properties.topic_alias, None);
        topics.push(topic);
    }
    assert_eq!(topics, ["a", "b", "a", "b", "c", "c"]);
    client.send(aliased("", 2)).await;
    client.ends_with(ReasonCode::ProtocolError).await;
}

#[tokio::test]
async fn an_alias_over_the_maximum_ends_the_connection() {
    let mut stage = Stage::start().await;
    let (mut client, _) = stage.client(hello(Version::V5, "phone")).await;
    client.send(publish_with(0, |publish| publish.properties.topic_alias = NonZeroU16::new(17))).await;
    client.ends_with(ReasonCode::TopicAliasInvalid).await;
}

#[tokio::test]
async fn an_mqtt_5_client_may_use_its_whole_receive_maximum_and_not_one_more() {
    let mut stage = Stage::start().await;
    let (mut client, _) = stage.client(hello(Version::V5, "phone")).await;
    client.send_all((1..=256).map(publish)).await;
    let mut answers = Vec::new();
    for _ in 0..256 {
        answers.push(stage.published().await.1);
    }
    answers.remove(0).give(Outcome::success());
    assert_eq!(client.puback().await, id(1));
    client.send(publish(257)).await;
    answers.push(stage.published().await.1);
    client.send(publish(258)).await;
    client.ends_with(ReasonCode::ReceiveMaximumExceeded).await;
    assert_eq!(stage.departure().await.farewell, Farewell::Broke(ReasonCode::ReceiveMaximumExceeded));
}

#[tokio::test]
async fn qos_2_counts_against_the_receive_maximum_until_pubcomp() {
    let config = broker::Config { receive_maximum: 2, ..broker::Config::default() };
    let mut stage = Stage::with(config, Script { answers: true, ..Script::default() }).await;
    let (mut client, _) = stage.client(hello(Version::V5, "phone")).await;
    client.send_all([exactly_once(1), exactly_once(2)]).await;
    assert_eq!(client.next().await, pubrec(1));
    assert_eq!(client.next().await, pubrec(2));
    client.send(exactly_once(2)).await; // a repetition is not one more
    assert_eq!(client.next().await, pubrec(2));
    client.send(pubrel(1)).await;
    assert_eq!(client.next().await, pubcomp(1, ReasonCode::Success));
    client.send(exactly_once(3)).await;
    assert_eq!(client.next().await, pubrec(3));
    client.send(exactly_once(4)).await;
    client.ends_with(ReasonCode::ReceiveMaximumExceeded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_3_1_1_client_is_paused_at_256_waiting_and_loses_nothing() {
    let mut stage = Stage::start().await;
    let (mut client, _) = stage.client(hello(Version::V3, "phone")).await;
    client.send_all((1..=600).map(publish)).await;
    let mut answers = std::collections::VecDeque::new();
    for _ in 0..256 {
        answers.push_back(stage.published().await.1);
    }
    for number in 1..=600_u16 {
        assert!(stage.heard_nothing_more(), "more than 256 were waiting");
        answers.pop_front().unwrap().give(Outcome::success());
        assert_eq!(client.puback().await, id(number));
        if number <= 600 - 256 {
            answers.push_back(stage.published().await.1);
        }
    }
}

#[tokio::test]
async fn qos_0_is_paused_at_256_waiting_in_both_versions() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let (mut client, _) = stage.client(hello(version, "phone")).await;
        client.send_all((0..300).map(|_| publish(0))).await;
        let mut answers = Vec::new();
        for _ in 0..256 {
            answers.push(stage.published().await.1);
        }
        assert!(stage.heard_nothing_more());
        drop(answers);
        for _ in 256..300 {
            stage.published().await;
        }
        client.is_alive().await;
    }
}

#[tokio::test]
async fn while_the_application_takes_its_time_the_client_still_gets_its_messages() {
    let lane = Arc::new(Semaphore::new(0));
    let mut stage = Stage::playing(Script { lane: Arc::clone(&lane), ..Script::default() }).await;
    let (mut client, arrival) = stage.client(hello(Version::V5, "phone")).await;
    client.send(publish(1)).await;
    for round in 0..3 {
        assert_eq!(arrival.outbound.offer(delivery(round)), broker::outbound::Offer::Taken);
        arrival.outbound.wake();
        assert_eq!(position(&client.message().await), round);
    }
    assert!(stage.heard_nothing_more());
    lane.add_permits(1);
    stage.published().await.1.give(Outcome::success());
    assert_eq!(client.puback().await, id(1));
}

#[tokio::test]
async fn a_client_may_resend_a_qos_1_message_and_the_application_decides() {
    let mut stage = Stage::start().await;
    let (mut client, _) = stage.client(hello(Version::V3, "phone")).await;
    client.send(publish(1)).await;
    client.send(publish_with(1, |publish| publish.dup = true)).await;
    let (first, one) = stage.published().await;
    let (again, two) = stage.published().await;
    assert_eq!((first.dup, again.dup), (false, true));
    one.give(Outcome::success());
    two.give(Outcome::success());
    assert_eq!(client.puback().await, id(1));
    assert_eq!(client.puback().await, id(1));
}

#[tokio::test]
async fn a_message_may_come_byte_by_byte() {
    let mut stage = Stage::start().await;
    let (mut client, _) = stage.client(hello(Version::V5, "phone")).await;
    let mut bytes = bytes::BytesMut::new();
    mqtt::encode(&publish(1), Version::V5, &mut bytes);
    mqtt::encode(&publish(2), Version::V5, &mut bytes);
    for byte in bytes.chunks(1) {
        client.send_bytes(byte).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(stage.published().await.0.packet_id, PacketId::new(1));
    assert_eq!(stage.published().await.0.packet_id, PacketId::new(2));
}

#[tokio::test]
async fn many_small_packets_in_one_write_are_all_handled() {
    let mut stage = Stage::start().await;
    let (mut client, _) = stage.client(hello(Version::V5, "phone")).await;
    let mut bytes = bytes::BytesMut::new();
    (0..20_000).for_each(|_| mqtt::encode(&Packet::Pingreq, Version::V5, &mut bytes));
    client.send_bytes(&bytes).await;
    for _ in 0..20_000 {
        assert_eq!(client.next().await, Packet::Pingresp);
    }
    assert!(stage.heard_nothing_more());
}
