//! What was under way when the connection broke.

use crate::opening::{bo_listens, tea_for_two};
use mqtt::packet::{Publish, Version};
use tests::{Entry, Wire, say};

fn told(publishes: &[Publish]) -> Vec<(Option<u16>, bool, String)> {
    let told = |publish: &Publish| {
        let id = publish.packet_id.map(mqtt::packet::PacketId::get);
        (id, publish.dup, Entry::of(publish.clone()).body())
    };
    publishes.iter().map(told).collect()
}

async fn messages(wire: &mut Wire, count: usize) -> Vec<Publish> {
    let mut messages = Vec::new();
    while messages.len() < count {
        messages.push(wire.message().await);
    }
    messages
}

#[tokio::test]
async fn what_was_under_way_comes_again_with_its_packet_ids_and_dup_before_anything_new() {
    let (mut world, mut ann) = tea_for_two().await;
    world.room("cake", ["ann", "bo"]).await;
    for version in [Version::V3, Version::V5] {
        let phone = world.device("bo", &format!("{version:?}")).version(version).lasting();
        let mut bo = phone.connect().await;
        bo.listens("rooms/+/said").await;
        for (room, body) in [("tea", "1"), ("cake", "2"), ("tea", "3"), ("cake", "4")] {
            ann.is_taken(say(room, body, &[])).await;
        }
        let first = messages(&mut bo, 4).await;
        // The first is acknowledged, and the line breaks.
        bo.acknowledge(&first[0]).await;
        bo.is_alive().await;
        drop(bo);
        ann.is_taken(say("tea", "5", &[])).await;

        let mut bo = phone.connect().await;
        let again = messages(&mut bo, 4).await;
        let mut expected = told(&first);
        expected.remove(0);
        expected.iter_mut().for_each(|(_, dup, _)| *dup = true);
        assert_eq!(told(&again[..3]), expected, "{version:?}");
        assert_eq!((again[3].dup, Entry::of(again[3].clone()).body()), (false, "5".into()));
        for publish in &again {
            bo.acknowledge(publish).await;
        }
        ann.is_taken(say("cake", "6", &[])).await;
        assert_eq!(bo.hear().await.body(), "6");
        bo.is_alive().await;
        drop(bo);
        let mut bo = phone.connect().await;
        bo.is_quiet().await;
    }
}

#[tokio::test]
async fn what_was_under_way_survives_an_orderly_restart_with_its_packet_ids() {
    let (mut world, mut ann) = tea_for_two().await;
    let (phone, mut bo) = bo_listens(&world).await;
    ann.is_taken(say("tea", "1", &[])).await;
    ann.is_taken(say("tea", "2", &[])).await;
    let first = messages(&mut bo, 2).await;
    drop((ann, bo));
    assert!(world.terminate().await.success());
    world.restart().await;

    let mut bo = phone.connect().await;
    let again = messages(&mut bo, 2).await;
    let ids = |publishes: &[Publish]| publishes.iter().map(|publish| publish.packet_id).collect::<Vec<_>>();
    assert_eq!(ids(&again), ids(&first));
    assert!(again.iter().all(|publish| publish.dup));
}

#[tokio::test]
async fn after_a_crash_what_was_under_way_comes_again_with_dup() {
    let (mut world, mut ann) = tea_for_two().await;
    let (phone, mut bo) = bo_listens(&world).await;
    ann.is_taken(say("tea", "before the crash", &[])).await;
    messages(&mut bo, 1).await;
    world.kill_9();
    world.restart().await;
    let mut ann = world.device("ann", "phone").connect().await;
    ann.is_taken(say("tea", "after it", &[])).await;

    let mut bo = phone.connect().await;
    let again = messages(&mut bo, 2).await;
    assert!(again[0].dup, "it may have been heard before");
    assert!(!again[1].dup);
}

#[tokio::test]
async fn no_more_is_under_way_than_the_client_allows() {
    let (world, mut ann) = tea_for_two().await;
    let mut bo = world.device("bo", "phone").receive_maximum(2).connect().await;
    bo.listens("rooms/+/said").await;
    for body in ["1", "2", "3", "4"] {
        ann.is_taken(say("tea", body, &[])).await;
    }

    let two = messages(&mut bo, 2).await;
    bo.is_quiet().await;
    // Acknowledged out of order: each makes room for one.
    bo.acknowledge(&two[1]).await;
    assert_eq!(Entry::of(bo.message().await).body(), "3");
    bo.is_quiet().await;
    bo.acknowledge(&two[0]).await;
    assert_eq!(Entry::of(bo.message().await).body(), "4");
}

#[tokio::test]
async fn what_comes_again_names_the_same_entry_before_it() {
    let (world, mut ann) = tea_for_two().await;
    let phone = world.device("bo", "phone").lasting();
    let mut bo = phone.connect().await;
    let mut wanted = tests::filter("rooms/+/said");
    wanted.no_local = true;
    bo.subscribe(tests::subscribe([wanted])).await;
    // bo does not hear himself, nor what is said while he is out.
    bo.is_taken(say("tea", "my own words", &[])).await;
    ann.is_taken(say("tea", "hello", &[])).await;
    world.leave("tea", ["bo"]).await;
    ann.is_taken(say("tea", "behind your back", &[])).await;
    world.join("tea", ["bo"]).await;
    let first = messages(&mut bo, 3).await;
    drop(bo);

    let mut bo = phone.connect().await;
    let again = messages(&mut bo, 3).await;
    let way = |publishes: &[Publish]| {
        let entries = publishes.iter().cloned().map(Entry::of);
        entries.map(|entry| (entry.prev(), entry.seq())).collect::<Vec<_>>()
    };
    assert_eq!(way(&first), [(1, 3), (3, 4), (4, 6)]);
    assert_eq!(way(&again), way(&first));
}

/// The place in a room waits for every copy, so the other copy may come again with it, but neither does for ever.
#[tokio::test]
async fn of_two_copies_the_one_that_was_not_acknowledged_comes_again() {
    let (world, mut ann) = tea_for_two().await;
    let (phone, mut bo) = bo_listens(&world).await;
    bo.listens("plain/rooms/+/said").await;
    ann.is_taken(say("tea", "hello", &[])).await;
    for publish in messages(&mut bo, 2).await {
        if publish.topic == "rooms/tea/said" {
            bo.acknowledge(&publish).await;
        }
    }
    bo.is_alive().await;
    drop(bo);

    let mut bo = phone.connect().await;
    let again = bo.message().await;
    assert_eq!((again.topic.as_str(), again.dup), ("plain/rooms/tea/said", true));
    bo.acknowledge(&again).await;
    ann.is_taken(say("tea", "the end", &[])).await;
    let mut heard = Vec::new();
    while heard.iter().filter(|body| *body == "the end").count() < 2 {
        heard.push(bo.hear().await.body());
    }
    heard.retain(|body| body != "the end");
    assert!(heard.is_empty() || heard == ["hello"], "{heard:?}");
    bo.leave().await;
    phone.connect().await.is_quiet().await;
}
