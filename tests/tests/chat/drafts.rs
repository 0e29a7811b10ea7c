//! Sent twice, said once.

use crate::talk::Bodies;
use mqtt::ReasonCode;
use tests::{Entry, World, publish, say};

#[tokio::test]
async fn a_draft_sent_twice_is_one_entry_and_one_answer() {
    let mut world = World::start().await;
    let tea = world.room("tea", ["ann", "bo"]).await;
    let [ann, mut bo] = world.connect(["ann", "bo"]).await;

    let first = ann.say(&tea, "draft-1", "the kettle is on").await;
    let again = ann.say(&tea, "draft-1", "the kettle is on").await;
    ann.say(&tea, "draft-2", "it boils").await;

    assert_eq!(again, first);
    assert_eq!(bo.heard(&tea).await, ["the kettle is on", "it boils"]);
}

#[tokio::test]
async fn the_second_puback_says_duplicate() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut phone = world.device("ann", "phone").connect().await;
    let mut laptop = world.device("ann", "laptop").connect().await;
    let word = |puback: &mqtt::packet::Acknowledge, key: &str| {
        let found = puback.user_properties.iter().find(|(name, _)| name == key);
        found.unwrap_or_else(|| panic!("no {key} in {puback:?}")).1.clone()
    };

    let first = phone.is_taken(say("tea", "hello", &[("draft", "d")])).await;
    let again = laptop.is_taken(publish("rooms/tea/say", r#"{"draft": "d", "body": "hello"}"#)).await;

    assert_eq!((word(&first, "duplicate"), word(&again, "duplicate")), ("false".into(), "true".into()));
    for key in ["seq", "room", "at"] {
        assert_eq!(word(&first, key), word(&again, key), "{key}");
    }
}

#[tokio::test]
async fn a_draft_with_another_body_is_refused() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("rooms/tea/said").await;

    ann.is_taken(say("tea", "hello", &[("draft", "d")])).await;
    let refused = ann.publish(say("tea", "something else", &[("draft", "d")])).await;
    assert_eq!(refused.code, ReasonCode::ImplementationSpecificError);
    assert!(refused.reason.is_some_and(|words| words.contains("draft")));

    // It belongs to sender and room: bo may use it, and so may ann elsewhere.
    bo.is_taken(say("tea", "mine", &[("draft", "d")])).await;
    assert_eq!(bo.hear_all(2).await.bodies(), ["hello", "mine"]);
}

#[tokio::test]
async fn a_draft_survives_a_restart() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    let first = ann.is_taken(say("tea", "hello", &[("draft", "d")])).await;
    world.kill_9();
    world.restart().await;

    let mut ann = world.device("ann", "phone").connect().await;
    let again = ann.is_taken(say("tea", "hello", &[("draft", "d")])).await;

    assert_eq!(seq(&again), seq(&first));
    let next = ann.is_taken(say("tea", "and on", &[])).await;
    assert_eq!(seq(&next), seq(&first) + 1);
}

#[tokio::test]
async fn a_draft_is_heard_as_a_uuid() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    ann.listens("rooms/tea/said").await;
    let uuid = "0198f3c2-7d1e-7000-8000-000000000001";

    ann.is_taken(say("tea", "one", &[("draft", uuid)])).await;
    ann.is_taken(say("tea", "two", &[("draft", "kettle-1")])).await;
    ann.is_taken(say("tea", "three", &[])).await;

    let drafts: Vec<String> = ann.hear_all(3).await.iter().map(|entry: &Entry| entry.word("draft")).collect();
    assert_eq!(drafts[0], uuid);
    assert_eq!((drafts[1].len(), drafts[1].as_bytes()[14]), (36, b'5'), "a UUIDv5: {}", drafts[1]);
    assert_eq!(drafts[2], "");
}

/// The `seq` that a PUBACK tells.
pub(crate) fn seq(puback: &mqtt::packet::Acknowledge) -> u64 {
    let told = puback.user_properties.iter().find(|(name, _)| name == "seq");
    told.and_then(|(_, seq)| seq.parse().ok()).unwrap_or_else(|| panic!("no seq in {puback:?}"))
}
