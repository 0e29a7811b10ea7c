//! Who is there, as those hear it who may.

use crate::company::{Company, handle};
use crate::device::{Device, Got, Manner, message, subscription};
use bridge::{Config, PresenceWish};
use chat::{Presence, Visibility};
use mqtt::ReasonCode;
use mqtt::packet::{Qos, RetainHandling, Subscription, Will, WillProperties};
use serde_json::Value;
use std::time::Duration;

/// Long enough to come back, short enough to wait for.
const GRACE: Duration = Duration::from_millis(1_500);

fn config() -> Config {
    Config { say_rate: None, presence_grace: GRACE, ..Config::default() }
}

/// Ann, bo and cy; ann and bo are in the room `tea`. The time after the start is over.
async fn company() -> Company {
    let company = Company::with(&["ann", "bo", "cy"], config()).await;
    company.room("tea", &["ann", "bo"]).await;
    tokio::time::sleep(GRACE).await;
    company
}

async fn watching(company: &Company, who: &str, filter: &str) -> Device {
    let device = company.connect(who, "watch").await;
    assert!(!device.subscribe(filter).await.is_refusal(), "{filter}");
    device
}

/// The state that a device hears next, and of whom.
async fn hears(device: &mut Device) -> (String, String) {
    let got = device.take().await;
    of(&got)
}

fn of(got: &Got) -> (String, String) {
    let told: Value = serde_json::from_str(&got.payload).unwrap();
    (told["user"].as_str().unwrap().to_owned(), told["state"].as_str().unwrap().to_owned())
}

fn is(user: &str, state: &str) -> (String, String) {
    (user.to_owned(), state.to_owned())
}

/// Nothing more comes for as long as a change could take.
async fn hears_nothing(device: &mut Device) {
    tokio::time::sleep(Duration::from_millis(1_300)).await;
    let more = device.take_ready(10).await;
    assert!(more.is_empty(), "{more:?}");
}

