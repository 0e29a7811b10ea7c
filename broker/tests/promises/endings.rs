//! How connections end, what is said then, and whose will is read.

use crate::stage::*;
use broker::Event;
use broker::application::{Departure, Farewell};
use mqtt::ReasonCode;
use mqtt::packet::{Disconnect, Packet, Qos, Version};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

async fn with_will(stage: &mut Stage, version: Version) -> Client {
    let mut connect = hello(version, "phone");
    connect.will = will();
    let (client, arrival) = stage.client(connect).await;
    assert!(arrival.will.is_some());
    client
}

fn fired(departure: &Departure) -> bool {
    departure.will.as_ref().is_some_and(|will| will.topic == "last/words")
}

fn disconnect(code: ReasonCode) -> Packet {
    Packet::Disconnect(Box::new(Disconnect::new(code)))
}

#[tokio::test]
async fn an_orderly_goodbye_fires_no_will() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let mut client = with_will(&mut stage, version).await;
        client.send(disconnect(ReasonCode::Success)).await;
        client.ends().await;
        let departure = stage.departure().await;
        assert_eq!(departure.farewell, Farewell::ClientLeft);
        assert!(!fired(&departure));
    }
}

#[tokio::test]
async fn a_goodbye_that_asks_for_the_will_fires_it() {
    let mut stage = Stage::start().await;
    let mut client = with_will(&mut stage, Version::V5).await;
    client.send(disconnect(ReasonCode::DisconnectWithWill)).await;
    client.ends().await;
    let departure = stage.departure().await;
    assert_eq!(departure.farewell, Farewell::ClientLeftWithWill);
    assert!(fired(&departure));
}

#[tokio::test]
async fn a_lost_socket_fires_the_will() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        drop(with_will(&mut stage, version).await);
        let departure = stage.departure().await;
        assert_eq!(departure.farewell, Farewell::SocketLost);
        assert!(fired(&departure));
    }
}

#[tokio::test]
async fn silence_past_the_keep_alive_ends_the_connection_and_fires_the_will() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let mut connect = hello(version, "phone");
        connect.keep_alive = 1;
        connect.will = will();
        let (mut client, _) = stage.client(connect).await;
        client.ends_with(ReasonCode::KeepAliveTimeout).await;
        let departure = stage.departure().await;
        assert_eq!(departure.farewell, Farewell::WentSilent);
        assert!(fired(&departure));
    }
}

#[tokio::test]
async fn silence_is_not_the_clients_while_the_server_does_not_listen() {
    let lane = Arc::new(Semaphore::new(0));
    let mut stage = Stage::playing(Script { lane: Arc::clone(&lane), ..Script::default() }).await;
    let mut connect = hello(Version::V3, "phone");
    connect.keep_alive = 1;
    let (mut client, arrival) = stage.client(connect).await;
    client.send(publish(0)).await;
    // Longer than one and a half times the keep alive: had it run on, the connection would be over.
    stage.passes(Duration::from_millis(2_500)).await;
    assert!(!arrival.outbound.is_closed());
    assert_eq!(stage.broker.counters().get(Event::WentSilent), 0);
    lane.add_permits(1);
    stage.published().await;
    client.is_alive().await;
}

#[tokio::test]
async fn a_broken_protocol_fires_the_will() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let mut client = with_will(&mut stage, version).await;
        client.send_bytes(&[0xF0 | 0x0F, 0x00]).await;
        client.ends_with(ReasonCode::MalformedPacket).await;
        let departure = stage.departure().await;
        assert_eq!(departure.farewell, Farewell::Broke(ReasonCode::MalformedPacket));
        assert!(fired(&departure));
    }
}

#[tokio::test]
async fn what_came_before_broken_bytes_is_still_handed_over() {
    let mut stage = Stage::playing(Script { answers: true, ..Script::default() }).await;
    let (mut client, _) = stage.client(hello(Version::V5, "phone")).await;
    let mut bytes = bytes::BytesMut::new();
    mqtt::encode(&publish(1), Version::V5, &mut bytes);
    bytes.extend_from_slice(&[0x00, 0x00]);
    client.send_bytes(&bytes).await;
    assert_eq!(client.puback().await, id(1));
    stage.published().await;
    client.ends_with(ReasonCode::MalformedPacket).await;
}

