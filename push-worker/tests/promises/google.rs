//! What Google hears, and what it comes to.

use crate::house::{House, alert, google_token, large, now};
use futures_util::future::join_all;
use providers::{Google, Said};
use push_worker::{Answer, Form, Kind, Lifetime, Notification, Sealed, Whose};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

#[tokio::test]
async fn an_alert_is_shown_by_android_itself_one_for_each_room() {
    let house = House::open().await;
    let token = house.google.device();
    let what = Notification { lifetime: Lifetime::AtOnce, ..alert() };
    let answer = house.providers().send(&google_token(Kind::Token, &token), &what).await;
    assert!(matches!(&answer, Answer::Sent { id, whole: true } if id.starts_with("projects/")), "{answer:?}");
    let android = json!({
        "priority": "HIGH", "ttl": "0s", "collapse_key": "tea",
        "notification": { "tag": "tea", "sound": "default", "notification_count": 3 },
    });
    let message = json!({
        "token": token, "android": android, "data": { "room": "tea", "seq": "41" },
        "notification": { "title": "ann in tea", "body": "the kettle is on" },
    });
    assert_eq!(house.google.script.heard()[0].json(), json!({ "message": message }));
}

#[tokio::test]
async fn a_sealed_message_is_data_for_the_app_at_its_installation_id() {
    let house = House::open().await;
    let fid = house.google.installation();
    let sealed = Some(Sealed::new("b64ciphertext".to_owned()));
    let what = Notification {
        form: Form::MutableContent,
        words: None,
        sealed,
        lifetime: Lifetime::AtOnce,
        ..alert()
    };
    let answer = house.providers().send(&google_token(Kind::Installation, &fid), &what).await;
    assert_eq!(answer.outcome(), "sent");
    let data = json!({
        "room": "tea", "seq": "41", "badge": "3", "thread": "tea", "sealed": "b64ciphertext",
        "title": "Natter", "body": "You have a new message",
    });
    let message = json!({ "fid": fid, "android": { "priority": "HIGH", "ttl": "0s" }, "data": data });
    assert_eq!(house.google.script.heard()[0].json(), json!({ "message": message }));
}

#[tokio::test]
async fn what_was_read_elsewhere_is_taken_back_and_says_that_it_is_not_urgent() {
    let house = House::open().await;
    let what = Notification::withdrawal(Uuid::now_v7(), "tea", 41, 2, alert().lifetime);
    assert_eq!(house.providers().send(&house.android(), &what).await.outcome(), "sent");
    let said = house.google.script.heard()[0].json();
    assert_eq!(said["message"]["data"], json!({ "room": "tea", "withdraw": "41", "badge": "2" }));
    assert_eq!(said["message"]["android"]["priority"], "NORMAL");
    assert!(said["message"].get("notification").is_none());
}

#[tokio::test]
async fn devices_of_apples_behind_google_are_told_as_apple_wants_it() {
    let mut house = House::open().await;
    house.settings.apps[0].fcm.as_mut().expect("with Google").apple = true;
    let providers = house.providers();
    for form in [Form::Alert, Form::Background, Form::MutableContent] {
        let what = Notification { form, ..alert() };
        assert_eq!(providers.send(&house.android(), &what).await.outcome(), "sent");
    }
    let heard = house.google.script.heard();
    let apns = &heard[0].json()["message"]["apns"];
    assert_eq!(
        apns["headers"],
        json!({ "apns-push-type": "alert", "apns-priority": "10", "apns-collapse-id": "tea" })
    );
    assert_eq!(apns["payload"]["aps"]["thread-id"], "tea");
    let silent = &heard[1].json()["message"]["apns"];
    assert_eq!(silent["payload"]["aps"], json!({ "content-available": 1 }));
    assert_eq!(silent["headers"]["apns-priority"], "5");
}

#[tokio::test]
async fn a_hundred_at_once_ask_for_one_token() {
    let house = House::open().await;
    let providers = house.providers();
    let sent = join_all((0..100).map(|_| {
        let (to, providers) = (house.android(), &providers);
        async move { providers.send(&to, &alert()).await }
    }));
    assert!(sent.await.iter().all(|answer| answer.outcome() == "sent"));
    assert_eq!(house.google.token_script.heard().len(), 1);
    // Two for messages, and one on which the token was asked for.
    assert!(house.google.connections() <= 3, "{} connections", house.google.connections());
}

#[tokio::test]
async fn a_token_that_google_takes_back_is_renewed_once_for_all_and_nothing_is_lost() {
    let house = House::open().await;
    let providers = house.providers();
    assert_eq!(providers.send(&house.android(), &alert()).await.outcome(), "sent");
    house.google.revoke_tokens();
    let sent = join_all((0..50).map(|_| {
        let (to, providers) = (house.android(), &providers);
        async move { providers.send(&to, &alert()).await }
    }));
    let outcomes: Vec<&str> = sent.await.iter().map(Answer::outcome).collect();
    assert_eq!(outcomes, ["sent"; 50]);
    assert_eq!(house.google.token_script.heard().len(), 2);
}

