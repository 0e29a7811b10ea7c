//! One says, others hear.

use mqtt::packet::Version;
use tests::{World, publish, say};

#[tokio::test]
async fn what_ann_says_ann_and_bo_hear() {
    let mut world = World::start().await;
    let tea = world.room("tea", ["ann", "bo"]).await;
    let [mut ann, mut bo] = world.connect(["ann", "bo"]).await;

    let first = ann.say(&tea, "", "the kettle is on").await;
    let second = bo.say(&tea, "", "green or black?").await;

    assert_eq!(second.seq(), first.seq() + 1);
    assert_eq!(bo.heard(&tea).await, ["the kettle is on", "green or black?"]);
    assert_eq!(ann.heard(&tea).await, ["the kettle is on", "green or black?"]);
}

#[tokio::test]
async fn both_versions_of_mqtt_hear_each_other() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let mut old = world.device("ann", "old").v3().connect().await;
    let mut new = world.device("bo", "new").connect().await;
    old.listens("rooms/tea/said").await;
    new.listens("rooms/tea/said").await;

    old.publish(publish("rooms/tea/say", "from the old one")).await;
    new.is_taken(publish("rooms/tea/say", "from the new one")).await;

    for wire in [&mut old, &mut new] {
        let heard = wire.hear_all(2).await;
        assert_eq!(heard.bodies(), ["from the old one", "from the new one"]);
        assert_eq!([heard[0].from(), heard[1].from()], ["ann", "bo"]);
    }
}

#[tokio::test]
async fn what_is_heard_says_the_same_in_json_and_in_properties() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("rooms/+/said").await;

    let words = [("draft", "d-1"), ("kind", "card"), ("reply_to", "1"), ("mention", "bo")];
    ann.is_taken(say("tea", "a card", &words)).await;

    let heard = bo.hear().await;
    for key in ["seq", "room", "from", "at", "kind", "n", "prev", "draft", "reply_to"] {
        assert_eq!(heard.property(key), Some(heard.word(key)), "{key}");
    }
    assert_eq!((heard.kind(), heard.word("reply_to")), ("card".into(), "1".into()));
    assert_eq!(heard.json["mentions"], serde_json::json!(["bo"]));
    assert_eq!(heard.property("mention").as_deref(), Some("bo"));
    assert_eq!(heard.publish.properties.content_type.as_deref(), Some("application/json"));
    assert!(!heard.publish.retain && !heard.publish.dup);
}

#[tokio::test]
async fn under_plain_the_payload_is_the_body_byte_for_byte() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    for version in [Version::V3, Version::V5] {
        let mut ann = world.device("ann", "phone").version(version).connect().await;
        let mut bo = world.device("bo", "phone").version(version).connect().await;
        bo.listens("plain/rooms/+/said").await;
        for body in [&b"{\"not\": \"an object"[..], b"\xff\x00\x7b", "grün".as_bytes()] {
            ann.publish(publish("plain/rooms/tea/say", body)).await;
            let heard = bo.hear().await;
            assert_eq!(heard.publish.payload, body);
            assert_eq!(heard.publish.topic, "plain/rooms/tea/said");
        }
    }
}

#[tokio::test]
async fn a_message_is_said_in_one_format_and_heard_in_the_other() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    ann.listens("rooms/tea/said").await;
    ann.listens("plain/rooms/tea/said").await;

    ann.is_taken(publish("plain/rooms/tea/say", b"\xff\x00\x7b")).await;

    let mut heard = ann.hear_all(2).await;
    heard.sort_by_key(|entry| entry.publish.topic.clone());
    assert_eq!(heard[0].publish.payload, &b"\xff\x00\x7b"[..]);
    assert_eq!(heard[0].publish.properties.content_type.as_deref(), Some("application/octet-stream"));
    assert_eq!(heard[1].json["body_base64"], "/wB7");
    assert_eq!(heard[0].seq(), heard[1].seq());
    ann.is_quiet().await;
}

#[tokio::test]
async fn members_hear_each_room_in_seq_order_without_gaps_or_doubles() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    world.room("cake", ["ann", "bo"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    let mut bo = world.device("bo", "phone").connect().await;
    let mut old = world.device("bo", "radio").v3().connect().await;
    bo.listens("rooms/+/said").await;
    old.listens("rooms/+/said").await;

    for number in 0..200 {
        let room = if number % 3 == 0 { "cake" } else { "tea" };
        ann.is_taken(say(room, &number.to_string(), &[])).await;
    }

    for wire in [&mut bo, &mut old] {
        let heard = wire.hear_all(200).await;
        for room in ["tea", "cake"] {
            let of_room: Vec<_> = heard.iter().filter(|entry| entry.room() == room).collect();
            for (entry, seq) in of_room.iter().zip(2..) {
                assert_eq!((entry.seq(), entry.prev()), (seq, seq - 1), "in {room}");
            }
        }
        wire.is_quiet().await;
    }
}

#[tokio::test]
async fn n_counts_messages_and_seq_counts_everything() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    ann.listens("rooms/tea/said").await;

    ann.is_taken(say("tea", "one", &[])).await;
    world.users(["bo"]).await;
    world.join("tea", ["bo"]).await;
    ann.is_taken(say("tea", "two", &[])).await;

    let heard = ann.hear_all(3).await;
    let told: Vec<_> = heard.iter().map(|entry| (entry.seq(), entry.n(), entry.kind())).collect();
    assert_eq!(told, [(2, 1, "text".into()), (3, 1, "joined".into()), (4, 2, "text".into())]);
}

/// The bodies of what was heard.
pub(crate) trait Bodies {
    fn bodies(&self) -> Vec<String>;
}

impl Bodies for Vec<tests::Entry> {
    fn bodies(&self) -> Vec<String> {
        self.iter().map(tests::Entry::body).collect()
    }
}
