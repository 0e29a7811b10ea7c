//! What Apple hears, and what it comes to.

use crate::house::{House, TOPIC, alert, apple_token, large, now};
use chat::Timestamp;
use futures_util::future::join_all;
use providers::Heard;
use push_worker::{
    Address, Answer, Clock, Environment, Form, Lifetime, Notification, Priority, Providers, Sealed,
};
use serde_json::json;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;
use uuid::Uuid;

#[tokio::test]
async fn an_alert_is_told_whole_with_everything_that_apple_wants_to_know() {
    let house = House::open().await;
    let (to, what) = (house.iphone(), alert());
    let answer = house.providers().send(&to, &what).await;
    assert_eq!(answer, Answer::Sent { id: what.id.to_string(), whole: true });
    let heard = &house.apple.script.heard()[0];
    let Lifetime::Until(end) = what.lifetime else { panic!("it has an end") };
    for (name, value) in [
        ("apns-topic", TOPIC),
        ("apns-push-type", "alert"),
        ("apns-priority", "10"),
        ("apns-expiration", &(end.0 / 1000).to_string()),
        ("apns-collapse-id", "tea"),
        ("apns-id", &what.id.to_string()),
    ] {
        assert_eq!(heard.header(name), value, "{name}");
    }
    let aps = json!({
        "alert": { "title": "ann in tea", "body": "the kettle is on" },
        "badge": 3, "sound": "default", "thread-id": "tea",
    });
    assert_eq!(heard.json(), json!({ "aps": aps, "natter": { "room": "tea", "seq": "41" } }));
}

#[tokio::test]
async fn a_sealed_message_wakes_the_app_to_open_it_and_shows_nothing_of_it_to_apple() {
    let house = House::open().await;
    let sealed = Some(Sealed::new("b64ciphertext".to_owned()));
    let what = Notification { form: Form::MutableContent, words: None, sealed, ..alert() };
    assert_eq!(house.providers().send(&house.iphone(), &what).await.outcome(), "sent");
    let said = house.apple.script.heard()[0].json();
    assert_eq!(said["aps"]["mutable-content"], 1);
    assert_eq!(said["aps"]["alert"]["body"], "You have a new message");
    assert_eq!(said["natter"]["sealed"], "b64ciphertext");
}

#[tokio::test]
async fn what_was_read_elsewhere_is_taken_back_without_a_sound() {
    let house = House::open().await;
    let what = Notification::withdrawal(Uuid::now_v7(), "tea", 41, 2, Lifetime::Until(Timestamp::NEVER));
    assert_eq!(house.providers().send(&house.iphone(), &what).await.outcome(), "sent");
    let heard = &house.apple.script.heard()[0];
    assert_eq!((heard.header("apns-push-type"), heard.header("apns-priority")), ("background", "5"));
    let app = json!({ "room": "tea", "withdraw": "41", "badge": 2 });
    assert_eq!(heard.json(), json!({ "aps": { "content-available": 1 }, "natter": app }));
}

