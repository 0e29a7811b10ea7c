//! The server goes, in order.

use mqtt::ReasonCode;
use mqtt::packet::{Packet, PacketId};
use tests::{World, say};

#[tokio::test]
async fn on_sigterm_clients_are_told_and_the_program_ends_well() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let mut new = world.device("ann", "new").connect().await;
    let mut old = world.device("bo", "old").v3().connect().await;
    let (status, ..) = tokio::join!(
        world.terminate(),
        new.ends_with(ReasonCode::ServerShuttingDown),
        old.ends_with(ReasonCode::ServerShuttingDown),
    );
    assert!(status.success(), "{status}");
    assert!(!world.data().join("addresses").exists(), "nobody is there");
    world.restart().await;
    world.device("ann", "new").connect().await.is_alive().await;
}

#[tokio::test]
async fn a_browser_is_told_too() {
    let mut world = World::start().await;
    world.users(["ann"]).await;
    let hello = world.device("ann", "browser").hello;
    let mut browser = tests::WebSocket::open(world.http).await;
    browser.send(Packet::Connect(Box::new(hello))).await;
    assert!(matches!(browser.next().await, Packet::Connack(_)));
    let (status, packet) = tokio::join!(world.terminate(), browser.next());
    assert!(status.success(), "{status}");
    let Packet::Disconnect(bye) = packet else { panic!("expected a DISCONNECT, got {packet:?}") };
    assert_eq!(bye.code, ReasonCode::ServerShuttingDown);
}

#[tokio::test]
async fn a_client_that_does_not_read_cannot_stop_the_end() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let mut deaf = world.device("bo", "phone").connect().await;
    deaf.listens("rooms/tea/said").await;
    let mut ann = world.device("ann", "phone").connect().await;
    for _ in 0..200 {
        ann.is_taken(say("tea", &"x".repeat(60_000), &[])).await;
    }
    assert!(world.terminate().await.success());
    drop(deaf);
}

#[tokio::test]
async fn what_was_acknowledged_during_the_end_is_in_the_log() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    let packets = (1..=250_u16).map(|id| {
        let mut message = say("tea", &id.to_string(), &[]);
        message.packet_id = PacketId::new(id);
        Packet::Publish(Box::new(message))
    });
    ann.send_all(packets).await;
    world.server().signal("TERM");
    let mut acknowledged = 0;
    while let Some(packet) = ann.next_or_end().await {
        match packet {
            Packet::Puback(_) => acknowledged += 1,
            Packet::Disconnect(bye) => assert_eq!(bye.code, ReasonCode::ServerShuttingDown),
            other => panic!("unexpected {other:?}"),
        }
    }
    assert!(world.server_mut().ends(std::time::Duration::from_secs(10)).await.success());
    world.restart().await;

    let mut ann = world.device("ann", "phone").connect().await;
    ann.subscribes_with("rooms/tea/said", &[("since", "1")]).await;
    let heard = ann.hear_all(acknowledged).await;
    for (entry, number) in heard.iter().zip(1..) {
        assert_eq!(entry.body(), number.to_string());
    }
}
