//! Situations, from what is said to what a provider hears and what becomes of it.

use crate::house::TOPIC;
use crate::office::{GRACE, MANNER, Office};
use chat::{Content, Event, EventKind, Kind as Sort, Timestamp};
use providers::Said;
use push_worker::{Form, Kind, Manner, ProviderName};
use serde_json::json;
use std::collections::HashSet;
use std::time::{Duration, Instant};
use store::contract::bench::{self, ANN, BO, TEA};
use store::{Conversations as _, Pushes as _};
use store::{NewAct, NewEntry, NewEvent, PushLevel, SettingsChange, Store as _, Take};

#[tokio::test]
async fn who_is_away_is_told_at_once_who_says_what_where_and_how_much_there_is() {
    let office = Office::open().await;
    let (apple, google) = (office.iphone(1, "phone").await, office.android(2, "tablet").await);
    let subscription = office.house.browser.subscribe(Some(&office.house.vapid.public));
    let web = (ProviderName::Web, Kind::Subscription, subscription.as_str());
    let page = office.registers(3, "laptop", web, MANNER).await;
    office.says(ANN, "are you there?").await;
    office.says(ANN, "the kettle is on").await;
    let worker = office.works();
    for device in [apple, google, page] {
        assert_eq!(office.outcomes(device, 1).await, ["sent"]);
    }
    let heard = &office.house.apple.script.heard()[0];
    let aps = json!({
        "alert": { "title": "tea", "body": "ann: the kettle is on" },
        "badge": 2, "sound": "default", "thread-id": "tea",
    });
    let natter = json!({ "room": "tea", "seq": "3", "sender": "ann", "kind": "text" });
    assert_eq!(heard.json(), json!({ "aps": aps, "natter": natter }));
    assert_eq!((heard.header("apns-collapse-id"), heard.header("apns-priority")), ("tea", "10"));
    let message = office.house.google.script.heard()[0].json();
    assert_eq!(message["message"]["notification"]["body"], "ann: the kettle is on");
    assert_eq!(office.house.browser.opened()[0].said["body"], "ann: the kettle is on");
    assert!(worker.drain(Duration::from_secs(10)).await);
}

#[tokio::test]
async fn a_device_that_acknowledges_in_time_is_never_told_and_one_that_does_not_is_when_the_grace_is_over() {
    let office = Office::open().await;
    let (good, dead) = (office.iphone(1, "good").await, office.iphone(2, "dead").await);
    office.here.enters(BO, "good", 1);
    office.here.enters(BO, "dead", 1);
    let worker = office.works();
    let said = Instant::now();
    let seq = office.says(ANN, "the kettle is on").await;
    // It acknowledges late, but in time.
    tokio::time::sleep(GRACE / 2).await;
    office.here.enters(BO, "good", seq);
    assert_eq!(office.outcomes(dead, 1).await, ["sent"]);
    assert!(said.elapsed() >= GRACE, "the grace was not over");
    office.is_quiet().await;
    assert_eq!(office.store.deliveries(good).await.expect("they are read"), []);
    assert!(worker.drain(Duration::from_secs(10)).await);
}

#[tokio::test]
async fn what_was_read_or_recalled_before_it_was_told_is_not_told() {
    let office = Office::open().await;
    office.iphone(1, "phone").await;
    let decider = push_worker::Worker::default();
    office.decides(&decider);
    let first = office.says(ANN, "never mind").await;
    noted(&office).await;
    office.recalls(ANN, first).await;
    let teller = push_worker::Worker::default();
    office.tells(&teller);
    office.is_quiet().await;
    assert_eq!(office.house.apple.script.heard().len(), 0, "it was recalled");
    assert!(teller.drain(Duration::from_secs(10)).await);

    let second = office.says(ANN, "the kettle is on").await;
    noted(&office).await;
    office.reads(BO, second).await;
    let teller = push_worker::Worker::default();
    office.tells(&teller);
    office.is_quiet().await;
    assert_eq!(office.house.apple.script.heard().len(), 0, "it was read");
}

