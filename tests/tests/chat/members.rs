//! Who hears: membership, and nothing else.

use crate::opening::{bo_listens, tea_for_two};
use crate::talk::Bodies;
use mqtt::ReasonCode;
use tests::{World, publish, say};

#[tokio::test]
async fn who_left_hears_nothing_said_afterwards() {
    let (world, mut ann) = tea_for_two().await;
    let (_, mut bo) = bo_listens(&world).await;

    ann.is_taken(say("tea", "before", &[])).await;
    world.leave("tea", ["bo"]).await;
    ann.is_taken(say("tea", "behind your back", &[])).await;
    assert_eq!(bo.publish(say("tea", "still here?", &[])).await.code, ReasonCode::NotAuthorized);
    world.join("tea", ["bo"]).await;
    ann.is_taken(say("tea", "welcome back", &[])).await;

    let heard: Vec<_> = bo.hear_all(4).await.iter().map(|entry| (entry.kind(), entry.body())).collect();
    let told = |kind: &str, body: &str| (kind.to_owned(), body.to_owned());
    assert_eq!(
        heard,
        [told("text", "before"), told("left", ""), told("joined", ""), told("text", "welcome back")]
    );
    bo.is_quiet().await;
}

#[tokio::test]
async fn who_joined_hears_from_the_join_on() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    world.users(["bo"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("rooms/+/said").await;

    ann.is_taken(say("tea", "before", &[])).await;
    world.join("tea", ["bo"]).await;
    ann.is_taken(say("tea", "after", &[])).await;

    let joined = bo.hear().await;
    assert_eq!((joined.kind(), joined.word("user")), ("joined".into(), "bo".into()));
    assert_eq!((joined.seq(), joined.prev()), (3, 0), "what was said before is not on bo's way");
    assert_eq!(bo.hear().await.body(), "after");
}

#[tokio::test]
async fn a_new_room_is_heard_without_a_new_subscribe() {
    let mut world = World::start().await;
    world.users(["ann", "bo"]).await;
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("rooms/#").await;

    world.room("tea", ["ann", "bo"]).await;

    let created = bo.hear().await;
    assert_eq!((created.room(), created.kind(), created.seq()), ("tea".into(), "created".into(), 1));
    assert_eq!(created.json["members"], serde_json::json!(["ann", "bo"]));
}

#[tokio::test]
async fn who_left_while_away_hears_up_to_the_leave_and_no_further() {
    let (world, mut ann) = tea_for_two().await;
    let (phone, bo) = bo_listens(&world).await;
    bo.leave().await;

    ann.is_taken(say("tea", "one", &[])).await;
    world.leave("tea", ["bo"]).await;
    ann.is_taken(say("tea", "two", &[])).await;
    world.join("tea", ["bo"]).await;
    ann.is_taken(say("tea", "three", &[])).await;

    let mut bo = phone.connect().await;
    let heard = bo.hear_all(4).await;
    let kinds: Vec<_> = heard.iter().map(tests::Entry::kind).collect();
    assert_eq!(kinds, ["text", "left", "joined", "text"]);
    assert_eq!(heard.bodies(), ["one", "", "", "three"]);
    bo.is_quiet().await;
}

#[tokio::test]
async fn what_a_member_may_not_hear_leaves_no_gap() {
    let (world, mut ann) = tea_for_two().await;
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("rooms/tea/said").await;
    ann.is_taken(say("tea", "one", &[])).await;
    world.leave("tea", ["bo"]).await;
    ann.is_taken(say("tea", "two", &[])).await;
    world.join("tea", ["bo"]).await;

    let heard = bo.hear_all(3).await;
    assert_eq!(heard[2].prev(), heard[1].seq(), "what was said between the two was not on bo's way");
    assert_eq!(heard[2].seq(), heard[1].seq() + 2);
}

#[tokio::test]
async fn a_stranger_is_told_the_same_of_a_room_that_is_there_and_one_that_is_not() {
    let mut world = World::start().await;
    world.room("cellar", ["ann"]).await;
    world.users(["cy"]).await;
    let mut cy = world.device("cy", "phone").connect().await;
    for verb in ["say", "read"] {
        let there = cy.publish(publish(&format!("rooms/cellar/{verb}"), "1")).await;
        let nowhere = cy.publish(publish(&format!("rooms/attic/{verb}"), "1")).await;
        assert_eq!(there.code, ReasonCode::NotAuthorized);
        assert_eq!(
            (there.code, there.reason, there.user_properties.len()),
            (nowhere.code, nowhere.reason, nowhere.user_properties.len())
        );
    }
    for room in ["cellar", "attic"] {
        let filter = tests::filter(&format!("rooms/{room}/said"));
        let suback = cy.subscribe(tests::subscribe([filter])).await;
        assert_eq!(suback.codes, [ReasonCode::NotAuthorized], "{room}");
    }
}
