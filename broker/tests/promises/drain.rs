//! The end of the server.

use crate::stage::*;
use broker::Event;
use broker::application::{Farewell, Outcome};
use mqtt::ReasonCode;
use mqtt::packet::{Packet, Version};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

fn soon() -> Instant {
    Instant::now() + PATIENCE
}

#[tokio::test]
async fn a_drain_says_goodbye_to_everybody_and_waits_until_they_are_gone() {
    let mut stage = Stage::start().await;
    let mut connect = hello(Version::V5, "phone");
    connect.will = will();
    let (mut five, _) = stage.client(connect).await;
    let (mut three, _) = stage.client(hello(Version::V3, "tablet")).await;
    let mut silent = stage.socket().await;
    five.send(publish(1)).await;
    stage.published().await.1.give(Outcome::success());

    let broker = stage.broker.clone();
    let draining = tokio::spawn(async move { broker.drain(soon()).await });
    assert_eq!(five.puback().await, id(1));
    five.ends_with(ReasonCode::ServerShuttingDown).await;
    three.ends().await;
    silent.ends().await;
    drop((five, three, silent));
    for _ in 0..2 {
        let departure = stage.departure().await;
        assert_eq!(departure.farewell, Farewell::Draining);
        assert!(departure.will.is_none(), "they are about to come back");
    }
    assert_eq!(draining.await.unwrap(), 0);
    assert_eq!(stage.broker.counters().get(Event::Drained), 2);
    assert_eq!((stage.broker.open(), stage.broker.seated()), (0, 0));
}

#[tokio::test]
async fn what_was_handed_over_before_a_drain_is_answered_before_the_end() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let (mut client, arrival) = stage.client(hello(version, "phone")).await;
        client.send_all([publish(1), publish(2)]).await;
        let (_, first) = stage.published().await;
        let (_, second) = stage.published().await;
        let broker = stage.broker.clone();
        let draining = tokio::spawn(async move { broker.drain(soon()).await });
        while !arrival.outbound.is_closed() {
            tokio::task::yield_now().await;
        }
        second.give(Outcome::success());
        tokio::task::yield_now().await; // nobody is in a hurry: the line stands until the first is answered
        first.give(Outcome::success());
        assert_eq!(client.puback().await, id(1));
        assert_eq!(client.puback().await, id(2));
        client.ends_with(ReasonCode::ServerShuttingDown).await;
        drop(client);
        assert_eq!(draining.await.unwrap(), 0);
    }
}

#[tokio::test]
async fn nobody_comes_in_while_the_server_drains() {
    let stage = Stage::start().await;
    stage.broker.drain(soon()).await;
    for version in BOTH {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let broker = stage.broker.clone();
        let serving = tokio::spawn(async move {
            let (socket, peer) = listener.accept().await.unwrap();
            broker.serve_stream(socket, peer).await;
        });
        let mut late = Client::open(address, version).await;
        let mut bytes = bytes::BytesMut::new();
        mqtt::encode(&Packet::Connect(Box::new(hello(version, "late"))), version, &mut bytes);
        late.send_bytes(&bytes).await;
        // Either it is told (a CONNACK has no word for shutting down), or it was too late even for that.
        match late.next_or_end().await {
            Some(Packet::Connack(connack)) => assert_eq!(connack.code, ReasonCode::ServerUnavailable),
            other => assert_eq!(other, None),
        }
        drop(late);
        serving.await.unwrap();
    }
    assert_eq!(stage.broker.counters().get(Event::Connected), 0);
    assert_eq!(stage.broker.counters().get(Event::RefusedDraining), 2);
}

#[tokio::test]
async fn a_drain_ends_at_its_deadline_and_says_how_many_are_left() {
    let door = Arc::new(Semaphore::new(0));
    let mut stage = Stage::playing(Script { door, ..Script::default() }).await;
    let (_client, _) = stage.client(hello(Version::V5, "phone")).await;
    assert_eq!(stage.broker.drain(Instant::now() + Duration::from_millis(200)).await, 1);
}

#[tokio::test]
async fn a_drain_does_not_wait_for_a_client_that_does_not_read() {
    let mut stage = Stage::start().await;
    let (_client, arrival) = stage.client(hello(Version::V5, "phone")).await;
    let large = bytes::Bytes::from(vec![b'x'; 200_000]);
    for position in 0..200 {
        let _ = arrival.outbound.offer(delivery_of(position, large.clone(), mqtt::packet::Qos::AtMostOnce));
        arrival.outbound.wake();
        tokio::task::yield_now().await;
    }
    assert_eq!(stage.broker.drain(soon()).await, 0);
    assert_eq!(stage.departure().await.farewell, Farewell::Draining);
}