/// Something is noted to be told.
async fn noted(office: &Office) {
    let next = || async { office.store.next_note("apns").await.expect("it is read") };
    office.until(next).await;
}

#[tokio::test]
async fn what_is_recalled_makes_room_for_what_was_said_before_it() {
    let office = Office::open().await;
    let phone = office.iphone(1, "phone").await;
    let decider = push_worker::Worker::default();
    office.says(ANN, "the kettle is on").await;
    let last = office.says(ANN, "oops").await;
    office.decides(&decider);
    noted(&office).await;
    office.recalls(ANN, last).await;
    office.tells(&decider);
    assert_eq!(office.outcomes(phone, 1).await, ["sent"]);
    let body = office.house.apple.script.heard()[0].json()["aps"]["alert"]["body"].clone();
    assert_eq!(body, "ann: the kettle is on");
}

#[tokio::test]
async fn a_message_that_was_mended_is_told_in_its_last_words() {
    let office = Office::open().await;
    let phone = office.iphone(1, "phone").await;
    let seq = office.says(ANN, "the cattle is on").await;
    office.put(bench::edit(ANN, seq, "the kettle is on")).await;
    let _worker = office.works();
    assert_eq!(office.outcomes(phone, 1).await, ["sent"]);
    let body = office.house.apple.script.heard()[0].json()["aps"]["alert"]["body"].clone();
    assert_eq!(body, "ann: the kettle is on");
}

#[tokio::test]
async fn what_is_read_elsewhere_is_taken_back_from_the_screen_and_so_is_what_one_answers() {
    let office = Office::open().await;
    let phone = office.iphone(1, "phone").await;
    let _worker = office.works();
    let seq = office.says(ANN, "the kettle is on").await;
    assert_eq!(office.outcomes(phone, 1).await, ["sent"]);
    office.reads(BO, seq).await;
    assert_eq!(office.outcomes(phone, 2).await, ["sent", "withdrawn"]);
    let back = office.house.apple.script.heard()[1].json();
    assert_eq!(back["natter"], json!({ "room": "tea", "withdraw": seq.to_string(), "badge": 0 }));
    office.says(ANN, "still warm").await;
    assert_eq!(office.outcomes(phone, 3).await, ["sent", "withdrawn", "sent"]);
    office.says(BO, "coming").await;
    assert_eq!(office.outcomes(phone, 4).await[3], "withdrawn");
    office.is_quiet().await;
}

