//! What a device finds when it is back.

use crate::company::{Company, handle};
use crate::device::{Device, Got, Manner};
use mqtt::ReasonCode;
use mqtt::packet::{Qos, Will, WillProperties};
use store::Store as _;

fn bodies(heard: &[Got]) -> Vec<&str> {
    heard.iter().map(|got| got.payload.as_str()).collect()
}

async fn take(device: &mut Device, count: usize) -> Vec<Got> {
    let mut heard = Vec::new();
    for _ in 0..count {
        heard.push(device.take().await);
    }
    heard
}

#[tokio::test]
async fn a_device_that_was_away_hears_what_it_missed_before_anything_newer() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    let bo = company.connect("bo", "phone").await;
    assert!(!bo.session_present);
    bo.subscribe("plain/rooms/+/said").await;
    bo.vanish().await;
    for n in 0..120 {
        company.say("ann", "tea", &n.to_string()).await;
    }
    let mut bo = company.connect("bo", "phone").await;
    assert!(bo.session_present);
    company.say("ann", "tea", "live").await;
    let heard = take(&mut bo, 121).await;
    let expected: Vec<String> = (0..120).map(|n| n.to_string()).chain(["live".to_owned()]).collect();
    assert_eq!(bodies(&heard), expected);
    assert!(heard.iter().all(|got| !got.dup));
}

#[tokio::test]
async fn what_was_in_flight_comes_again_first_and_with_dup_and_what_was_acknowledged_does_not() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    let mut bo = company.connect("bo", "phone").await;
    bo.subscribe("plain/rooms/+/said").await;
    for text in ["1", "2", "3"] {
        company.say("ann", "tea", text).await;
    }
    let got = [bo.next().await, bo.next().await, bo.next().await];
    bo.acknowledge(got[1].mark);
    bo.vanish().await;
    company.say("ann", "tea", "4").await;

    let mut bo = company.connect("bo", "phone").await;
    let heard = take(&mut bo, 3).await;
    let heard: Vec<(&str, bool)> = heard.iter().map(|got| (got.payload.as_str(), got.dup)).collect();
    assert_eq!(heard, [("1", true), ("3", true), ("4", false)]);
}

#[tokio::test]
async fn a_first_subscription_and_a_clean_start_begin_now() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    company.say("ann", "tea", "long ago").await;
    let mut bo = company.connect("bo", "phone").await;
    bo.subscribe("plain/rooms/+/said").await;
    company.say("ann", "tea", "now").await;
    assert_eq!(bo.take().await.payload, "now");
    bo.vanish().await;
    company.say("ann", "tea", "missed").await;
    let mut bo = company.arrive("bo", "phone", &Manner { clean_start: true, ..Manner::default() }).await;
    assert!(!bo.session_present);
    bo.subscribe("plain/rooms/+/said").await;
    company.say("ann", "tea", "new").await;
    assert_eq!(bo.take().await.payload, "new");
}

#[tokio::test]
async fn a_subscription_is_durable_before_its_suback() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    let bo = company.connect("bo", "phone").await;
    assert_eq!(bo.subscribe("plain/rooms/+/said").await, ReasonCode::GrantedQos1);
    bo.forget();
    let company = company.crash().await;
    company.say("ann", "tea", "after the crash").await;
    let mut bo = company.connect("bo", "phone").await;
    assert!(bo.session_present);
    assert_eq!(bo.take().await.payload, "after the crash");
}

#[tokio::test]
async fn after_a_crash_what_may_have_been_sent_says_so() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    let mut bo = company.connect("bo", "phone").await;
    bo.subscribe("plain/rooms/+/said").await;
    company.say("ann", "tea", "1").await;
    assert_eq!(bo.take().await.payload, "1");
    bo.forget();
    let company = company.crash().await;
    let mut bo = company.connect("bo", "phone").await;
    let again = bo.take().await;
    assert_eq!((again.payload.as_str(), again.dup), ("1", true));
}

#[tokio::test]
async fn the_will_of_a_device_that_was_connected_when_the_server_crashed_is_said() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    let bo = company.connect("bo", "phone").await;
    bo.subscribe("plain/rooms/+/said").await;
    let will = Will {
        topic: "rooms/tea/say".into(),
        payload: "ann is gone".into(),
        qos: Qos::AtLeastOnce,
        retain: false,
        properties: WillProperties::default(),
    };
    let ann = company.arrive("ann", "phone", &Manner { will: Some(will.into()), ..Manner::default() }).await;
    ann.forget();
    bo.forget();
    let company = company.crash().await;
    let mut bo = company.connect("bo", "phone").await;
    assert_eq!(bo.take().await.payload, "ann is gone");
    let ann = company.connect("ann", "phone").await;
    assert!(ann.session_present, "its session waits for it as long as was agreed");
}

