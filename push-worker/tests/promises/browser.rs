//! What a browser hears, and what a stranger's server can't do to us.

use crate::house::{House, alert, large, page};
use providers::Said;
use push_worker::{Answer, Form, Notification, Priority, VapidKey, Words};
use serde_json::json;
use uuid::Uuid;

#[tokio::test]
async fn a_browser_opens_what_was_told_and_its_service_can_not() {
    let house = House::open().await;
    let providers = house.providers();
    let answer = providers.send(&house.page(), &alert()).await;
    assert!(
        matches!(&answer, Answer::Sent { id, whole: true } if id.starts_with("/messages/")),
        "{answer:?}"
    );
    let opened = &house.browser.opened()[0];
    let said = json!({
        "form": "alert", "title": "ann in tea", "body": "the kettle is on", "sound": true, "badge": 3,
        "tag": "tea", "thread": "tea", "data": { "room": "tea", "seq": "41" },
    });
    assert_eq!(opened.said, said);
    assert_eq!(opened.urgency, "high");
    assert!((3590..=3600).contains(&opened.ttl), "{}", opened.ttl);
    let body = String::from_utf8_lossy(&house.browser.script.heard()[0].body).into_owned();
    assert!(!body.contains("kettle") && !body.contains("tea"));
}

#[tokio::test]
async fn a_later_one_takes_the_place_of_one_of_the_same_room_without_its_name() {
    let house = House::open().await;
    let (providers, to) = (house.providers(), house.page());
    for room in ["tea", "tea", "coffee"] {
        let what = Notification { collapse: Some(room.to_owned()), priority: Priority::Low, ..alert() };
        assert_eq!(providers.send(&to, &what).await.outcome(), "sent");
    }
    let topics: Vec<String> = house.browser.opened().into_iter().map(|opened| opened.topic).collect();
    assert_eq!(topics[0], topics[1]);
    assert_ne!(topics[0], topics[2]);
    assert!(topics[0].len() <= 32 && !topics[0].contains("tea"));
}

#[tokio::test]
async fn the_service_does_not_see_how_long_a_message_is() {
    let house = House::open().await;
    let (providers, to) = (house.providers(), house.page());
    for body in ["yes", "no, and I would rather not have been asked"] {
        let what = Notification { words: Some(Words::new("ann", body)), ..alert() };
        assert_eq!(providers.send(&to, &what).await.outcome(), "sent");
    }
    let sizes: Vec<usize> = house.browser.script.heard().iter().map(|heard| heard.body.len()).collect();
    assert_eq!(sizes[0], sizes[1]);
}

#[tokio::test]
async fn a_page_that_subscribed_with_another_key_has_to_subscribe_again() {
    let house = House::open().await;
    let to = page(&house.browser.subscribe(Some(&VapidKey::generate().public)));
    assert_eq!(house.providers().send(&to, &alert()).await.outcome(), "disabled");
}

#[tokio::test]
async fn a_page_that_unsubscribed_is_gone() {
    let house = House::open().await;
    let subscription = house.browser.subscribe(None);
    house.browser.unsubscribe(&subscription);
    assert_eq!(house.providers().send(&page(&subscription), &alert()).await.outcome(), "gone");
}

#[tokio::test]
async fn what_shows_nothing_is_not_sent_to_browsers_unless_the_app_is_none() {
    let mut house = House::open().await;
    let what = Notification::withdrawal(Uuid::now_v7(), "tea", 41, 2, alert().lifetime);
    assert_eq!(house.providers().send(&house.page(), &what).await.outcome(), "dropped");
    house.settings.apps[0].web.as_mut().expect("in browsers").silent = true;
    assert_eq!(house.providers().send(&house.page(), &what).await.outcome(), "sent");
    let said = json!({ "form": "background", "badge": 2, "tag": "tea", "data": { "room": "tea", "withdraw": "41" } });
    assert_eq!(house.browser.opened()[0].said, said);
}

#[tokio::test]
async fn what_is_too_large_goes_without_content_and_the_largest_fits() {
    let house = House::open().await;
    let (providers, to) = (house.providers(), house.page());
    let answer = providers.send(&to, &large()).await;
    assert!(matches!(answer, Answer::Sent { whole: false, .. }), "{answer:?}");
    // One byte at a time around the bound: what is sent whole is never refused for its size.
    let mut outcomes = Vec::new();
    for more in 3840..3900 {
        let mut what = Notification { form: Form::MutableContent, words: None, ..alert() };
        what.data.insert("m", "x".repeat(more - 50));
        let answer = providers.send(&to, &what).await;
        outcomes.push(answer.outcome());
    }
    outcomes.dedup();
    assert_eq!(outcomes, ["sent", "too_large"]);
    let heard = house.browser.script.heard();
    assert_eq!(heard.iter().map(|heard| heard.body.len()).max(), Some(4096));
    assert!(heard.iter().all(|heard| heard.status == 201));
}

#[tokio::test]
async fn a_server_that_only_we_can_reach_is_not_called_for_strangers() {
    let mut house = House::open().await;
    house.settings.web.networks.clear();
    let providers = house.providers();
    let port = house.browser.port();
    for host in ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0"] {
        let to = page(&house.browser.subscribe_at(&format!("https://{host}:{port}"), None));
        let answer = providers.send(&to, &alert()).await;
        assert!(
            matches!(&answer, Answer::Disabled { reason } if reason.as_str() == "a private address"),
            "{host}: {answer:?}"
        );
    }
    assert!(house.browser.script.heard().is_empty());
}

#[tokio::test]
async fn a_server_sends_us_nowhere_else() {
    let house = House::open().await;
    let elsewhere = format!("{}/v1/projects/x/messages:send", house.google.base());
    for status in [301, 302, 303, 307, 308] {
        house.browser.script.next(Said::status(status).header("location", &elsewhere));
        assert_eq!(house.providers().send(&house.page(), &alert()).await.outcome(), "broken", "{status}");
    }
    assert!(house.google.script.heard().is_empty());
}

#[tokio::test]
async fn a_long_answer_is_not_listened_to() {
    let house = House::open().await;
    house.browser.script.next(Said::status(201).body("x".repeat(64 << 20)));
    assert_eq!(house.providers().send(&house.page(), &alert()).await.outcome(), "sent");
}