#[tokio::test]
async fn a_subscription_hears_at_once_how_somebody_is_and_then_what_changes() {
    let company = company().await;
    let bos = company.connect("bo", "phone").await;
    let mut ann = watching(&company, "ann", "users/bo/presence").await;
    let first = ann.take().await;
    assert_eq!((of(&first), first.retain, first.qos), (is("bo", "online"), true, Qos::AtMostOnce));
    bos.says("me/presence", r#"{"state":"busy","text":"in a meeting"}"#).await;
    let then = ann.take().await;
    assert_eq!(then.payload, r#"{"user":"bo","state":"busy","text":"in a meeting"}"#);
    assert_eq!((then.topic.as_str(), then.retain), ("users/bo/presence", false));
    let mut late = company.connect("ann", "late").await;
    late.subscribe("cbor/users/+/presence").await;
    let cbor = late.take().await;
    assert_eq!((cbor.topic.as_str(), cbor.retain), ("cbor/users/bo/presence", true));
}

#[tokio::test]
async fn retain_handling_says_whether_it_comes_at_once() {
    let company = company().await;
    let _bos = company.connect("bo", "phone").await;
    let mut ann = company.connect("ann", "watch").await;
    let with = |retain_handling| Subscription {
        retain_handling,
        ..subscription("users/+/presence", Qos::AtLeastOnce)
    };
    ann.subscribe_with(with(RetainHandling::Never), None, &Vec::new()).await;
    ann.subscribe_with(with(RetainHandling::IfNew), None, &Vec::new()).await;
    hears_nothing(&mut ann).await;
    ann.subscribe_with(with(RetainHandling::Always), Some(7), &Vec::new()).await;
    let got = ann.take().await;
    assert_eq!((of(&got), got.ids), (is("bo", "online"), vec![7]));
}

#[tokio::test]
async fn of_several_devices_one_state_is_seen() {
    let company = company().await;
    let phone = company.connect("bo", "phone").await;
    let laptop = company.connect("bo", "laptop").await;
    let mut ann = watching(&company, "ann", "users/bo/presence").await;
    assert_eq!(hears(&mut ann).await, is("bo", "online"));
    laptop.says("me/presence", "away").await;
    hears_nothing(&mut ann).await;
    laptop.says("me/presence", "busy").await;
    assert_eq!(hears(&mut ann).await, is("bo", "busy"));
    laptop.leave().await;
    assert_eq!(hears(&mut ann).await, is("bo", "online"));
    phone.says("me/presence", "offline").await;
    assert_eq!(hears(&mut ann).await, is("bo", "offline"));
}

#[tokio::test]
async fn a_device_in_the_background_is_away() {
    let company = company().await;
    let manner = Manner { properties: vec![("state".into(), "background".into())], ..Manner::default() };
    let bos = company.arrive("bo", "phone", &manner).await;
    let mut ann = watching(&company, "ann", "users/bo/presence").await;
    assert_eq!(hears(&mut ann).await, is("bo", "away"));
    bos.says("me/presence", r#"{"background":false}"#).await;
    assert_eq!(hears(&mut ann).await, is("bo", "online"));
    bos.says("me/presence", r#"{"background":true}"#).await;
    assert_eq!(hears(&mut ann).await, is("bo", "away"));
}

#[tokio::test]
async fn who_is_back_within_the_grace_never_went() {
    let company = company().await;
    let bos = company.connect("bo", "phone").await;
    let mut ann = watching(&company, "ann", "users/+/presence").await;
    assert_eq!(hears(&mut ann).await, is("bo", "online"));
    bos.says("me/presence", "busy").await;
    assert_eq!(hears(&mut ann).await, is("bo", "busy"));
    bos.vanish().await;
    let again = company.connect("bo", "phone").await;
    hears_nothing(&mut ann).await;
    again.says("me/presence", "online").await;
    assert_eq!(hears(&mut ann).await, is("bo", "online"));
}

#[tokio::test]
async fn who_does_not_come_back_is_gone_after_the_grace_and_was_seen_last_when_they_went() {
    let company = company().await;
    let bos = company.connect("bo", "phone").await;
    let mut ann = watching(&company, "ann", "users/bo/presence").await;
    assert_eq!(hears(&mut ann).await, is("bo", "online"));
    let went = std::time::Instant::now();
    bos.vanish().await;
    let gone: Value = serde_json::from_str(&ann.take().await.payload).unwrap();
    assert!(went.elapsed() >= GRACE);
    let seen = topics::payload::from_rfc3339(gone["last_seen"].as_str().unwrap()).unwrap();
    let ago = store::stored::now().0 - seen.0;
    assert!(ago >= i64::try_from(GRACE.as_millis()).unwrap() - 50, "{ago} ms ago");
    let mut late = watching(&company, "cy", "rooms/#").await;
    assert_eq!(late.subscribe("users/bo/presence").await, ReasonCode::NotAuthorized);
    company.join("tea", "cy").await;
    assert!(!late.subscribe("users/bo/presence").await.is_refusal());
    loop {
        let got = late.take().await;
        if got.topic == "users/bo/presence" {
            let told: Value = serde_json::from_str(&got.payload).unwrap();
            assert_eq!((&told["last_seen"], got.retain), (&gone["last_seen"], true));
            break;
        }
    }
}

#[tokio::test]
async fn after_a_restart_nobody_is_said_to_be_gone_who_comes_back() {
    let company = company().await;
    let bos = company.connect("bo", "phone").await;
    let _cys = company.connect("cy", "phone").await;
    company.join("tea", "cy").await;
    let mut ann = watching(&company, "ann", "users/+/presence").await;
    let mut first = [hears(&mut ann).await, hears(&mut ann).await];
    first.sort();
    assert_eq!(first, [is("bo", "online"), is("cy", "online")]);
    bos.says("me/presence", "busy").await;
    assert_eq!(hears(&mut ann).await, is("bo", "busy"));
    // What a device said is written down within a second.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    ann.forget();
    bos.forget();
    let company = company.restart(config()).await;
    let mut ann = company.connect("ann", "watch").await;
    assert!(ann.session_present);
    assert_eq!(hears(&mut ann).await, is("bo", "busy"), "bo's phone had said so, and may be back");
    let _again = company.connect("bo", "phone").await;
    assert_eq!(hears(&mut ann).await, is("cy", "offline"), "cy did not come back");
    hears_nothing(&mut ann).await;
}

#[tokio::test]
async fn what_one_says_of_it_survives_a_restart_and_can_be_taken_away() {
    let company = company().await;
    let bos = company.connect("bo", "phone").await;
    bos.says("me/presence", r#"{"text":"at the lake"}"#).await;
    let company = company.restart(config()).await;
    let bos = company.connect("bo", "phone").await;
    let mut ann = watching(&company, "ann", "users/bo/presence").await;
    assert!(ann.take().await.payload.contains("at the lake"));
    bos.says("me/presence", r#"{"text":""}"#).await;
    assert_eq!(ann.take().await.payload, r#"{"user":"bo","state":"online"}"#);
}

#[tokio::test]
async fn who_is_around_follows_rooms_and_contacts() {
    let company = company().await;
    let _cys = company.connect("cy", "phone").await;
    let mut ann = watching(&company, "ann", "users/+/presence").await;
    assert_eq!(hears(&mut ann).await, is("bo", "offline"));
    company.join("tea", "cy").await;
    assert_eq!(hears(&mut ann).await, is("cy", "online"));
    company.leave("tea", "cy").await;
    let lost = ann.take().await;
    assert_eq!(lost.payload, r#"{"user":"cy","state":"offline"}"#);
    let (anns, cys) = (company.account("ann").await, company.account("cy").await);
    company.bridge.befriend(&anns, &handle("cy")).await.unwrap();
    company.bridge.befriend(&cys, &handle("ann")).await.unwrap();
    assert_eq!(hears(&mut ann).await, is("cy", "online"));
    company.bridge.part_ways(&cys, &handle("ann")).await.unwrap();
    assert_eq!(hears(&mut ann).await, is("cy", "offline"));
}

#[tokio::test]
async fn who_is_kept_away_hears_once_that_nobody_is_there_and_then_nothing() {
    let company = company().await;
    let bos = company.connect("bo", "phone").await;
    let mut ann = watching(&company, "ann", "users/bo/presence").await;
    assert_eq!(hears(&mut ann).await, is("bo", "online"));
    company.bridge.keep_away(&company.account("bo").await, &handle("ann")).await.unwrap();
    assert_eq!(ann.take().await.payload, r#"{"user":"bo","state":"offline"}"#);
    bos.says("me/presence", "busy").await;
    hears_nothing(&mut ann).await;
    let other = company.connect("ann", "other").await;
    let [kept, nobody] =
        [other.subscribe("users/bo/presence").await, other.subscribe("users/ghost/presence").await];
    assert_eq!([kept, nobody], [ReasonCode::NotAuthorized; 2]);
    company.bridge.let_near(&company.account("bo").await, &handle("ann")).await.unwrap();
    assert_eq!(hears(&mut ann).await, is("bo", "busy"), "the subscription had stayed");
}

#[tokio::test]
async fn each_says_who_may_see_them_and_it_holds_at_once() {
    let company = company().await;
    let _bos = company.connect("bo", "phone").await;
    let bo = company.account("bo").await;
    let lets = |visibility| PresenceWish { visibility: Some(visibility), ..PresenceWish::default() };
    let mut ann = watching(&company, "ann", "users/+/presence").await;
    assert_eq!(hears(&mut ann).await, is("bo", "online"));
    let cy = company.connect("cy", "watch").await;
    assert_eq!(cy.subscribe("users/bo/presence").await, ReasonCode::NotAuthorized);
    company.bridge.set_presence(&bo, lets(Visibility::Everyone)).await.unwrap();
    let mut cy = watching(&company, "cy", "users/bo/presence").await;
    assert_eq!(hears(&mut cy).await, is("bo", "online"));
    company.bridge.set_presence(&bo, lets(Visibility::Known)).await.unwrap();
    assert_eq!(cy.take().await.payload, r#"{"user":"bo","state":"offline"}"#);
    company.bridge.set_presence(&bo, lets(Visibility::Nobody)).await.unwrap();
    assert_eq!(ann.take().await.payload, r#"{"user":"bo","state":"offline"}"#);
    let seen = company.bridge.presences_of(company.account("ann").await.id, &[handle("bo")]).await.unwrap();
    assert!(seen.is_empty());
    let own = company.bridge.own_presence(&bo).await.unwrap();
    assert_eq!((own.shown.state, own.visibility), (Presence::Online, Visibility::Nobody));
    company.bridge.set_presence(&bo, lets(Visibility::Known)).await.unwrap();
    assert_eq!(hears(&mut ann).await, is("bo", "online"));
}

#[tokio::test]
async fn one_session_names_a_bounded_number_of_people() {
    let company = company().await;
    let ann = company.connect("ann", "watch").await;
    let names: Vec<String> = (0..200).map(|one| format!("user-{one}")).collect();
    for name in &names {
        let account = company.bridge.add_user(&handle(name), None, false).await;
        assert!(account.is_ok());
    }
    let rest: Vec<_> = names.iter().map(|name| handle(name)).collect();
    company.bridge.add_room(&handle("tea"), &rest).await.unwrap();
    for name in &names {
        assert!(!ann.subscribe(&format!("users/{name}/presence")).await.is_refusal());
    }
    assert_eq!(ann.subscribe("users/bo/presence").await, ReasonCode::QuotaExceeded);
    assert!(!ann.subscribe("users/user-7/presence").await.is_refusal(), "that is none more");
    ann.unsubscribe("users/user-7/presence").await;
    assert!(!ann.subscribe("users/bo/presence").await.is_refusal());
}

#[tokio::test]
async fn a_will_speaks_for_the_device_that_went() {
    let company = company().await;
    let will = |payload: &str| {
        Box::new(Will {
            topic: "me/presence".into(),
            payload: payload.as_bytes().to_vec().into(),
            qos: Qos::AtLeastOnce,
            retain: false,
            properties: WillProperties::default(),
        })
    };
    let bos = company.connect("bo", "phone").await;
    let mut ann = watching(&company, "ann", "users/bo/presence").await;
    assert_eq!(hears(&mut ann).await, is("bo", "online"));
    bos.vanish_with(will(r#"{"state":"away","text":"in a tunnel"}"#)).await;
    let told = ann.take().await.payload;
    assert_eq!(told, r#"{"user":"bo","state":"away","text":"in a tunnel"}"#);
    let bos = company.connect("bo", "phone").await;
    assert_eq!(hears(&mut ann).await, is("bo", "online"));
    bos.vanish_with(will(r#"{"state":"offline","text":"gone fishing"}"#)).await;
    let bos = company.connect("bo", "phone").await;
    hears_nothing(&mut ann).await;
    bos.vanish_with(will(r#"{"state":"offline","text":"gone fishing"}"#)).await;
    let gone = ann.take().await.payload;
    assert!(gone.contains(r#""state":"offline","text":"gone fishing","last_seen":"#), "{gone}");
}

#[tokio::test]
async fn who_reads_too_slowly_hears_later_how_it_is_then() {
    let company = company().await;
    let bos = company.connect("bo", "phone").await;
    let slow = Manner { queue: 1, ..Manner::default() };
    let mut ann = company.arrive("ann", "watch", &slow).await;
    ann.subscribe("users/bo/presence").await;
    ann.subscribe("users/ann/presence").await;
    for state in ["away", "busy", "away", "busy"] {
        bos.says("me/presence", state).await;
        // Of one person a change a second is told.
        tokio::time::sleep(Duration::from_millis(1_050)).await;
    }
    let mut last = None;
    let until = tokio::time::Instant::now() + Duration::from_secs(3);
    let mut heard = 0;
    while tokio::time::Instant::now() < until {
        for got in ann.take_ready(10).await {
            heard += 1;
            if got.topic == "users/bo/presence" {
                last = Some(of(&got).1);
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(last.as_deref(), Some("busy"));
    assert!(heard <= 5, "{heard}");
}

#[tokio::test]
async fn a_state_is_published_by_oneself_and_never_retained_or_said_for_others() {
    let company = company().await;
    let bos = company.connect("bo", "phone").await;
    let other = bos.say("users/ann/presence", "busy").await;
    assert_eq!(other.code, ReasonCode::NotAuthorized);
    for payload in ["asleep", r#"{"state":"busy","seq":1}"#, ""] {
        assert_eq!(bos.say("me/presence", payload).await.code, ReasonCode::PayloadFormatInvalid, "{payload}");
    }
    let answers = (0..40).map(|_| bos.publish(message("me/presence", "away")));
    let codes: Vec<ReasonCode> =
        futures_util::future::join_all(answers).await.into_iter().map(|one| one.unwrap().code).collect();
    assert!(codes.contains(&ReasonCode::QuotaExceeded), "a state that changes all the time is none");
    let mut retained = message("me/presence", "away");
    retained.retain = true;
    assert!(bos.publish(retained).await.is_none() && bos.is_ended());
}

#[tokio::test]
async fn who_writes_to_a_stranger_sees_them_once_they_answer() {
    let company = company().await;
    let bos = company.connect("bo", "phone").await;
    let mut cy = watching(&company, "cy", "users/+/presence").await;
    cy.says("users/bo/say", "hello?").await;
    assert_eq!(cy.subscribe("users/bo/presence").await, ReasonCode::NotAuthorized);
    hears_nothing(&mut cy).await;
    bos.says("users/cy/say", "hello").await;
    assert_eq!(hears(&mut cy).await, is("bo", "online"));
}
