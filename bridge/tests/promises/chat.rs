//! What is said is heard, and what is refused says why.

use crate::company::{Company, PATIENCE};
use crate::device::{Manner, message, property, subscription};
use bridge::Config;
use mqtt::ReasonCode;
use mqtt::packet::{Publish, Qos, Version, Will, WillProperties};
use std::num::NonZeroU32;
use std::time::Duration;

#[tokio::test]
async fn members_hear_what_is_said_with_its_number_and_the_sender_hears_it_too() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    let mut ann = company.connect("ann", "phone").await;
    let mut bo = company.connect("bo", "phone").await;
    assert_eq!(ann.subscribe("rooms/+/said").await, ReasonCode::GrantedQos1);
    assert_eq!(bo.subscribe("plain/rooms/tea/said").await, ReasonCode::GrantedQos1);

    let answer = ann.say("rooms/tea/say", "the kettle is on").await;

    assert_eq!((answer.code, property(&answer, "seq")), (ReasonCode::Success, Some("2".into())));
    let echo = ann.take().await;
    assert_eq!(echo.topic, "rooms/tea/said");
    assert!(echo.payload.contains("\"body\":\"the kettle is on\""), "{}", echo.payload);
    let heard = bo.take().await;
    assert_eq!((heard.topic.as_str(), heard.payload.as_str()), ("plain/rooms/tea/said", "the kettle is on"));
    assert_eq!((heard.seq(), heard.prev), (2, Some(1)));
}

