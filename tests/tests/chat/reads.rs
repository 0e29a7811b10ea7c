//! How far somebody read.

use mqtt::ReasonCode;
use tests::{World, publish, say};

#[tokio::test]
async fn a_read_mark_is_taken_in_each_of_its_forms() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    ann.is_taken(say("tea", "hello", &[])).await;
    // Backwards changes nothing, and past the end is the end: neither is an error.
    for (topic, mark) in
        [("rooms/tea/read", "2"), ("rooms/tea/read", "{\"seq\": 1}"), ("plain/rooms/tea/read", "9999")]
    {
        ann.is_taken(publish(topic, mark)).await;
    }
    for mark in ["0", "-1", "2.5", "{\"seq\": \"2\"}", "{\"seq\": 2, \"more\": 1}", "[2]", ""] {
        let refused = ann.publish(publish("rooms/tea/read", mark)).await;
        assert_eq!(refused.code, ReasonCode::PayloadFormatInvalid, "{mark}");
    }
}

#[tokio::test]
async fn a_read_mark_is_no_entry_of_the_log() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("rooms/+/said").await;
    ann.is_taken(say("tea", "one", &[])).await;
    ann.is_taken(publish("rooms/tea/read", "2")).await;
    ann.is_taken(say("tea", "two", &[])).await;
    let heard = bo.hear_all(2).await;
    assert_eq!([heard[0].seq(), heard[1].seq()], [2, 3]);
    bo.is_quiet().await;
}
