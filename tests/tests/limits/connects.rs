//! More connections than one may have, and more often than one may connect.

use mqtt::ReasonCode;
use mqtt::packet::Version;
use tests::{Settings, World};

#[tokio::test]
async fn one_user_may_have_so_many_connections_and_others_are_not_touched() {
    let mut world = World::with(Settings::default().set("limits.connections_per_user", "2")).await;
    world.room("tea", ["ann", "bo"]).await;
    let mut phone = world.device("ann", "phone").connect().await;
    let _desk = world.device("ann", "desk").connect().await;
    let third = world.device("ann", "tablet");
    assert_eq!(third.is_refused().await, ReasonCode::QuotaExceeded);
    assert_eq!(third.clone().v3().is_refused().await, ReasonCode::ServerUnavailable);
    // Who comes back takes their own place.
    let again = world.device("ann", "phone").connect().await;
    phone.ends_with(ReasonCode::SessionTakenOver).await;
    let _bo = world.device("bo", "phone").connect().await;
    again.leave().await;
    third.connect().await.leave().await;
}

#[tokio::test]
async fn two_programs_with_one_client_id_do_not_throw_each_other_out_as_fast_as_they_can() {
    let often = Settings::default().set("limits.connects_per_device", "1").set("limits.turn_within", "0s");
    let mut world = World::with(often).await;
    world.room("tea", ["ann", "bo"]).await;
    for version in [Version::V3, Version::V5] {
        let phone = world.device("ann", &format!("phone {version:?}")).version(version);
        let (mut came, mut last) = (0, None);
        let code = loop {
            let (wire, connack) = phone.try_arrive().await.expect("a CONNACK");
            if connack.code != ReasonCode::Success {
                break connack.code;
            }
            last = Some(wire);
            came += 1;
            assert!(came < 1_000, "nobody was told to stay away");
        };
        let told = match version {
            Version::V3 => ReasonCode::ServerUnavailable,
            Version::V5 => ReasonCode::ConnectionRateExceeded,
        };
        assert_eq!(code, told);
        assert!(came >= 30, "only {came} times");
        // Who was there when another was refused stays there, and the user's other devices come as ever.
        last.expect("somebody came").is_quiet().await;
        world.device("ann", "desk").connect().await.leave().await;
    }
}

#[tokio::test]
async fn a_device_that_comes_too_often_waits_for_its_turn_and_gets_in() {
    let mut world = World::with(Settings::default().set("limits.connects_per_device", "20")).await;
    world.room("tea", ["ann"]).await;
    let phone = world.device("ann", "phone");
    for _ in 0..50 {
        phone.connect().await.leave().await;
    }
}

#[tokio::test]
async fn administrators_see_for_which_reason_how_many_were_refused_or_ended() {
    let settings =
        Settings::default().set("limits.connections_per_user", "1").set("mqtt.status_interval", "1s");
    let mut world = World::with(settings).await;
    world.users(["ann"]).await;
    let mut root = world.administrator("root").await.connect().await;
    root.listens("$SYS/broker/reasons/+").await;
    let phone = world.device("ann", "phone").connect().await;
    let tablet = world.device("ann", "tablet");
    tablet.is_refused().await;
    tablet.v3().is_refused().await;
    loop {
        let value = root.message().await;
        let number = String::from_utf8_lossy(&value.payload).into_owned();
        assert_eq!(value.topic, "$SYS/broker/reasons/0x97");
        if number == "2" {
            break;
        }
    }
    phone.leave().await;
}
