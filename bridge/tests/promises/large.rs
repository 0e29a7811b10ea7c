//! Rooms of thousands: what everybody hears is bounded, and nobody misses what concerns them.

use crate::company::{Company, handle};
use crate::device::{Device, Got};
use chat::{LARGE, NewSettings, RoomKind};
use serde_json::Value;

/// Of the many in the room `hall`, these are here: ann, whose room it is, bo and cy.
async fn hall() -> Company {
    let crowd: Vec<String> = (0..LARGE).map(|one| format!("user-{one}")).collect();
    let crowd: Vec<&str> = crowd.iter().map(String::as_str).collect();
    let mut company = Company::of(&[&["ann", "bo", "cy", "dee"], &crowd[..]].concat()).await;
    company.know_everybody().await;
    let ann = company.account("ann").await;
    let wish = bridge::RoomWish {
        handle: Some(handle("hall")),
        kind: RoomKind::Group,
        members: [&["bo", "cy"], &crowd[..]].concat().into_iter().map(handle).collect(),
        settings: NewSettings::default(),
    };
    company.bridge.open_room(&ann, wish).await.unwrap();
    company
}

fn told(got: &Got) -> (u64, u64, String) {
    let payload: Value = serde_json::from_str(&got.payload).unwrap();
    (got.seq(), got.prev.unwrap(), payload["kind"].as_str().unwrap().to_owned())
}

async fn hears(device: &mut Device) -> (u64, u64, String) {
    told(&device.take().await)
}

fn heard(seq: u64, prev: u64, kind: &str) -> (u64, u64, String) {
    (seq, prev, kind.to_owned())
}

async fn listening(company: &Company, who: &str) -> Device {
    let device = company.connect(who, "phone").await;
    device.subscribe("rooms/#").await;
    device
}

