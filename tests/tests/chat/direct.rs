//! The room of two.

use crate::drafts::seq;
use tests::{World, publish};

fn room(puback: &mqtt::packet::Acknowledge) -> String {
    let told = puback.user_properties.iter().find(|(name, _)| name == "room");
    told.unwrap_or_else(|| panic!("no room in {puback:?}")).1.clone()
}

#[tokio::test]
async fn the_room_of_two_is_made_with_its_first_message_and_found_with_the_next() {
    let mut world = World::start().await;
    world.users(["ann", "bo"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("rooms/+/said").await;

    let first = ann.is_taken(publish("users/bo/say", "are you there?")).await;
    let answer = bo.is_taken(publish("users/ann/say", "I am")).await;

    assert_eq!(room(&answer), room(&first));
    assert_eq!(seq(&answer), seq(&first) + 1);
    let heard: Vec<_> = bo.hear_all(3).await.iter().map(|entry| (entry.kind(), entry.body())).collect();
    let told = |kind: &str, body: &str| (kind.to_owned(), body.to_owned());
    assert_eq!(heard, [told("created", ""), told("text", "are you there?"), told("text", "I am")]);
    // It is a room like any other.
    let in_it = bo.is_taken(publish(&format!("rooms/{}/say", room(&first)), "here, too")).await;
    assert_eq!(seq(&in_it), seq(&answer) + 1);
}

#[tokio::test]
async fn the_room_of_two_is_made_once_also_when_both_begin_at_once() {
    let mut world = World::start().await;
    world.users(["ann", "bo", "cy"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    let mut bo = world.device("bo", "phone").connect().await;
    let mut laptop = world.device("ann", "laptop").connect().await;

    let (one, two, three) = tokio::join!(
        ann.is_taken(publish("users/bo/say", "hello bo")),
        bo.is_taken(publish("users/ann/say", "hello ann")),
        laptop.is_taken(publish("users/bo/say", "hello again")),
    );

    assert_eq!(room(&one), room(&two));
    assert_eq!(room(&one), room(&three));
    let mut numbers = [seq(&one), seq(&two), seq(&three)];
    numbers.sort_unstable();
    assert_eq!(numbers, [2, 3, 4], "the room began once");
    let elsewhere = ann.is_taken(publish("users/cy/say", "hello cy")).await;
    assert_ne!(room(&elsewhere), room(&one));
}

#[tokio::test]
async fn who_writes_to_themselves_has_a_room_of_one() {
    let mut world = World::start().await;
    world.users(["ann"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    ann.listens("rooms/+/said").await;
    ann.is_taken(publish("users/ann/say", "buy milk")).await;
    let heard = ann.hear_all(2).await;
    assert_eq!(heard[0].json["members"], serde_json::json!(["ann"]));
    assert_eq!(heard[1].body(), "buy milk");
}
