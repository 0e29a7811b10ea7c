//! What is sent to a client: in order, inside its window, again after a reconnect.

use crate::stage::*;
use broker::application::{Acknowledged, Farewell};
use broker::outbound::Offer;
use bytes::Bytes;
use mqtt::ReasonCode;
use mqtt::packet::{Acknowledge, Packet, Qos, Version};
use std::num::{NonZeroU16, NonZeroU32};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

#[tokio::test]
async fn deliveries_arrive_in_the_order_they_were_offered_and_are_told_when_acknowledged() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let (mut client, arrival) = stage.client(hello(version, "phone")).await;
        offer(&arrival.outbound, 0..100);
        for expected in 0..100 {
            let message = client.message().await;
            assert_eq!((position(&message), message.dup), (expected, false));
            client.send(puback(message.packet_id.unwrap())).await;
        }
        let done = stage.acknowledged(100).await;
        let expected = (0..100).map(|position| Acknowledged { mark: mark(position), by_device: true });
        assert_eq!(done, expected.collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_qos_0_delivery_is_done_when_it_is_written_and_not_by_the_device() {
    let mut stage = Stage::start().await;
    let (mut client, arrival) = stage.client(hello(Version::V5, "phone")).await;
    assert_eq!(arrival.outbound.offer(delivery_at(3, Qos::AtMostOnce)), Offer::Taken);
    arrival.outbound.wake();
    assert_eq!(client.message().await.packet_id, None);
    assert_eq!(stage.acknowledged(1).await, [Acknowledged { mark: mark(3), by_device: false }]);
}

#[tokio::test]
async fn deliveries_never_exceed_the_receive_maximum_of_the_client() {
    let mut stage = Stage::start().await;
    let mut connect = hello(Version::V5, "phone");
    connect.receive_maximum = NonZeroU16::new(3);
    let (mut client, arrival) = stage.client(connect).await;
    offer(&arrival.outbound, 0..5);
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(client.message().await.packet_id.unwrap());
    }
    client.is_alive().await; // no fourth message before the PINGRESP
    client.send(puback(ids[1])).await; // out of order is fine
    assert_eq!(position(&client.message().await), 3);
    client.is_alive().await;
    client.send_all([puback(ids[0]), puback(ids[2])]).await;
    assert_eq!(position(&client.message().await), 4);
}

#[tokio::test]
async fn a_puback_for_no_message_is_ignored() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let (mut client, _) = stage.client(hello(version, "phone")).await;
        client.send(puback(id(4321))).await;
        client.is_alive().await;
        assert!(stage.heard_nothing_more());
    }
}

#[tokio::test]
async fn packet_ids_begin_where_the_application_says_and_skip_those_in_use() {
    let script = Script {
        first_packet_id: 65_534,
        redeliver: Mutex::new(vec![(id(65_535), delivery(1)), (id(2), delivery(2))]),
        ..Script::default()
    };
    let mut stage = Stage::playing(script).await;
    let (mut client, arrival) = stage.client(hello(Version::V5, "phone")).await;
    offer(&arrival.outbound, 3..6);
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(client.message().await.packet_id.unwrap().get());
    }
    assert_eq!(ids, [65_535, 2, 65_534, 1, 3]);
}

#[tokio::test]
async fn what_was_not_acknowledged_comes_again_with_its_id_and_dup_before_anything_new() {
    for version in BOTH {
        let script = Script {
            session_present: true,
            redeliver: Mutex::new(vec![(id(40), delivery(1)), (id(7), delivery(2))]),
            ..Script::default()
        };
        let mut stage = Stage::playing(script).await;
        let (mut client, connack) = Client::try_connect(stage.address, hello(version, "phone")).await;
        assert!(connack.session_present);
        let arrival = stage.arrival().await;
        assert_eq!(arrival.outbound.notice(delivery(90)), Offer::Taken);
        offer(&arrival.outbound, 3..4);
        let mut seen = Vec::new();
        for _ in 0..4 {
            let message = client.message().await;
            seen.push((position(&message), message.dup));
            client.send(puback(message.packet_id.unwrap())).await;
        }
        assert_eq!(seen, [(1, true), (2, true), (90, false), (3, false)]);
    }
}