#[tokio::test]
async fn few_hear_who_comes_and_likes_and_everybody_hears_how_many_do() {
    let company = hall().await;
    let mut ann = listening(&company, "ann").await;
    let mut bo = listening(&company, "bo").await;
    let mut cy = listening(&company, "cy").await;
    let mut dee = listening(&company, "dee").await;
    company.say("ann", "hall", "cake?").await; // 2
    for device in [&mut ann, &mut bo, &mut cy] {
        assert_eq!(hears(device).await, heard(2, 1, "text"));
    }
    bo.say("rooms/hall/say", r#"{"kind":"react","of":2,"body":"+1"}"#).await; // 3
    assert_eq!(hears(&mut bo).await, heard(3, 2, "react"));
    assert_eq!(hears(&mut ann).await, heard(3, 2, "react"));
    for (device, prev) in [(&mut ann, 3), (&mut bo, 3), (&mut cy, 2)] {
        let got = device.take().await;
        assert_eq!(told(&got), heard(4, prev, "reactions"));
        let payload: Value = serde_json::from_str(&got.payload).unwrap();
        assert_eq!(
            (&payload["of"], &payload["signs"]),
            (&2.into(), &serde_json::json!([{"sign": "+1", "people": 1}]))
        );
    }
    company.join("hall", "dee").await; // 5
    assert_eq!(hears(&mut dee).await, heard(5, 0, "joined"));
    assert_eq!(hears(&mut ann).await, heard(5, 4, "joined"));
    company.say("bo", "hall", "welcome").await; // 6
    assert_eq!(hears(&mut ann).await, heard(6, 5, "text"));
    assert_eq!(hears(&mut dee).await, heard(6, 5, "text"));
    assert_eq!(hears(&mut bo).await, heard(6, 4, "text"));
    assert_eq!(hears(&mut cy).await, heard(6, 4, "text"));
}

#[tokio::test]
async fn a_device_that_was_away_is_told_the_same_as_one_that_was_here() {
    let company = hall().await;
    for who in ["ann", "bo", "cy"] {
        listening(&company, who).await.vanish().await;
    }
    company.join("hall", "dee").await; // 2
    company.say("ann", "hall", "cake?").await; // 3
    let mut dee = listening(&company, "dee").await;
    dee.say("rooms/hall/say", r#"{"kind":"react","of":3,"body":"+1"}"#).await; // 4
    assert_eq!(hears(&mut dee).await.2, "react");
    assert_eq!(hears(&mut dee).await, heard(5, 4, "reactions"));
    company.leave("hall", "user-7").await; // 6
    company.say("ann", "hall", "more cake?").await; // 7
    let company = company.crash().await;
    let everything = [
        heard(2, 1, "joined"),
        heard(3, 2, "text"),
        heard(4, 3, "react"),
        heard(5, 4, "reactions"),
        heard(6, 5, "left"),
        heard(7, 6, "text"),
    ];
    let mut ann = company.connect("ann", "phone").await;
    for one in everything {
        assert_eq!(hears(&mut ann).await, one);
    }
    for who in ["bo", "cy"] {
        let mut device = company.connect(who, "phone").await;
        assert_eq!(hears(&mut device).await, heard(3, 1, "text"), "{who}");
        assert_eq!(hears(&mut device).await, heard(5, 3, "reactions"), "{who}");
        assert_eq!(hears(&mut device).await, heard(7, 5, "text"), "{who}");
    }
}

#[tokio::test]
async fn who_comes_back_to_a_room_in_which_nothing_was_said_has_no_gap_in_their_path() {
    let company = hall().await;
    let mut cy = listening(&company, "cy").await;
    company.say("ann", "hall", "hello").await; // 2
    assert_eq!(hears(&mut cy).await, heard(2, 1, "text"));
    company.join("hall", "dee").await; // 3, which cy is not told
    cy.vanish().await;
    company.leave("hall", "dee").await; // 4
    let mut cy = company.connect("cy", "phone").await;
    company.say("ann", "hall", "anybody?").await; // 5
    assert_eq!(hears(&mut cy).await, heard(5, 2, "text"));
}

#[tokio::test]
async fn who_begins_to_manage_a_large_room_is_told_who_comes_and_who_manages_it_no_more_is_not() {
    let company = hall().await;
    let ann = company.account("ann").await;
    let mut cy = listening(&company, "cy").await;
    let appoint = async |role| {
        let cy = company.account("cy").await;
        let who = chat::Person { id: cy.id, handle: cy.handle };
        let change = chat::Change::Appoint { who, role };
        company.bridge.change_room(&ann, &handle("hall"), change).await.unwrap();
    };
    appoint(chat::Role::Admin).await; // 2
    assert_eq!(hears(&mut cy).await, heard(2, 1, "role"));
    company.join("hall", "dee").await; // 3
    assert_eq!(hears(&mut cy).await, heard(3, 2, "joined"));
    appoint(chat::Role::Member).await; // 4
    assert_eq!(hears(&mut cy).await, heard(4, 3, "role"));
    company.leave("hall", "dee").await; // 5
    company.say("ann", "hall", "gone").await; // 6
    assert_eq!(hears(&mut cy).await, heard(6, 4, "text"));
}

#[tokio::test]
async fn who_asks_for_the_newest_few_of_a_large_room_is_told_so_many() {
    let company = hall().await;
    company.say("ann", "hall", "one").await; // 2
    company.say("ann", "hall", "two").await; // 3
    for who in ["user-1", "user-2"] {
        company.leave("hall", who).await; // 4, 5
    }
    let mut cy = company.connect("cy", "phone").await;
    cy.subscribe_as("rooms/hall/said", mqtt::packet::Qos::AtLeastOnce, &[("since", "0"), ("replay", "1")])
        .await;
    let gap = cy.take().await;
    assert!(gap.payload.contains(r#""from":1,"to":2"#), "{}", gap.payload);
    assert_eq!(hears(&mut cy).await, heard(3, 2, "text"));
}
