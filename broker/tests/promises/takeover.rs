//! One connection for each device of a user.

use crate::stage::*;
use broker::application::Farewell;
use broker::{Config, Event};
use mqtt::ReasonCode;
use mqtt::packet::Version;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

#[tokio::test]
async fn the_older_connection_hears_that_it_was_taken_over_and_is_gone_first() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let mut connect = hello(version, "phone");
        connect.will = will();
        let (mut older, _) = stage.client(connect.clone()).await;
        let mut newer = Client::connect(stage.address, connect).await;
        older.ends_with(ReasonCode::SessionTakenOver).await;
        let Heard::Gone(departure) = stage.heard().await else { panic!("the older one is not gone first") };
        assert_eq!(departure.farewell, Farewell::TakenOver);
        assert!(departure.will.is_some(), "whether it is due is for the application to say");
        stage.arrival().await;
        newer.is_alive().await;
    }
}

#[tokio::test]
async fn the_newcomer_does_not_sit_before_the_application_has_said_goodbye() {
    let door = Arc::new(Semaphore::new(0));
    let mut stage = Stage::playing(Script { door: Arc::clone(&door), ..Script::default() }).await;
    let (mut older, _) = stage.client(hello(Version::V5, "phone")).await;
    let newcomer = tokio::spawn(Client::connect(stage.address, hello(Version::V5, "phone")));
    older.ends_with(ReasonCode::SessionTakenOver).await;
    // A newcomer that did not wait would be here by then.
    stage.passes(Duration::from_millis(100)).await;
    assert!(stage.heard_nothing_more());
    door.add_permits(1);
    assert!(matches!(stage.heard().await, Heard::Gone(_)));
    stage.arrival().await;
    newcomer.await.unwrap().is_alive().await;
}

#[tokio::test]
async fn a_newcomer_does_not_wait_for_ever() {
    let door = Arc::new(Semaphore::new(0));
    let config = Config { takeover_within: Duration::from_millis(100), ..Config::default() };
    let mut stage = Stage::with(config, Script { door: Arc::clone(&door), ..Script::default() }).await;
    let (_older, _) = stage.client(hello(Version::V5, "phone")).await;
    let (mut newer, connack) = Client::try_connect(stage.address, hello(Version::V5, "phone")).await;
    assert_eq!(connack.code, ReasonCode::ServerBusy);
    newer.ends().await;
    assert_eq!(stage.broker.counters().get(Event::RefusedSeat), 1);
    door.add_permits(2);
    assert!(matches!(stage.heard().await, Heard::Gone(_)));
    let (mut later, _) = stage.client(hello(Version::V5, "phone")).await;
    later.is_alive().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_takeovers_leaves_exactly_one() {
    let stage = Stage::start().await;
    let mut storm = tokio::task::JoinSet::new();
    for _ in 0..60 {
        storm.spawn(async move { Client::try_connect(stage.address, hello(Version::V5, "phone")).await });
    }
    let mut living = 0;
    let mut clients = storm.join_all().await;
    for (client, connack) in &mut clients {
        if connack.code != ReasonCode::Success {
            assert_eq!(connack.code, ReasonCode::ServerBusy);
            continue;
        }
        client.send(mqtt::packet::Packet::Pingreq).await;
        match client.next().await {
            mqtt::packet::Packet::Pingresp => living += 1,
            mqtt::packet::Packet::Disconnect(why) => assert_eq!(why.code, ReasonCode::SessionTakenOver),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(living, 1);
    assert_eq!(stage.broker.seated(), 1);
}

#[tokio::test]
async fn two_users_may_call_their_devices_the_same() {
    let mut stage = Stage::start().await;
    let of = |user: &str| {
        let mut connect = hello(Version::V5, "phone");
        connect.user_name = Some(user.into());
        connect
    };
    let (mut ann, _) = stage.client(of("ann")).await;
    let (mut bo, _) = stage.client(of("bo")).await;
    ann.is_alive().await;
    bo.is_alive().await;
    assert_eq!(stage.broker.end_user("ann", ReasonCode::AdministrativeAction), 1);
    ann.ends_with(ReasonCode::AdministrativeAction).await;
    bo.is_alive().await;
}

#[tokio::test]
async fn a_seat_is_free_after_its_connection() {
    let mut stage = Stage::start().await;
    let (client, _) = stage.client(hello(Version::V5, "phone")).await;
    assert_eq!(stage.broker.seated(), 1);
    drop(client);
    stage.departure().await;
    // The seat is freed right after the application has heard of the departure.
    let (_again, _) = stage.client(hello(Version::V5, "phone")).await;
    assert_eq!(stage.broker.counters().get(Event::TakenOver), 0);
}
