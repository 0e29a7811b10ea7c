//! Clients that read slowly: what waits for them is bounded, and whoever offers is told when there is room.

use crate::stage::*;
use broker::Config;
use broker::outbound::Offer;
use bytes::Bytes;
use mqtt::packet::{Qos, Version};
use std::num::NonZeroU16;

#[tokio::test]
async fn a_slow_reader_is_told_full_and_ready_comes_when_it_reads() {
    let mut stage = Stage::start().await;
    let (mut client, arrival) = stage.client(hello(Version::V5, "phone")).await;
    let outbound = arrival.outbound;
    let large = Bytes::from(vec![b'x'; 60_000]);
    let mut taken = 0;
    // The kernel's buffers take some, then the queue some, and that is all.
    let mut full = 0;
    while full < 100 {
        match outbound.offer(delivery_of(taken, large.clone(), Qos::AtMostOnce)) {
            Offer::Taken => taken += 1,
            Offer::Full => full += 1,
            other => panic!("{other:?}"),
        }
        outbound.wake();
        tokio::task::yield_now().await;
        assert!(taken < 10_000, "the queue has no bound");
    }
    let waiting = outbound.clone();
    let ready = tokio::spawn(async move { waiting.ready().await });
    for _ in 0..taken {
        assert_eq!(client.message().await.payload, large);
    }
    tokio::time::timeout(PATIENCE, ready).await.expect("never ready").unwrap();
    assert_eq!(outbound.offer(delivery(1)), Offer::Taken);
    assert_eq!(stage.acknowledged(usize::try_from(taken).unwrap()).await.len() as u64, taken);
}

#[tokio::test]
async fn what_waits_for_one_client_is_bounded_in_bytes_and_an_empty_queue_takes_anything() {
    let config = Config { queue_bytes: 100_000, ..Config::default() };
    let mut stage = Stage::with(config, Script::default()).await;
    let mut connect = hello(Version::V5, "phone");
    connect.receive_maximum = NonZeroU16::new(1);
    let (mut client, arrival) = stage.client(connect).await;
    offer(&arrival.outbound, 0..1);
    let held = client.message().await.packet_id.unwrap();
    let ten = Bytes::from(vec![b'x'; 10_000]);
    for position in 1..10 {
        let message = delivery_of(position, ten.clone(), Qos::AtLeastOnce);
        assert_eq!(arrival.outbound.offer(message), Offer::Taken);
    }
    assert_eq!(arrival.outbound.offer(delivery_of(10, ten.clone(), Qos::AtLeastOnce)), Offer::Full);
    let mut next = held;
    for _ in 1..10 {
        client.send(puback(next)).await;
        next = client.message().await.packet_id.unwrap();
    }
    let large = delivery_of(10, Bytes::from(vec![b'x'; 200_000]), Qos::AtLeastOnce);
    assert_eq!(arrival.outbound.offer(large), Offer::Taken);
    client.send(puback(next)).await;
    assert_eq!(client.message().await.payload.len(), 200_000);
}

#[tokio::test]
async fn ready_comes_when_the_connection_ends() {
    let config = Config { queue_count: 4, ..Config::default() };
    let mut stage = Stage::with(config, Script::default()).await;
    let mut connect = hello(Version::V5, "phone");
    connect.receive_maximum = NonZeroU16::new(1);
    let (mut client, arrival) = stage.client(connect).await;
    offer(&arrival.outbound, 0..1);
    client.message().await;
    offer(&arrival.outbound, 1..5);
    assert_eq!(arrival.outbound.offer(delivery(5)), Offer::Full);
    let waiting = arrival.outbound.clone();
    let ready = tokio::spawn(async move { waiting.ready().await });
    drop(client);
    tokio::time::timeout(PATIENCE, ready).await.expect("never ready").unwrap();
    assert!(arrival.outbound.is_closed());
}

#[tokio::test]
async fn notices_have_a_small_place_of_their_own() {
    let mut stage = Stage::start().await;
    let mut connect = hello(Version::V5, "phone");
    connect.receive_maximum = NonZeroU16::new(1);
    let (mut client, arrival) = stage.client(connect).await;
    offer(&arrival.outbound, 0..1);
    client.message().await;
    for position in 100..164 {
        assert_eq!(arrival.outbound.notice(delivery(position)), Offer::Taken);
    }
    assert_eq!(arrival.outbound.notice(delivery(164)), Offer::Full);
    assert_eq!(arrival.outbound.offer(delivery(1)), Offer::Taken);
}
