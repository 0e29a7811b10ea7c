//! How much somebody may do whom nobody knows yet.

use crate::company::{Company, handle};
use bridge::{AccountError, Config};
use mqtt::ReasonCode;
use std::num::NonZeroU32;
use std::time::Duration;

fn few(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap()
}

#[tokio::test]
async fn who_writes_to_many_strangers_has_to_wait_and_friends_are_none() {
    let config = Config { strangers: Some(few(2)), new_for: Duration::ZERO, ..Config::default() };
    let company = Company::with(&["ann", "bo", "cy", "di", "ed"], config).await;
    let (ann, ed) = (company.account("ann").await, company.account("ed").await);
    let phone = company.connect("ann", "phone").await;
    let to = |who: &str| format!("users/{who}/say");
    for who in ["bo", "cy", "ann", "bo"] {
        assert_eq!(phone.say(&to(who), "hello").await.code, ReasonCode::Success, "{who}");
    }
    let refused = phone.say(&to("di"), "hello").await;
    assert_eq!(refused.code, ReasonCode::QuotaExceeded);
    let wait = crate::device::property(&refused, "retry_after_ms").unwrap().parse::<u64>().unwrap();
    assert!((1..=43_200_000).contains(&wait), "{wait}");
    let asked = company.bridge.befriend(&ann, &handle("di")).await;
    assert!(matches!(asked, Err(AccountError::Quota(_))), "to ask is to write to them: {asked:?}");
    assert_eq!(phone.say(&to("bo"), "still there?").await.code, ReasonCode::Success, "no stranger any more");
    company.bridge.befriend(&ed, &handle("ann")).await.unwrap();
    company.bridge.befriend(&ann, &handle("ed")).await.unwrap();
    assert_eq!(phone.say(&to("ed"), "hello").await.code, ReasonCode::Success, "who asked is none");
}

#[tokio::test]
async fn a_new_account_may_do_less_for_a_while() {
    let config = |new_for| Config {
        say_rate: Some(few(1_000)),
        say_burst: few(1_000),
        new_rate: few(1),
        new_burst: few(2),
        new_strangers: Some(few(1)),
        quota_patience: Duration::ZERO,
        new_for,
        ..Config::default()
    };
    for (new_for, last) in
        [(Duration::from_hours(1), ReasonCode::QuotaExceeded), (Duration::ZERO, ReasonCode::Success)]
    {
        let company = Company::with(&["ann", "bo", "cy"], config(new_for)).await;
        let phone = company.connect("ann", "phone").await;
        let mut codes = Vec::new();
        for who in ["bo", "cy", "ann"] {
            codes.push(phone.say(&format!("users/{who}/say"), "hello").await.code);
        }
        assert_eq!(codes, [ReasonCode::Success, last, ReasonCode::Success], "{new_for:?}");
        assert_eq!(phone.say("users/ann/say", "hello").await.code, last, "{new_for:?}");
    }
}

#[tokio::test]
async fn a_room_takes_so_much_whoever_says_it_and_other_rooms_are_not_touched() {
    let config = Config {
        say_rate: None,
        room_rate: Some(few(1)),
        room_burst: few(2),
        quota_patience: Duration::ZERO,
        ..Config::default()
    };
    let company = Company::with(&["ann", "bo"], config).await;
    for room in ["tea", "attic"] {
        company.room(room, &["ann", "bo"]).await;
    }
    let (ann, bo) = (company.connect("ann", "phone").await, company.connect("bo", "phone").await);
    for who in [&ann, &bo] {
        assert_eq!(who.say("rooms/tea/say", "hello").await.code, ReasonCode::Success);
    }
    assert_eq!(bo.say("rooms/tea/say", "hello?").await.code, ReasonCode::QuotaExceeded);
    assert_eq!(bo.say("rooms/attic/say", "hello").await.code, ReasonCode::Success);
}