#[tokio::test]
async fn each_urgency_and_each_lifetime_is_one_that_apple_takes() {
    let house = House::open().await;
    let providers = house.providers();
    for priority in [Priority::High, Priority::Normal, Priority::Low] {
        for form in [Form::Alert, Form::Background, Form::MutableContent] {
            for lifetime in [Lifetime::AtOnce, Lifetime::Until(Timestamp::NEVER)] {
                let collapse =
                    Some("a room of a name that has more than sixty-four letters in it — 茶".to_owned());
                let what = Notification { priority, form, lifetime, collapse, ..alert() };
                let answer = providers.send(&house.iphone(), &what).await;
                assert_eq!(answer.outcome(), "sent", "{priority:?} {form:?} {lifetime:?} {answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn an_app_under_development_is_told_by_the_sandbox_and_a_token_of_the_other_house_is_kept() {
    let house = House::open().await;
    let providers = house.providers();
    let token = house.sandbox.device(TOPIC);
    let sandbox = Address { environment: Environment::Sandbox, ..apple_token(&token) };
    assert_eq!(providers.send(&sandbox, &alert()).await.outcome(), "sent");
    assert_eq!((house.sandbox.script.heard().len(), house.apple.script.heard().len()), (1, 0));
    let answer = providers.send(&apple_token(&token), &alert()).await;
    assert!(
        matches!(&answer, Answer::Disabled { reason } if reason.as_str() == "BadDeviceToken"),
        "{answer:?}"
    );
    let others = providers.send(&apple_token(&house.apple.device("org.example.other")), &alert()).await;
    assert!(
        matches!(&others, Answer::Disabled { reason } if reason.as_str() == "DeviceTokenNotForTopic"),
        "{others:?}"
    );
}

#[tokio::test]
async fn a_device_is_gone_since_the_moment_that_apple_names() {
    let house = House::open().await;
    let token = house.apple.device(TOPIC);
    house.apple.forget(&token, 1_700_000_000_123);
    let answer = house.providers().send(&apple_token(&token), &alert()).await;
    assert!(matches!(&answer, Answer::Gone { since: Timestamp(1_700_000_000_123), .. }), "{answer:?}");
    // It has come back meanwhile.
    let mut to = apple_token(&token);
    assert!(!answer.ends(&to));
    to.registered_at = Timestamp(1_700_000_000_122);
    assert!(answer.ends(&to));
}

#[tokio::test]
async fn what_is_too_large_goes_without_content_and_apple_is_not_bothered_with_it() {
    let house = House::open().await;
    let answer = house.providers().send(&house.iphone(), &large()).await;
    assert!(matches!(answer, Answer::Sent { whole: false, .. }), "{answer:?}");
    let heard = house.apple.script.heard();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].json()["aps"]["alert"]["body"], "You have a new message");
    assert_eq!(heard[0].json()["natter"], json!({ "room": "tea", "seq": "41" }));
}

#[tokio::test]
async fn what_is_too_large_even_so_is_given_up() {
    let house = House::open().await;
    let mut what = alert();
    what.data.insert("more", "x".repeat(5000));
    assert_eq!(house.providers().send(&house.iphone(), &what).await.outcome(), "too_large");
    assert!(house.apple.script.heard().is_empty());
}

#[tokio::test]
async fn a_key_that_apple_does_not_know_stops_the_app_until_somebody_looked() {
    let house = House::open().await;
    house.apple.forget_team(&house.team.team);
    let providers = house.providers();
    let first = providers.send(&house.iphone(), &alert()).await;
    assert!(
        matches!(&first, Answer::Misconfigured { reason } if reason.as_str() == "InvalidProviderToken"),
        "{first:?}"
    );
    let second = providers.send(&house.iphone(), &alert()).await;
    assert!(matches!(second, Answer::Held { after } if after > Duration::from_secs(20)), "{second:?}");
    assert_eq!(house.apple.script.heard().len(), 1);
}

#[tokio::test]
async fn five_hundred_at_once_take_two_connections_and_one_token_of_all_apps_of_the_team() {
    let mut house = House::open().await;
    let other = house.app("other");
    house.settings.apps.push(other);
    let providers = house.providers();
    let sent = join_all((0..500).map(|number| {
        let mut to = house.iphone();
        if number % 2 == 0 {
            "other".clone_into(&mut to.app);
        }
        let providers = &providers;
        async move { providers.send(&to, &alert()).await }
    }));
    assert!(sent.await.iter().all(|answer| answer.outcome() == "sent"));
    assert_eq!(house.apple.connections(), 2);
    let heard = house.apple.script.heard();
    let tokens: HashSet<&str> = heard.iter().map(|heard| heard.header("authorization")).collect();
    assert_eq!((heard.len(), tokens.len()), (500, 1));
}

#[tokio::test]
async fn apple_may_end_its_connections_and_nothing_is_lost() {
    let house = House::open().await;
    let providers = house.providers();
    for _ in 0..5 {
        let crowd = join_all((0..100).map(|_| {
            let (to, providers) = (house.iphone(), &providers);
            async move { providers.send(&to, &alert()).await }
        }));
        let away = async {
            tokio::task::yield_now().await;
            house.apple.go_away();
        };
        let (sent, ()) = futures_util::future::join(crowd, away).await;
        let not_sent: Vec<&Answer> = sent.iter().filter(|answer| answer.outcome() != "sent").collect();
        assert!(not_sent.is_empty(), "{not_sent:?}");
    }
    assert_eq!(house.apple.script.heard().len(), 500);
    assert!(house.apple.connections() <= 12, "{} connections", house.apple.connections());
}

/// A clock that stands a minute after the half hour, and is set by this. It is slow by fifteen minutes to three quarters of
/// an hour, so that Apple takes what is made by it, now and in twenty minutes.
fn clock(house: &mut House) -> Arc<AtomicI64> {
    const HALF_HOUR: i64 = 30 * 60_000;
    let slow = now() - 15 * 60_000;
    let stands = Arc::new(AtomicI64::new(slow - slow.rem_euclid(HALF_HOUR) + 60_000));
    let told = stands.clone();
    house.settings.clock = Clock::new(move || Timestamp(told.load(Relaxed)));
    stands
}

/// Twenty-one minutes go by.
async fn later(clock: &AtomicI64) {
    clock.fetch_add(21 * 60_000, Relaxed);
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(21 * 60)).await;
    tokio::time::resume();
}

/// Twenty at once are refused for their old token, and come again.
async fn twenty_with_an_old_token(providers: &Providers, house: &House) {
    for _ in 0..20 {
        house.apple.next_reason(403, "ExpiredProviderToken");
    }
    let sent = join_all((0..20).map(|_| async { providers.send(&house.iphone(), &alert()).await }));
    let outcomes: Vec<&str> = sent.await.iter().map(Answer::outcome).collect();
    assert_eq!(outcomes, ["sent"; 20]);
}

fn tokens(heard: &[Heard]) -> HashSet<String> {
    heard.iter().map(|heard| heard.header("authorization").to_owned()).collect()
}

#[tokio::test]
async fn a_token_that_is_too_old_is_renewed_once_for_all_who_hear_of_it() {
    let mut house = House::open().await;
    let clock = clock(&mut house);
    let providers = house.providers();
    assert_eq!(providers.send(&house.iphone(), &alert()).await.outcome(), "sent");
    later(&clock).await;
    twenty_with_an_old_token(&providers, &house).await;
    let heard = house.apple.script.heard();
    assert_eq!((heard.len(), tokens(&heard).len()), (1 + 40, 2));
    assert_eq!(house.apple.connections(), 2, "a quiet time ends no connection");
}

#[tokio::test]
async fn workers_that_know_nothing_of_each_other_send_one_token_and_renew_it_to_one() {
    let mut house = House::open().await;
    let clock = clock(&mut house);
    let workers = [house.providers(), house.providers()];
    for providers in &workers {
        assert_eq!(providers.send(&house.iphone(), &alert()).await.outcome(), "sent");
    }
    assert_eq!(tokens(&house.apple.script.heard()).len(), 1);
    later(&clock).await;
    for providers in &workers {
        twenty_with_an_old_token(providers, &house).await;
    }
    assert_eq!(tokens(&house.apple.script.heard()).len(), 2);
}

#[tokio::test]
async fn a_renewed_token_that_is_refused_as_well_is_for_somebody_to_look_at() {
    let mut house = House::open().await;
    let clock = clock(&mut house);
    let providers = house.providers();
    assert_eq!(providers.send(&house.iphone(), &alert()).await.outcome(), "sent");
    later(&clock).await;
    for _ in 0..2 {
        house.apple.next_reason(403, "ExpiredProviderToken");
    }
    let answer = providers.send(&house.iphone(), &alert()).await;
    assert_eq!((answer.outcome(), house.apple.script.heard().len()), ("misconfigured", 3));
}

#[tokio::test]
async fn what_is_over_is_not_told() {
    let house = House::open().await;
    let what = Notification { lifetime: Lifetime::Until(Timestamp(now() - 1)), ..alert() };
    assert_eq!(house.providers().send(&house.iphone(), &what).await.outcome(), "dropped");
    assert!(house.apple.script.heard().is_empty());
}