#[tokio::test]
async fn a_departure_lists_what_was_sent_and_what_was_not_in_order() {
    let mut stage = Stage::start().await;
    let mut connect = hello(Version::V5, "phone");
    connect.receive_maximum = NonZeroU16::new(2);
    let (mut client, arrival) = stage.client(connect).await;
    offer(&arrival.outbound, 0..4);
    let first = client.message().await.packet_id.unwrap();
    let second = client.message().await.packet_id.unwrap();
    client.is_alive().await;
    assert_eq!(arrival.outbound.notice(delivery(90)), Offer::Taken);
    let mut marks = Vec::new();
    arrival.outbound.unacknowledged(|mark| marks.push(mark.position));
    assert_eq!(marks, [0, 1, 90, 2, 3]);
    drop(client);
    let departure = stage.departure().await;
    assert_eq!(departure.in_flight, [(first, mark(0)), (second, mark(1))]);
    assert_eq!(departure.queued, [mark(2), mark(3)]);
    assert_eq!(departure.notices.len(), 1);
    assert_eq!(departure.notices[0].mark, mark(90));
    assert_eq!(arrival.outbound.offer(delivery(5)), Offer::Closed);
}

#[tokio::test]
async fn a_notice_that_was_sent_and_not_acknowledged_comes_back_whole() {
    let mut stage = Stage::start().await;
    let (mut client, arrival) = stage.client(hello(Version::V3, "phone")).await;
    assert_eq!(arrival.outbound.notice(delivery(90)), Offer::Taken);
    arrival.outbound.wake();
    let sent = client.message().await.packet_id.unwrap();
    drop(client);
    let departure = stage.departure().await;
    assert_eq!(departure.in_flight, [(sent, mark(90))]);
    assert_eq!(departure.notices[0].frame.payload(), &Bytes::from_static(b"90"));
}

#[tokio::test]
async fn a_message_larger_than_the_client_takes_never_fits() {
    let mut stage = Stage::start().await;
    let mut connect = hello(Version::V5, "phone");
    connect.maximum_packet_size = NonZeroU32::new(100);
    let (mut client, arrival) = stage.client(connect).await;
    let large = delivery_of(1, Bytes::from(vec![b'x'; 100]), Qos::AtLeastOnce);
    assert_eq!(arrival.outbound.offer(large.clone()), Offer::NeverFits);
    assert_eq!(arrival.outbound.notice(large), Offer::NeverFits);
    offer(&arrival.outbound, 2..3);
    assert_eq!(position(&client.message().await), 2);
}

#[tokio::test]
async fn a_message_that_expired_in_the_queue_is_not_sent_and_counts_as_done() {
    let mut stage = Stage::start().await;
    let (mut client, arrival) = stage.client(hello(Version::V5, "phone")).await;
    let past = SystemTime::now() - Duration::from_secs(1);
    let future = SystemTime::now() + Duration::from_secs(100);
    let mut old = delivery(1);
    old.expires_at = Some(past);
    let mut fresh = delivery(2);
    fresh.expires_at = Some(future);
    assert_eq!(arrival.outbound.offer(old), Offer::Taken);
    assert_eq!(arrival.outbound.offer(fresh), Offer::Taken);
    arrival.outbound.wake();
    let message = client.message().await;
    assert_eq!(position(&message), 2);
    assert!(message.properties.message_expiry.is_some_and(|left| (1..=100).contains(&left)));
    assert_eq!(stage.acknowledged(1).await, [Acknowledged { mark: mark(1), by_device: false }]);
}

#[tokio::test]
async fn an_expired_message_counts_as_done_even_if_nothing_else_is_sent() {
    let mut stage = Stage::start().await;
    let (_client, arrival) = stage.client(hello(Version::V3, "phone")).await;
    let mut old = delivery(1);
    old.expires_at = Some(SystemTime::UNIX_EPOCH);
    assert_eq!(arrival.outbound.offer(old), Offer::Taken);
    arrival.outbound.wake();
    assert_eq!(stage.acknowledged(1).await, [Acknowledged { mark: mark(1), by_device: false }]);
}