#[tokio::test]
async fn a_draft_sent_twice_is_one_entry_and_one_answer() {
    let company = Company::of(&["ann"]).await;
    company.room("tea", &["ann"]).await;
    let ann = company.connect("ann", "phone").await;

    let first = ann.say("rooms/tea/say", r#"{"draft":"kettle-1","body":"on"}"#).await;
    let again = ann.say("rooms/tea/say", r#"{"draft":"kettle-1","body":"on"}"#).await;
    let other = ann.say("rooms/tea/say", r#"{"draft":"kettle-1","body":"off"}"#).await;

    assert_eq!(property(&first, "seq"), property(&again, "seq"));
    assert_eq!(property(&again, "duplicate").as_deref(), Some("true"));
    assert_eq!(other.code, ReasonCode::ImplementationSpecificError);
    assert_eq!(company.last_seq("tea").await.0, 2);
}

#[tokio::test]
async fn a_message_to_a_user_finds_or_makes_the_room_of_the_two() {
    let company = Company::of(&["ann", "bo"]).await;
    let ann = company.connect("ann", "phone").await;
    let mut bo = company.connect("bo", "phone").await;
    bo.subscribe("plain/rooms/+/said").await;

    let there = ann.say("users/bo/say", "hello bo").await;
    let back = bo.say("users/ann/say", "hello ann").await;

    assert_eq!(property(&there, "room"), property(&back, "room"));
    let heard: Vec<String> =
        [bo.take().await, bo.take().await, bo.take().await].map(|got| got.payload).into();
    assert_eq!(heard, ["", "hello bo", "hello ann"], "the room's beginning, then what was said");
}

#[tokio::test]
async fn who_joins_hears_from_the_join_on_and_who_leaves_hears_up_to_the_leave() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann"]).await;
    let mut bo = company.connect("bo", "phone").await;
    bo.subscribe("plain/rooms/+/said").await;

    company.say("ann", "tea", "before").await;
    company.join("tea", "bo").await;
    company.say("ann", "tea", "while").await;
    company.leave("tea", "bo").await;
    company.say("ann", "tea", "after").await;
    company.join("tea", "bo").await;
    let last = company.say("ann", "tea", "again").await;

    let heard = bo.take_until(company.room_id("tea").await, last).await;
    let heard: Vec<(u64, &str)> = heard.iter().map(|got| (got.seq(), got.payload.as_str())).collect();
    assert_eq!(heard, [(3, ""), (4, "while"), (5, ""), (7, ""), (8, "again")]);
}

#[tokio::test]
async fn a_refused_publish_says_why_and_stores_nothing() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann"]).await;
    let bo = company.connect("bo", "phone").await;
    let ann = company.connect("ann", "phone").await;
    let large = "x".repeat(64 * 1024 + 1);

    for (device, topic, payload, code, word) in [
        (&bo, "rooms/tea/say", "hello", ReasonCode::NotAuthorized, "not_a_member"),
        (&bo, "rooms/nowhere/say", "hello", ReasonCode::NotAuthorized, "not_a_member"),
        (&bo, "users/nobody/say", "hello", ReasonCode::NotAuthorized, "no_such_user"),
        (&ann, "rooms/tea/said", "hello", ReasonCode::NotAuthorized, "no_such_topic"),
        (&ann, "é/1", "hello", ReasonCode::NotAuthorized, "no_such_topic"),
        (&ann, "rooms/tea/say", "{broken", ReasonCode::PayloadFormatInvalid, "payload"),
        (&ann, "rooms/tea/say", "", ReasonCode::PayloadFormatInvalid, "payload"),
        (&ann, "rooms/tea/say", large.as_str(), ReasonCode::PayloadFormatInvalid, "too_large"),
        (&ann, "rooms/tea/read", "soon", ReasonCode::PayloadFormatInvalid, "payload"),
    ] {
        let outcome = device.say(topic, payload).await;
        assert_eq!((outcome.code, property(&outcome, "refused").as_deref()), (code, Some(word)), "{topic}");
        assert!(outcome.reason.is_some());
    }
    assert_eq!(company.last_seq("tea").await.0, 1);
}

#[tokio::test]
async fn in_3_1_1_a_refusal_comes_on_me_replies_with_the_acknowledgement() {
    let company = Company::of(&["ann"]).await;
    let manner = Manner { version: Version::V3, ..Manner::default() };
    let mut ann = company.arrive("ann", "kettle", &manner).await;
    assert_eq!(ann.subscribe("me/replies").await, ReasonCode::GrantedQos1);

    let outcome = ann.say("rooms/tea/say", r#"{"draft":"d-1","body":"hello"}"#).await;

    let notice = outcome.notice.expect("a notice that leaves before the acknowledgement");
    let payload = String::from_utf8_lossy(notice.frame.payload()).into_owned();
    assert_eq!(notice.frame.topic(), "me/replies");
    assert!(
        payload.contains("\"refused\":\"not_a_member\"") && payload.contains("\"draft\":\"d-1\""),
        "{payload}"
    );

    let quiet = Publish { qos: Qos::AtMostOnce, packet_id: None, ..message("rooms/tea/say", "hello") };
    drop(ann.publish(quiet).await);
    assert!(ann.take().await.payload.contains("\"topic\":\"rooms/tea/say\""));
}

#[tokio::test]
async fn a_device_hears_a_room_once_for_overlapping_filters_and_not_itself_with_no_local() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    let mut bo = company.connect("bo", "phone").await;
    bo.subscribe_with(subscription("plain/rooms/+/said", Qos::AtMostOnce), Some(7), &Vec::new()).await;
    bo.subscribe_with(subscription("plain/rooms/tea/said", Qos::AtLeastOnce), Some(8), &Vec::new()).await;
    company.say("ann", "tea", "one").await;
    let one = bo.take().await;
    assert_eq!((one.payload.as_str(), one.ids.as_slice()), ("one", &[7, 8][..]));

    let quiet =
        mqtt::packet::Subscription { no_local: true, ..subscription("plain/rooms/+/said", Qos::AtLeastOnce) };
    bo.unsubscribe("plain/rooms/tea/said").await;
    bo.subscribe_with(quiet, None, &Vec::new()).await;
    bo.say("rooms/tea/say", "mine").await;
    company.say("ann", "tea", "two").await;
    let two = bo.take().await;
    assert_eq!((two.payload.as_str(), two.seq(), two.prev), ("two", 4, Some(2)), "the own entry is no gap");
}

#[tokio::test]
async fn filters_that_could_hear_nothing_are_refused() {
    let company = Company::of(&["ann"]).await;
    company.room("tea", &["ann"]).await;
    company.room("attic", &["ann"]).await;
    company.leave("attic", "ann").await;
    let ann = company.connect("ann", "phone").await;
    for (filter, code) in [
        ("rooms/tea/said", ReasonCode::GrantedQos1),
        ("rooms/#", ReasonCode::GrantedQos1),
        ("rooms/attic/said", ReasonCode::NotAuthorized),
        ("rooms/nowhere/said", ReasonCode::NotAuthorized),
        ("weather/+", ReasonCode::NotAuthorized),
        ("#", ReasonCode::NotAuthorized),
        ("$share/all/rooms/+/said", ReasonCode::NotAuthorized),
    ] {
        assert_eq!(ann.subscribe(filter).await, code, "{filter}");
    }
}

#[tokio::test]
async fn a_will_is_said_when_its_owner_goes_without_a_word() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    let will = Will {
        topic: "rooms/tea/say".into(),
        payload: "ann is gone".into(),
        qos: Qos::AtLeastOnce,
        retain: false,
        properties: WillProperties::default(),
    };
    let mut bo = company.connect("bo", "phone").await;
    bo.subscribe("plain/rooms/+/said").await;
    let departure = {
        let ann = company.connect("ann", "phone").await;
        (ann.session.clone(), will)
    };
    let gone = broker::application::Departure {
        farewell: broker::application::Farewell::SocketLost,
        session_expiry: 0,
        in_flight: Vec::new(),
        received: Vec::new(),
        queued: Vec::new(),
        notices: Vec::new(),
        will: Some(Box::new(departure.1)),
    };
    broker::application::Application::gone(&*company.bridge, departure.0, gone).await;
    assert_eq!(bo.take().await.payload, "ann is gone");
}