#[tokio::test]
async fn a_renewed_token_that_is_refused_as_well_is_for_somebody_to_look_at() {
    let house = House::open().await;
    for _ in 0..2 {
        house.google.script.next(Google::error(401, "UNAUTHENTICATED", None, None));
    }
    let answer = house.providers().send(&house.android(), &alert()).await;
    assert_eq!(answer.outcome(), "misconfigured");
    assert_eq!((house.google.script.heard().len(), house.google.token_script.heard().len()), (2, 2));
}

#[tokio::test]
async fn an_account_that_google_does_not_know_stops_the_app_until_somebody_looked() {
    let house = House::open().await;
    house
        .google
        .token_script
        .next(Said::json(400, &json!({ "error": "invalid_grant", "error_description": "no" })));
    let providers = house.providers();
    let first = providers.send(&house.android(), &alert()).await;
    assert!(
        matches!(&first, Answer::Misconfigured { reason } if reason.as_str() == "invalid_grant"),
        "{first:?}"
    );
    assert_eq!(providers.send(&house.android(), &alert()).await.outcome(), "held");
    assert!(house.google.script.heard().is_empty());
}

#[tokio::test]
async fn a_place_for_tokens_that_is_down_is_asked_by_one_and_not_by_all() {
    let house = House::open().await;
    for _ in 0..100 {
        house.google.token_script.next(Said::status(503));
    }
    let providers = house.providers();
    let sent = join_all((0..100).map(|_| {
        let (to, providers) = (house.android(), &providers);
        async move { providers.send(&to, &alert()).await }
    }));
    assert!(sent.await.iter().all(Answer::is_to_come_again));
    assert!(house.google.token_script.heard().len() <= 3, "{}", house.google.token_script.heard().len());
}

#[tokio::test]
async fn a_device_without_the_app_is_gone_since_it_was_asked_and_one_of_another_project_is_kept() {
    let house = House::open().await;
    let providers = house.providers();
    let token = house.google.device();
    house.google.forget(&token);
    let before = now();
    let answer = providers.send(&google_token(Kind::Token, &token), &alert()).await;
    assert!(
        matches!(&answer, Answer::Gone { since, .. } if (before..=now()).contains(&since.0)),
        "{answer:?}"
    );
    let others = providers.send(&google_token(Kind::Token, &house.google.device_of_others()), &alert()).await;
    assert_eq!(others.outcome(), "disabled");
    let nonsense = providers.send(&google_token(Kind::Token, "not-a-token"), &alert()).await;
    assert_eq!(nonsense.outcome(), "disabled");
}

#[tokio::test]
async fn who_names_a_time_is_left_alone_until_then() {
    let house = House::open().await;
    let providers = house.providers();
    let quota = Google::error(429, "RESOURCE_EXHAUSTED", Some("QUOTA_EXCEEDED"), None);
    house.google.script.next(quota.header("retry-after", "120"));
    let first = providers.send(&house.android(), &alert()).await;
    let asked = Some(Duration::from_secs(120));
    assert!(matches!(first, Answer::Later { after, of: Whose::Provider, .. } if after == asked), "{first:?}");
    let second = providers.send(&house.android(), &alert()).await;
    assert!(matches!(second, Answer::Held { after } if after > Duration::from_secs(100)), "{second:?}");
    assert_eq!(house.google.script.heard().len(), 1);
}

#[tokio::test]
async fn a_quota_without_a_time_is_a_minute_and_that_of_a_device_holds_up_no_other() {
    let house = House::open().await;
    let providers = house.providers();
    let quota = json!({ "error": {
        "code": 429, "message": "Device Message Rate Exceeded", "status": "RESOURCE_EXHAUSTED",
        "details": [
            { "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "QUOTA_EXCEEDED" },
            { "@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{ "subject": "device:abc" }] },
        ],
    }});
    house.google.script.next(Said::json(429, &quota));
    let first = providers.send(&house.android(), &alert()).await;
    let minute = Some(Duration::from_secs(60));
    assert!(matches!(first, Answer::Later { after, of: Whose::Device, .. } if after == minute), "{first:?}");
    assert_eq!(providers.send(&house.android(), &alert()).await.outcome(), "sent");
}

#[tokio::test]
async fn what_is_too_large_goes_without_content() {
    let house = House::open().await;
    let answer = house.providers().send(&house.android(), &large()).await;
    assert!(matches!(answer, Answer::Sent { whole: false, .. }), "{answer:?}");
    assert_eq!(house.google.script.heard()[0].json()["message"]["data"]["body"], "You have a new message");
}

#[tokio::test]
async fn a_key_that_is_googles_own_is_our_mistake_and_not_sent() {
    let house = House::open().await;
    let mut what = alert();
    what.data.insert("google.c", "x".to_owned());
    assert_eq!(house.providers().send(&house.android(), &what).await.outcome(), "broken");
    assert!(house.google.script.heard().is_empty());
}