#[tokio::test]
async fn a_device_that_is_gone_is_forgotten_and_one_that_is_no_good_waits_to_register_again() {
    let office = Office::open().await;
    let gone = office.android(1, "old").await;
    let script = &office.house.google.script;
    let body = json!({ "error": { "code": 404, "status": "NOT_FOUND", "details": [
        { "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "UNREGISTERED" }] } });
    script.next(Said::json(404, &body));
    let _worker = office.works();
    office.says(ANN, "one").await;
    assert_eq!(office.outcomes(gone, 1).await, ["gone"]);
    assert_eq!(office.store.push_devices(BO).await.expect("they are read"), []);

    let wrong = office.iphone(2, "phone").await;
    office.house.apple.next_reason(400, "BadDeviceToken");
    office.says(ANN, "two").await;
    assert_eq!(office.outcomes(wrong, 1).await, ["disabled"]);
    let devices = office.store.push_devices(BO).await.expect("they are read");
    assert_eq!(devices[0].disabled.as_ref().map(|(why, _)| why.as_str()), Some("BadDeviceToken"));
    office.says(ANN, "three").await;
    office.is_quiet().await;
    let token = office.house.apple.device(TOPIC);
    office.registers(2, "phone", (ProviderName::Apns, Kind::Token, &token), MANNER).await;
    office.says(ANN, "four").await;
    assert_eq!(office.outcomes(wrong, 2).await, ["disabled", "sent"]);
}

#[tokio::test]
async fn what_a_provider_can_not_take_now_is_told_when_it_can_and_what_ran_out_is_a_dead_letter() {
    let mut office = Office::open().await;
    let phone = office.iphone(1, "phone").await;
    for _ in 0..2 {
        office.house.apple.next_reason(503, "ServiceUnavailable");
    }
    let worker = office.works();
    office.says(ANN, "one").await;
    assert_eq!(office.outcomes(phone, 3).await, ["later_provider", "later_provider", "sent"]);
    assert!(worker.drain(Duration::from_secs(10)).await);

    office.pace.lifetime = Duration::from_secs(1);
    office.house.apple.script.always(Some(Said::status(503)));
    let _worker = office.works();
    office.says(ANN, "two").await;
    let dead = || async {
        let dead = office.store.dead_letters(None, 10).await.expect("they are read");
        dead.first().cloned()
    };
    let dead = office.until(dead).await;
    assert_eq!((dead.device, dead.place), (phone, (TEA, chat::Seq(3))));
    office.is_quiet().await;
}

#[tokio::test]
async fn what_a_provider_may_not_read_stands_in_no_push() {
    let office = Office::open().await;
    let shy = Manner { content: false, ..MANNER };
    let token = office.house.apple.device(TOPIC);
    let phone = office.registers(1, "phone", (ProviderName::Apns, Kind::Token, &token), shy).await;
    let opens = Manner { form: Form::MutableContent, ..MANNER };
    let token = office.house.apple.device(TOPIC);
    let other = office.registers(2, "other", (ProviderName::Apns, Kind::Token, &token), opens).await;
    let _worker = office.works();
    office.says(ANN, "the kettle is on").await;
    office.outcomes(phone, 1).await;
    office.outcomes(other, 1).await;
    let sealed = Content { kind: Sort::Sealed, ..Content::text("ciphertext") };
    office.put(NewEntry { act: NewAct::Say(sealed), ..bench::say(ANN, "") }).await;
    office.outcomes(phone, 2).await;
    office.outcomes(other, 2).await;
    let heard: Vec<_> = office.house.apple.script.heard().iter().map(|one| one.json()).collect();
    let bodies: Vec<_> = heard.iter().map(|said| said["aps"]["alert"]["body"].clone()).collect();
    let generic = "You have a new message";
    assert_eq!(bodies.iter().filter(|body| *body == generic).count(), 3, "{bodies:?}");
    assert_eq!(bodies.iter().filter(|body| *body == "ann: the kettle is on").count(), 1, "{bodies:?}");
    let sealed: Vec<_> = heard.iter().filter_map(|said| said["natter"]["sealed"].as_str()).collect();
    assert_eq!(sealed, ["Y2lwaGVydGV4dA=="], "only who can open it is given it");
}

#[tokio::test]
async fn an_invitation_is_told_to_who_is_away_and_a_device_that_was_added_is_not() {
    let office = Office::open().await;
    let phone = office.iphone(1, "phone").await;
    let _worker = office.works();
    let at = Timestamp(crate::house::now());
    let added = Event::new(EventKind::DeviceAdded).data("{}");
    let invited =
        Event::new(EventKind::RoomInvited).user(bench::name("ann")).room(bench::name("den")).data("{}");
    office.store.tell(&[NewEvent::new(BO, added, at), NewEvent::new(BO, invited, at)]).await.expect("told");
    assert_eq!(office.outcomes(phone, 1).await, ["sent"]);
    let said = office.house.apple.script.heard()[0].json();
    assert_eq!(said["aps"]["alert"]["body"], "ann invites you into den");
    assert_eq!(said["natter"]["room"], "me");
    office.is_quiet().await;
    assert_eq!(office.house.apple.script.heard().len(), 1);
}

#[tokio::test]
async fn a_room_says_what_of_it_is_told() {
    let office = Office::open().await;
    let phone = office.iphone(1, "phone").await;
    let set = |change: SettingsChange| {
        let store = office.store.clone();
        async move { assert!(store.set(BO, TEA, &change).await.expect("it is set")) }
    };
    set(SettingsChange { push_level: Some(Some(PushLevel::Mentions)), ..SettingsChange::default() }).await;
    let _worker = office.works();
    office.says(ANN, "nobody in particular").await;
    office.is_quiet().await;
    let calls =
        Content { mentions: vec![chat::Mention::new("bo").expect("it is one")], ..Content::text("bo!") };
    office.put(NewEntry { act: NewAct::Say(calls), ..bench::say(ANN, "") }).await;
    assert_eq!(office.outcomes(phone, 1).await, ["sent"]);
    let until = Timestamp(crate::house::now() + 60_000);
    set(SettingsChange {
        muted_until: Some(Some(until)),
        push_level: Some(None),
        ..SettingsChange::default()
    })
    .await;
    office.says(ANN, "hush").await;
    office.is_quiet().await;
    assert_eq!(office.house.apple.script.heard().len(), 1);
}

#[tokio::test]
async fn one_provider_that_is_slow_holds_up_no_other() {
    let office = Office::open().await;
    office.house.google.script.always(Some(Said::status(200).after(Duration::from_secs(20))));
    for id in 0..30 {
        office.android(id, &format!("slow-{id}")).await;
    }
    let phone = office.iphone(100, "phone").await;
    let _worker = office.works();
    let began = Instant::now();
    office.says(ANN, "the kettle is on").await;
    assert_eq!(office.outcomes(phone, 1).await, ["sent"]);
    assert!(began.elapsed() < Duration::from_secs(15), "it waited for the other provider");
}

#[tokio::test]
async fn a_worker_that_has_nothing_to_do_writes_nothing() {
    let office = Office::open().await;
    let phone = office.iphone(1, "phone").await;
    let _worker = office.works();
    office.says(ANN, "the kettle is on").await;
    assert_eq!(office.outcomes(phone, 1).await, ["sent"]);
    office.is_quiet().await;
    let before = office.store.work();
    // There is nothing to wait for: it looks four times a second.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(office.store.work(), before);
}

#[tokio::test]
async fn several_workers_share_the_work_and_tell_each_device_once() {
    let office = Office::open().await;
    for id in 0..200 {
        office.android(id, &format!("device-{id}")).await;
    }
    let workers = [office.works(), push_worker::Worker::default(), push_worker::Worker::default()];
    office.tells(&workers[1]);
    office.tells(&workers[2]);
    office.says(ANN, "the kettle is on").await;
    office.house.google.script.wait(200).await;
    office.is_quiet().await;
    let heard = office.house.google.script.heard();
    let devices: HashSet<String> = heard
        .iter()
        .map(|one| one.json()["message"]["token"].as_str().expect("a token").to_owned())
        .collect();
    assert_eq!((heard.len(), devices.len()), (200, 200));
}

#[tokio::test]
async fn what_a_worker_took_and_never_settled_is_told_by_another_after_a_while() {
    let office = Office::open().await;
    let phone = office.iphone(1, "phone").await;
    let decider = push_worker::Worker::default();
    office.decides(&decider);
    office.says(ANN, "the kettle is on").await;
    noted(&office).await;
    // Somebody takes it and is gone.
    let hold = Duration::from_secs(2);
    let take = Take { provider: "apns".into(), by: 7, now: Timestamp(crate::house::now()), hold, limit: 10 };
    assert_eq!(office.store.take_notes(&take).await.expect("it is taken").len(), 1);
    let taken = Instant::now();
    office.tells(&decider);
    assert_eq!(office.outcomes(phone, 1).await, ["sent"]);
    assert!(taken.elapsed() >= Duration::from_millis(1_900), "it was another's until then");
}