#[tokio::test]
async fn a_message_is_edited_no_longer_than_is_set_and_its_owner_is_told() {
    let windows = chat::Windows { edit: Some(Duration::from_millis(1)), recall: None };
    let company = Company::with(&["ann"], Config { windows, say_rate: None, ..Config::default() }).await;
    company.room("tea", &["ann"]).await;
    let ann = company.connect("ann", "phone").await;
    ann.say("rooms/tea/say", "on").await;
    let edit = || ann.say("rooms/tea/say", r#"{"kind":"edit","of":2,"body":"off"}"#);
    // Within the millisecond it is taken; that does not last.
    let until = tokio::time::Instant::now() + PATIENCE;
    let mut outcome = edit().await;
    while outcome.code == ReasonCode::Success && tokio::time::Instant::now() < until {
        outcome = edit().await;
    }
    assert_eq!(property(&outcome, "refused").as_deref(), Some("too_late"));
    assert_eq!(outcome.code, ReasonCode::ImplementationSpecificError);
    let recall = ann.say("rooms/tea/say", r#"{"kind":"recall","of":2}"#).await;
    assert_eq!(recall.code, ReasonCode::Success, "that has another time");
}

#[tokio::test]
async fn who_speaks_too_fast_waits_and_is_refused_only_when_far_over() {
    let slow = Config {
        say_rate: NonZeroU32::new(10),
        say_burst: NonZeroU32::new(5).unwrap(),
        quota_patience: Duration::from_secs(1),
        ..Config::default()
    };
    let company = Company::with(&["ann"], slow).await;
    company.room("tea", &["ann"]).await;
    let ann = company.connect("ann", "phone").await;
    let mut answers = Vec::new();
    for n in 0..100 {
        answers.push(ann.begin(message("rooms/tea/say", &n.to_string())).await);
    }
    let (mut last, mut refused) = (1, 0);
    for answer in answers {
        let outcome = answer.await.expect("an answer");
        match outcome.code {
            ReasonCode::Success => {
                let seq: u64 = property(&outcome, "seq").unwrap().parse().unwrap();
                assert_eq!(seq, last + 1, "in the order in which they were said");
                last = seq;
            }
            code => {
                assert_eq!(code, ReasonCode::QuotaExceeded);
                assert!(property(&outcome, "retry_after_ms").is_some());
                refused += 1;
            }
        }
    }
    assert!(refused > 0 && last >= 15, "{refused} refused, {last} stored");
}