#[tokio::test]
async fn a_message_that_was_sent_once_comes_again_even_if_it_expired_meanwhile() {
    let mut old = delivery_at(1, Qos::ExactlyOnce);
    old.expires_at = Some(SystemTime::UNIX_EPOCH);
    let script = Script { redeliver: Mutex::new(vec![(id(40), old)]), ..Script::default() };
    let mut stage = Stage::playing(script).await;
    let (mut client, _arrival) = stage.client(hello(Version::V5, "phone")).await;
    let message = client.message().await;
    assert_eq!((message.packet_id, message.dup), (Some(id(40)), true));
    assert_eq!(message.properties.message_expiry, Some(0), "nothing is left of it");
}

#[tokio::test]
async fn a_message_that_comes_again_is_above_qos_0_whatever_its_subscription_has_become() {
    for version in BOTH {
        let again = (id(40), delivery_at(1, Qos::AtMostOnce));
        let script = Script { redeliver: Mutex::new(vec![again]), ..Script::default() };
        let mut stage = Stage::playing(script).await;
        let (mut client, _arrival) = stage.client(hello(version, "phone")).await;
        let message = client.message().await;
        assert_eq!((message.qos, message.packet_id, message.dup), (Qos::AtLeastOnce, Some(id(40)), true));
        client.send(puback(id(40))).await;
        assert_eq!(stage.acknowledged(1).await, [Acknowledged { mark: mark(1), by_device: true }]);
    }
}

#[tokio::test]
async fn a_qos_2_delivery_takes_four_steps_and_is_done_at_pubrec() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let (mut client, arrival) = stage.client(hello(version, "phone")).await;
        assert_eq!(arrival.outbound.offer(delivery_at(1, Qos::ExactlyOnce)), Offer::Taken);
        arrival.outbound.wake();
        let sent = client.message().await.packet_id.unwrap();
        let step = |code| Acknowledge::new(sent, code);
        for _ in 0..2 {
            client.send(Packet::Pubrec(step(ReasonCode::Success))).await;
            assert_eq!(client.next().await, Packet::Pubrel(step(ReasonCode::Success)));
        }
        assert_eq!(stage.acknowledged(1).await, [Acknowledged { mark: mark(1), by_device: true }]);
        client.send(Packet::Pubcomp(step(ReasonCode::Success))).await;
        client.send(Packet::Pubrec(step(ReasonCode::Success))).await;
        let Packet::Pubrel(pubrel) = client.next().await else { panic!("no PUBREL") };
        if version == Version::V5 {
            assert_eq!(pubrel.code, ReasonCode::PacketIdentifierNotFound);
        }
        assert!(stage.heard_nothing_more());
    }
}

#[tokio::test]
async fn subscription_identifiers_reach_mqtt_5_only() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let (mut client, arrival) = stage.client(hello(version, "phone")).await;
        let mut message = delivery(1);
        message.subscription_ids = Some(vec![5, 300].into());
        assert_eq!(arrival.outbound.offer(message), Offer::Taken);
        arrival.outbound.wake();
        let expected: &[u32] = if version == Version::V5 { &[5, 300] } else { &[] };
        assert_eq!(client.message().await.properties.subscription_ids, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_messages_a_client_acknowledges_in_batches_all_arrive() {
    let mut stage = Stage::start().await;
    let (mut client, arrival) = stage.client(hello(Version::V3, "phone")).await;
    let outbound = arrival.outbound.clone();
    let offering = tokio::spawn(async move {
        for position in 0..5_000 {
            while outbound.offer(delivery(position)) == Offer::Full {
                outbound.wake();
                outbound.ready().await;
            }
        }
        outbound.wake();
    });
    let mut ids = Vec::new();
    for expected in 0..5_000 {
        let message = client.message().await;
        assert_eq!(position(&message), expected);
        ids.push(puback(message.packet_id.unwrap()));
        if ids.len() == 100 {
            client.send_all(ids.drain(..)).await;
        }
    }
    offering.await.unwrap();
    assert_eq!(stage.acknowledged(5_000).await.len(), 5_000);
    drop(client);
    let departure = stage.departure().await;
    assert_eq!(departure.farewell, Farewell::SocketLost);
    assert_eq!((departure.in_flight.len(), departure.queued.len()), (0, 0));
}