#[tokio::test]
async fn a_session_may_be_given_another_length_at_the_end_but_not_come_to_life() {
    let mut stage = Stage::start().await;
    let longer = |expiry| {
        let mut disconnect = Disconnect::new(ReasonCode::Success);
        disconnect.session_expiry = Some(expiry);
        Packet::Disconnect(Box::new(disconnect))
    };
    let (mut client, _) = stage.client(hello(Version::V5, "phone")).await;
    client.send(longer(10)).await;
    assert_eq!(stage.departure().await.session_expiry, 10);

    let mut connect = hello(Version::V5, "phone");
    connect.session_expiry = None;
    connect.will = will();
    let (mut client, _) = stage.client(connect).await;
    client.send(longer(10)).await;
    client.ends_with(ReasonCode::ProtocolError).await;
    let departure = stage.departure().await;
    assert_eq!(departure.session_expiry, 0);
    assert!(fired(&departure));
}

#[tokio::test]
async fn a_proof_that_runs_out_ends_the_connection() {
    for version in BOTH {
        let script = Script { expires_in: Some(Duration::from_millis(200)), ..Script::default() };
        let mut stage = Stage::playing(script).await;
        let (mut client, _) = stage.client(hello(version, "phone")).await;
        client.ends_with(ReasonCode::MaximumConnectTime).await;
        assert_eq!(stage.departure().await.farewell, Farewell::Ended(ReasonCode::MaximumConnectTime));
    }
}

#[tokio::test]
async fn a_panic_of_the_application_ends_one_connection_and_no_other() {
    let mut stage = Stage::playing(Script { answers: true, ..Script::default() }).await;
    let (mut bystander, _) = stage.client(hello(Version::V5, "tablet")).await;
    let mut unlucky = with_will(&mut stage, Version::V5).await;
    unlucky.send(publish_with(1, |publish| publish.topic = "panic".into())).await;
    unlucky.ends_with(ReasonCode::UnspecifiedError).await;
    assert!(fired(&stage.departure().await));
    assert_eq!(stage.broker.counters().get(Event::Panicked), 1);
    bystander.send(publish(1)).await;
    assert_eq!(bystander.puback().await, id(1));
    stage.published().await;
    let (mut again, _) = stage.client(hello(Version::V5, "phone")).await;
    again.is_alive().await;
}

#[tokio::test]
async fn a_panic_while_a_device_arrives_leaves_its_seat_free() {
    let stage = Stage::start().await;
    for panics in 1..=2 {
        let mut client = stage.socket().await;
        client.send(Packet::Connect(Box::new(hello(Version::V5, "panics-on-arrival")))).await;
        client.ends().await;
        assert_eq!(stage.broker.counters().get(Event::Panicked), panics);
        assert_eq!(stage.broker.seated(), 0);
    }
}

#[tokio::test]
async fn a_message_sent_just_before_the_socket_closes_is_handed_over() {
    let mut stage = Stage::start().await;
    let (mut client, _) = stage.client(hello(Version::V3, "phone")).await;
    client.send_all([publish(0), disconnect(ReasonCode::Success)]).await;
    drop(client);
    let (publish, _) = stage.published().await;
    assert_eq!(publish.qos, Qos::AtMostOnce);
    assert_eq!(stage.departure().await.farewell, Farewell::ClientLeft);
}

#[tokio::test]
async fn a_client_that_does_not_read_cannot_delay_its_end() {
    let mut stage = Stage::start().await;
    let (client, arrival) = stage.client(hello(Version::V5, "phone")).await;
    let large = bytes::Bytes::from(vec![b'x'; 200_000]);
    let mut position = 0;
    while arrival.outbound.offer(delivery_of(position, large.clone(), Qos::AtMostOnce))
        == broker::outbound::Offer::Taken
        || position < 100
    {
        position += 1;
        arrival.outbound.wake();
        tokio::task::yield_now().await;
    }
    arrival.outbound.end(ReasonCode::AdministrativeAction);
    assert_eq!(stage.departure().await.farewell, Farewell::Ended(ReasonCode::AdministrativeAction));
    drop(client); // it was there all the time
}
