//! What nobody keeps: who is writing, and signals.

use crate::company::{Company, handle};
use crate::device::{Device, message, property};
use bridge::Config;
use bytes::Bytes;
use chat::{Change, NewSettings, Person, Role, Timestamp};
use mqtt::ReasonCode;
use mqtt::packet::{Qos, Subscription};
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

/// Ann, bo and cy are in the room `tea`, dee is not.
async fn company() -> Company {
    let company = Company::of(&["ann", "bo", "cy", "dee"]).await;
    company.room("tea", &["ann", "bo", "cy"]).await;
    company
}

async fn listening(company: &Company, who: &str, filter: &str) -> Device {
    let device = company.connect(who, "ears").await;
    assert!(!device.subscribe(filter).await.is_refusal(), "{filter}");
    device
}

async fn hears_nothing(device: &mut Device) {
    tokio::time::sleep(Duration::from_millis(300)).await;
    let more = device.take_ready(10).await;
    assert!(more.is_empty(), "{more:?}");
}

fn typing(who: &str, typing: bool) -> String {
    format!(r#"{{"room":"tea","user":"{who}","typing":{typing}}}"#)
}

#[tokio::test]
async fn who_begins_to_write_is_told_once_and_ends_by_saying_it() {
    let company = company().await;
    let ann = company.connect("ann", "phone").await;
    let mut bo = listening(&company, "bo", "rooms/+/typing").await;
    for _ in 0..3 {
        ann.says("rooms/tea/typing", r#"{"typing":true}"#).await;
    }
    let got = bo.take().await;
    assert_eq!((got.payload, got.qos), (typing("ann", true), Qos::AtMostOnce));
    ann.says("rooms/tea/say", "the kettle is on").await;
    assert_eq!(bo.take().await.payload, typing("ann", false));
    ann.says("rooms/tea/typing", "false").await;
    hears_nothing(&mut bo).await;
}

#[tokio::test]
async fn who_writes_and_says_no_more_has_ended_after_eight_seconds() {
    let company = company().await;
    let ann = company.connect("ann", "phone").await;
    let mut bo = listening(&company, "bo", "rooms/#").await;
    let began = Instant::now();
    ann.says("rooms/tea/typing", "true").await;
    assert_eq!(bo.take().await.payload, typing("ann", true));
    assert_eq!(bo.take().await.payload, typing("ann", false));
    let took = began.elapsed();
    assert!((Duration::from_secs(8)..Duration::from_secs(12)).contains(&took), "{took:?}");
}

#[tokio::test]
async fn who_goes_writes_no_more() {
    let company = company().await;
    let (phone, laptop) = (company.connect("ann", "phone").await, company.connect("ann", "laptop").await);
    let cy = company.connect("cy", "phone").await;
    let mut bo = listening(&company, "bo", "rooms/tea/typing").await;
    phone.says("rooms/tea/typing", "true").await;
    assert_eq!(bo.take().await.payload, typing("ann", true));
    phone.vanish().await;
    hears_nothing(&mut bo).await;
    laptop.vanish().await;
    assert_eq!(bo.take().await.payload, typing("ann", false));
    cy.says("rooms/tea/typing", "true").await;
    assert_eq!(bo.take().await.payload, typing("cy", true));
    company.leave("tea", "cy").await;
    assert_eq!(bo.take().await.payload, typing("cy", false), "who left writes no more");
    assert_eq!(cy.say("rooms/tea/typing", "true").await.code, ReasonCode::NotAuthorized);
}

#[tokio::test]
async fn only_members_who_may_write_type_and_only_members_hear() {
    let company = company().await;
    let dee = company.connect("dee", "phone").await;
    for topic in ["rooms/tea/typing", "rooms/tea/signal", "rooms/ghost/typing"] {
        let refused = dee.say(topic, "true").await;
        assert_eq!(property(&refused, "refused").as_deref(), Some("not_a_member"), "{topic}");
        assert_eq!(dee.subscribe(topic).await, ReasonCode::NotAuthorized);
    }
    let ann = company.account("ann").await;
    let settings = NewSettings { write: Some(Role::Admin), ..NewSettings::default() };
    let change = Change::Set(Box::new(settings));
    company.bridge.change_room(&ann, &handle("tea"), change).await.unwrap();
    let bo = company.connect("bo", "phone").await;
    let refused = bo.say("rooms/tea/typing", "true").await;
    assert_eq!(property(&refused, "refused").as_deref(), Some("read_only"));
    bo.says("rooms/tea/signal", "here I am").await;
}

#[tokio::test]
async fn who_is_kept_away_hears_nothing_of_it_and_is_not_heard() {
    let company = company().await;
    let ann = company.account("ann").await;
    let anns = company.connect("ann", "phone").await;
    let mut bo = listening(&company, "bo", "rooms/#").await;
    let mut cy = listening(&company, "cy", "rooms/#").await;
    anns.says("rooms/tea/signal", "one").await;
    assert!(bo.take().await.payload.contains("one") && cy.take().await.payload.contains("one"));
    company.bridge.keep_away(&ann, &handle("bo")).await.unwrap();
    anns.says("rooms/tea/signal", "two").await;
    anns.says("rooms/tea/typing", "true").await;
    assert!(cy.take().await.payload.contains("two"));
    assert_eq!(cy.take().await.payload, typing("ann", true));
    hears_nothing(&mut bo).await;
    let mut anns_ears = listening(&company, "ann", "rooms/#").await;
    bo.says("rooms/tea/signal", "three").await;
    assert!(cy.take().await.payload.contains("three"));
    hears_nothing(&mut anns_ears).await;
}

#[tokio::test]
async fn a_signal_is_heard_byte_for_byte_with_the_lower_qos_and_never_later() {
    let company = company().await;
    let ann = company.connect("ann", "phone").await;
    let mut bo = company.connect("bo", "ears").await;
    bo.subscribe_as("plain/rooms/+/signal", Qos::AtLeastOnce, &[]).await;
    let mut cy = company.connect("cy", "ears").await;
    cy.subscribe_as("rooms/tea/#", Qos::AtMostOnce, &[]).await;
    let mut signal = message("plain/rooms/tea/signal", "");
    signal.payload = Bytes::from_static(b"v=0\n{\"offer\"}");
    assert_eq!(ann.publish(signal.clone()).await.unwrap().code, ReasonCode::Success);
    let plain = bo.take().await;
    assert_eq!((plain.payload.as_str(), plain.qos), ("v=0\n{\"offer\"}", Qos::AtLeastOnce));
    let json = cy.take().await;
    assert_eq!(json.payload, r#"{"room":"tea","from":"ann","body":"v=0\n{\"offer\"}"}"#);
    assert_eq!(json.qos, Qos::AtMostOnce);
    bo.vanish().await;
    ann.publish(signal).await;
    let mut bo = company.connect("bo", "ears").await;
    assert!(bo.session_present);
    hears_nothing(&mut bo).await;
}

#[tokio::test]
async fn no_local_leaves_out_what_this_device_said() {
    let company = company().await;
    let ann = company.connect("ann", "phone").await;
    let filter = crate::device::subscription("rooms/+/signal", Qos::AtLeastOnce);
    ann.subscribe_with(Subscription { no_local: true, ..filter }, None, &Vec::new()).await;
    let mut other = listening(&company, "ann", "rooms/+/signal").await;
    ann.says("rooms/tea/signal", "knock").await;
    assert!(other.take().await.payload.contains("knock"), "one's other devices hear it");
    let mut ann = ann;
    hears_nothing(&mut ann).await;
}

#[tokio::test]
async fn signals_are_bounded_in_size_and_number_and_who_is_muted_sends_none() {
    let config = Config { signal_size: 100, signal_burst: NonZeroU32::new(3).unwrap(), ..Config::default() };
    let company = Company::with(&["ann", "bo"], config).await;
    company.room("tea", &["ann", "bo"]).await;
    let bo = company.connect("bo", "phone").await;
    let refused = |outcome: broker::application::Outcome| property(&outcome, "refused").unwrap_or_default();
    assert_eq!(refused(bo.say("rooms/tea/signal", &"x".repeat(101)).await), "too_large");
    assert_eq!(refused(bo.say("rooms/tea/signal", "{}").await), "payload");
    let answers = (0..20).map(|_| bo.say("rooms/tea/signal", "x"));
    let codes: Vec<String> = futures_util::future::join_all(answers).await.into_iter().map(refused).collect();
    assert!(codes[0].is_empty() && codes.iter().any(|code| code == "quota"), "{codes:?}");
    let who = Person { id: company.account("bo").await.id, handle: handle("bo") };
    let mute = Change::Mute { who, until: Timestamp::NEVER };
    company.bridge.change_room(&company.account("ann").await, &handle("tea"), mute).await.unwrap();
    assert_eq!(refused(bo.say("rooms/tea/signal", "x").await), "muted");
}

#[tokio::test]
async fn in_a_room_of_more_than_a_thousand_it_is_refused() {
    let crowd: Vec<String> = (0..1_000).map(|one| format!("user-{one}")).collect();
    let crowd: Vec<&str> = crowd.iter().map(String::as_str).collect();
    let company = Company::of(&[&["ann"], &crowd[..]].concat()).await;
    let all: Vec<&str> = [&["ann"], &crowd[..999]].concat();
    company.room("hall", &all).await;
    let mut company = company;
    company.know_everybody().await;
    let mut ears = listening(&company, "user-1", "rooms/hall/+").await;
    let user = company.connect("user-0", "phone").await;
    user.says("rooms/hall/signal", "knock").await;
    assert!(ears.take().await.payload.contains("knock"));
    company.join("hall", "user-999").await;
    for topic in ["rooms/hall/signal", "rooms/hall/typing"] {
        let refused = user.say(topic, "true").await;
        assert_eq!(property(&refused, "refused").as_deref(), Some("not_allowed"), "{topic}");
    }
}
