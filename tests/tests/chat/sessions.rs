//! Being away and coming back.

use crate::opening::{bo_listens, tea_for_two};
use crate::talk::Bodies;
use mqtt::ReasonCode;
use mqtt::packet::Version;
use tests::{World, say};

#[tokio::test]
async fn a_device_that_was_away_hears_what_it_missed_before_anything_newer() {
    let (world, mut ann) = tea_for_two().await;
    for version in [Version::V3, Version::V5] {
        let phone = world.device("bo", "phone").version(version).lasting();
        let mut bo = phone.connect().await;
        bo.listens("rooms/+/said").await;
        bo.leave().await;
        for number in 0..300 {
            ann.is_taken(say("tea", &format!("missed {number}"), &[])).await;
        }

        let (mut bo, connack) = phone.arrive().await;
        assert!(connack.session_present);
        // More is said while the replay is under way.
        let (heard, ()) = tokio::join!(bo.hear_all(400), async {
            for number in 300..400 {
                ann.is_taken(say("tea", &format!("missed {number}"), &[])).await;
            }
        });

        for (entry, number) in heard.iter().zip(0..) {
            assert_eq!(entry.body(), format!("missed {number}"), "{version:?}");
            assert!(!entry.publish.dup);
        }
        bo.is_quiet().await;
        phone.clone().clean().connect().await.leave().await;
    }
}

#[tokio::test]
async fn a_device_hears_what_it_missed_after_the_server_was_killed() {
    let (mut world, mut ann) = tea_for_two().await;
    let (phone, mut bo) = bo_listens(&world).await;
    ann.is_taken(say("tea", "one", &[])).await;
    assert_eq!(bo.hear().await.body(), "one");
    bo.leave().await;
    ann.is_taken(say("tea", "two", &[])).await;
    world.kill_9();
    world.restart().await;

    let (mut bo, connack) = phone.arrive().await;
    assert!(connack.session_present);
    // How far bo was is written after he left; a crash may come before, and then he hears it again.
    let mut heard = bo.hear().await;
    if heard.body() == "one" {
        assert!(heard.publish.dup, "it was heard before");
        heard = bo.hear().await;
    }
    assert_eq!(heard.body(), "two");
    bo.is_quiet().await;
}

#[tokio::test]
async fn a_subscription_is_on_disk_before_its_suback() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let phone = world.device("bo", "phone").lasting();
    let mut bo = phone.connect().await;
    bo.listens("rooms/tea/said").await;
    world.kill_9();
    world.restart().await;

    let mut ann = world.device("ann", "phone").connect().await;
    ann.is_taken(say("tea", "hello", &[])).await;
    let (mut bo, connack) = phone.arrive().await;
    assert!(connack.session_present);
    assert_eq!(bo.hear().await.body(), "hello");
}

#[tokio::test]
async fn a_clean_start_begins_at_the_end_of_the_log() {
    let (world, mut ann) = tea_for_two().await;
    let (phone, bo) = bo_listens(&world).await;
    bo.leave().await;
    ann.is_taken(say("tea", "missed", &[])).await;

    let (mut bo, connack) = phone.clone().clean().arrive().await;
    assert!(!connack.session_present);
    bo.is_quiet().await;
    bo.listens("rooms/+/said").await;
    ann.is_taken(say("tea", "new", &[])).await;
    assert_eq!(bo.hear().await.body(), "new");
    bo.is_quiet().await;
}

#[tokio::test]
async fn session_present_is_told_as_it_is() {
    let mut world = World::start().await;
    world.users(["ann"]).await;
    for version in [Version::V3, Version::V5] {
        let phone = world.device("ann", &format!("{version:?}")).version(version).lasting();
        let present = async |device: &tests::Device| {
            let (wire, connack) = device.arrive().await;
            wire.leave().await;
            connack.session_present
        };
        assert!(!present(&phone).await, "{version:?}: it was never here");
        assert!(present(&phone).await, "{version:?}: it lasts");
        assert!(!present(&phone.clone().clean()).await, "{version:?}: a clean start");
    }
}

#[tokio::test]
async fn a_session_without_expiry_ends_with_its_connection() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut brief = world.device("ann", "phone");
    brief.hello.clean_start = false;
    let mut ann = brief.connect().await;
    ann.listens("rooms/+/said").await;
    ann.leave().await;
    let (mut ann, connack) = brief.arrive().await;
    assert!(!connack.session_present);
    ann.is_taken(say("tea", "does anybody hear me?", &[])).await;
    ann.is_quiet().await;
}

#[tokio::test]
async fn every_device_of_a_user_hears_and_has_its_own_place() {
    let (world, mut ann) = tea_for_two().await;
    let (phone, laptop) = (world.device("bo", "phone").lasting(), world.device("bo", "laptop").lasting());
    let (mut on_phone, mut on_laptop) = (phone.connect().await, laptop.connect().await);
    on_phone.listens("rooms/+/said").await;
    on_laptop.listens("rooms/+/said").await;

    ann.is_taken(say("tea", "one", &[])).await;
    assert_eq!(on_phone.hear().await.body(), "one");
    assert_eq!(on_laptop.hear().await.body(), "one");
    on_phone.leave().await;
    ann.is_taken(say("tea", "two", &[])).await;
    assert_eq!(on_laptop.hear().await.body(), "two");
    let mut on_phone = phone.connect().await;
    assert_eq!(on_phone.hear_all(1).await.bodies(), ["two"]);
    // The same name is another device when it is another user's.
    let mut anns = world.device("ann", "laptop").connect().await;
    anns.is_quiet().await;
    on_laptop.is_quiet().await;
}

#[tokio::test]
async fn a_device_that_connects_again_takes_over() {
    let (world, mut ann) = tea_for_two().await;
    for version in [Version::V3, Version::V5] {
        let phone = world.device("bo", "phone").version(version).lasting();
        let mut older = phone.connect().await;
        older.listens("rooms/+/said").await;
        let (mut newer, connack) = phone.arrive().await;
        assert!(connack.session_present);
        older.ends_with(ReasonCode::SessionTakenOver).await;
        ann.is_taken(say("tea", "hello", &[])).await;
        assert_eq!(newer.hear().await.body(), "hello");
        newer.is_quiet().await;
    }
}

/// Of many that come at once the latest stays; the others are shown out, or not let in and told to come back.
#[tokio::test]
async fn a_storm_of_takeovers_leaves_exactly_one() {
    let (world, mut ann) = tea_for_two().await;
    let phone = world.device("bo", "phone").lasting();
    let mut first = phone.connect().await;
    first.listens("rooms/+/said").await;
    let mut storm = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let phone = phone.clone();
        storm.spawn(async move { phone.try_arrive().await.expect("a CONNACK") });
    }
    let mut wires = vec![first];
    for (wire, connack) in storm.join_all().await {
        match connack.code {
            ReasonCode::Success => wires.push(wire),
            code => assert_eq!(code, ReasonCode::ServerBusy),
        }
    }

    ann.is_taken(say("tea", "who is it?", &[])).await;
    let mut heard = 0;
    for mut wire in wires {
        match wire.next_or_end().await.expect("a word before the end") {
            mqtt::packet::Packet::Publish(_) => heard += 1,
            mqtt::packet::Packet::Disconnect(bye) => assert_eq!(bye.code, ReasonCode::SessionTakenOver),
            other => panic!("unexpected {other:?}"),
        }
    }
    assert_eq!(heard, 1);
}
