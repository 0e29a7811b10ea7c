//! Where a subscription begins.

use crate::opening::{bo_listens, tea_for_two};
use crate::talk::Bodies;
use mqtt::ReasonCode;
use mqtt::packet::Version;
use tests::{World, say};

/// A room `tea` in which ann said so many things, after its first entry.
async fn world_where_ann_said(count: u64) -> World {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let mut ann = world.device("ann", "talker").connect().await;
    for number in 1..=count {
        ann.is_taken(say("tea", &number.to_string(), &[])).await;
    }
    world
}

#[tokio::test]
async fn since_begins_after_the_entry_it_names() {
    let world = world_where_ann_said(5).await;
    let mut bo = world.device("bo", "phone").connect().await;
    assert_eq!(bo.subscribes_with("rooms/tea/said", &[("since", "4")]).await, ReasonCode::GrantedQos1);
    assert_eq!(bo.hear_all(2).await.bodies(), ["4", "5"]);
    bo.is_quiet().await;
}

#[tokio::test]
async fn since_0_is_the_beginning() {
    let world = world_where_ann_said(120).await;
    let mut bo = world.device("bo", "phone").connect().await;
    bo.subscribes_with("rooms/tea/said", &[("since", "0")]).await;
    let heard = bo.hear_all(121).await;
    let numbers: Vec<u64> = heard.iter().map(tests::Entry::seq).collect();
    assert_eq!(numbers, (1..=121).collect::<Vec<_>>());
    assert_eq!((heard[0].kind(), heard[0].prev()), ("created".into(), 0));
}

#[tokio::test]
async fn replay_brings_the_gap_marker_and_the_newest() {
    let world = world_where_ann_said(20).await;
    for topic in ["rooms/tea/said", "plain/rooms/tea/said"] {
        let mut bo = world.device("bo", "phone").connect().await;
        bo.subscribes_with(topic, &[("since", "0"), ("replay", "3")]).await;
        let heard = bo.hear_all(4).await;
        let marker = &heard[0];
        assert_eq!([marker.kind(), marker.word("from"), marker.word("to")], ["gap", "1", "18"]);
        assert_eq!(heard[1..].to_vec().bodies(), ["18", "19", "20"]);
        assert_eq!(heard[1].prev(), 18, "what was told as a gap is no gap");
        bo.is_quiet().await;
    }
}

#[tokio::test]
async fn replay_of_more_than_was_missed_brings_all_and_no_marker() {
    let world = world_where_ann_said(3).await;
    let mut bo = world.device("bo", "phone").connect().await;
    bo.subscribes_with("rooms/tea/said", &[("since", "1"), ("replay", "10")]).await;
    assert_eq!(bo.hear_all(3).await.bodies(), ["1", "2", "3"]);
}

#[tokio::test]
async fn a_wish_that_cannot_be_read_is_refused() {
    let world = world_where_ann_said(1).await;
    let mut bo = world.device("bo", "phone").connect().await;
    let refused = ReasonCode::ImplementationSpecificError;
    for words in [[("since", "soon")], [("since", "-1")], [("replay", "all")]] {
        assert_eq!(bo.subscribes_with("rooms/tea/said", &words).await, refused, "{words:?}");
    }
    assert_eq!(bo.subscribes_with("rooms/+/said", &[("since", "0")]).await, refused);
}

#[tokio::test]
async fn a_first_subscription_begins_at_the_end_of_the_log() {
    let world = world_where_ann_said(5).await;
    for version in [Version::V3, Version::V5] {
        let mut bo = world.device("bo", "phone").version(version).connect().await;
        bo.listens("rooms/+/said").await;
        bo.is_quiet().await;
        bo.publish(say("tea", "hello", &[])).await;
        assert_eq!(bo.hear().await.body(), "hello");
        bo.leave().await;
    }
}

/// What is in the queue already comes; then the marker, then the newest.
#[tokio::test]
async fn a_device_that_comes_back_may_ask_for_the_newest_only() {
    const MISSED: usize = 4_000;
    const WANTED: usize = 10;
    let (world, mut ann) = tea_for_two().await;
    let (phone, bo) = bo_listens(&world).await;
    bo.leave().await;
    ann.say_all("tea", (0..MISSED).map(|number| number.to_string())).await;

    let mut bo = phone.connect().await;
    bo.subscribes_with("rooms/+/said", &[("replay", "10")]).await;
    let mut heard = Vec::new();
    while heard
        .last()
        .is_none_or(|entry: &tests::Entry| entry.kind() == "gap" || entry.seq() <= MISSED as u64)
    {
        heard.push(bo.hear().await);
    }
    bo.is_quiet().await;

    let marker = heard.iter().position(|entry| entry.kind() == "gap").expect("the rest is told as a gap");
    assert_eq!(heard.len(), marker + 1 + WANTED);
    let (from, to) = (heard[marker].word("from"), heard[marker].word("to"));
    let before = heard[..marker].last().map_or(1, tests::Entry::seq);
    assert_eq!((from, to), ((before + 1).to_string(), (MISSED + 1 - WANTED).to_string()));
    for (entry, seq) in
        heard[..marker].iter().zip(2..).chain(heard[marker + 1..].iter().zip((MISSED + 2 - WANTED) as u64..))
    {
        assert_eq!((entry.seq(), entry.prev()), (seq, seq - 1));
    }
}