#[tokio::test]
async fn who_left_while_away_hears_up_to_the_leave_and_nothing_after() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    company.room("den", &["ann", "bo"]).await;
    let bo = company.connect("bo", "phone").await;
    bo.subscribe("plain/rooms/+/said").await;
    bo.vanish().await;
    company.say("ann", "tea", "for bo").await;
    company.leave("tea", "bo").await;
    company.say("ann", "tea", "not for bo").await;
    let end = company.say("ann", "den", "end").await;
    let mut bo = company.connect("bo", "phone").await;
    let den = company.room_id("den").await;
    let mut heard = bo.take_until(den, end).await;
    heard.extend(bo.take_ready(10).await);
    while heard.len() < 3 {
        heard.push(bo.take().await);
    }
    let mut heard = bodies(&heard);
    heard.sort_unstable();
    assert_eq!(heard, ["", "end", "for bo"]);
}

#[tokio::test]
async fn a_client_may_begin_again_after_a_number_or_ask_for_the_newest_only() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    for n in 2..=100 {
        company.say("ann", "tea", &n.to_string()).await;
    }
    let mut bo = company.connect("bo", "phone").await;
    bo.subscribe_as("plain/rooms/tea/said", Qos::AtLeastOnce, &[("since", "97")]).await;
    assert_eq!(bodies(&take(&mut bo, 3).await), ["98", "99", "100"]);
    bo.subscribe_as("rooms/tea/said", Qos::AtLeastOnce, &[("since", "10"), ("replay", "2")]).await;
    let heard = take(&mut bo, 6).await;
    let json: Vec<&Got> = heard.iter().filter(|got| got.topic == "rooms/tea/said").collect();
    assert_eq!(json.len(), 3, "{heard:?}");
    assert!(
        json[0].payload.contains(r#""kind":"gap""#) && json[0].payload.contains(r#""from":11,"to":98"#),
        "{}",
        json[0].payload
    );
    assert!(json[1].payload.contains(r#""body":"99""#) && json[2].payload.contains(r#""body":"100""#));
}

#[tokio::test]
async fn a_slow_device_gets_everything_in_order_when_it_reads_again() {
    let company = Company::of(&["ann", "bo", "cy"]).await;
    company.room("tea", &["ann", "bo", "cy"]).await;
    let mut bo = company.arrive("bo", "slow", &Manner { queue: 8, ..Manner::default() }).await;
    let mut cy = company.connect("cy", "fast").await;
    bo.subscribe("plain/rooms/+/said").await;
    cy.subscribe("plain/rooms/+/said").await;
    for n in 0..1_000 {
        company.say("ann", "tea", &n.to_string()).await;
    }
    let expected: Vec<String> = (0..1_000).map(|n| n.to_string()).collect();
    assert_eq!(bodies(&take(&mut cy, 1_000).await), expected);
    assert_eq!(bodies(&take(&mut bo, 1_000).await), expected);
}

#[tokio::test]
async fn what_passes_while_a_connection_is_ending_is_not_lost() {
    let company = Company::of(&["ann", "bo", "cy"]).await;
    company.room("tea", &["ann", "bo", "cy"]).await;
    let bo = company.connect("bo", "phone").await;
    let mut cy = company.connect("cy", "phone").await;
    bo.subscribe("plain/rooms/+/said").await;
    cy.subscribe("plain/rooms/+/said").await;
    let ending = bo.break_off();
    company.say("ann", "tea", "between").await;
    // Once cy has it, it has passed everybody who listens in the room.
    assert_eq!(cy.take().await.payload, "between");
    ending.gone().await;
    let mut bo = company.connect("bo", "phone").await;
    assert_eq!(bo.take().await.payload, "between");
}

#[tokio::test]
async fn who_comes_again_hears_from_the_join_on_whether_their_device_was_here_or_not() {
    let company = Company::of(&["ann", "bo"]).await;
    let tea = company.room("tea", &["ann", "bo"]).await;
    let ann = company.store.account(&handle("ann")).await.unwrap().unwrap();
    let all = chat::NewSettings { history: Some(chat::History::All), ..chat::NewSettings::default() };
    company.bridge.change_room(&ann, &tea, chat::Change::Set(Box::new(all))).await.unwrap();
    let phone = company.connect("bo", "phone").await;
    let mut watch = company.connect("bo", "watch").await;
    for device in [&phone, &watch] {
        device.subscribe("rooms/+/said").await;
    }
    phone.vanish().await;
    company.leave("tea", "bo").await;
    company.say("ann", "tea", "what bo may read, and is not told").await;
    company.join("tea", "bo").await;
    let last = company.say("ann", "tea", "hello again").await;

    let mut phone = company.connect("bo", "phone").await;
    let id = company.room_id("tea").await;
    for device in [&mut phone, &mut watch] {
        let heard = device.take_until(id, last).await;
        let heard: Vec<_> = heard.iter().map(|got| (got.seq(), got.prev)).collect();
        assert_eq!(heard, [(3, Some(2)), (5, Some(3)), (6, Some(5))]);
    }
    let wish = [("since", "3")];
    phone.subscribe_as("rooms/tea/said", Qos::AtLeastOnce, &wish).await;
    let asked: Vec<_> = phone.take_until(id, last).await.iter().map(|got| got.seq()).collect();
    assert_eq!(asked, [4, 5, 6], "who asks for it is told what they may read");
}
