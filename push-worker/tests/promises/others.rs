//! What we send, measured by servers, clients and documents that nobody here wrote.

use crate::house::{House, alert, google_token, large, page};
use providers::{node, python};
use push_worker::{Form, Kind, Lifetime, Notification, Priority, Sealed};
use serde_json::{Value, json};
use std::path::PathBuf;
use tempfile::TempDir;
use uuid::Uuid;

fn put(folder: &TempDir, name: &str, words: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, words).expect("it is written");
    path
}

fn folder() -> TempDir {
    TempDir::with_prefix("natter-push-").expect("a temporary folder can be made")
}

#[tokio::test]
async fn the_service_of_web_push_testing_opens_what_we_seal_and_knows_who_sends() {
    let house = House::open().await;
    let files = [house.authority.certificate(), house.authority.key()];
    let [certificate, key] = files.each_ref().map(|path| path.to_str().expect("text"));
    let mut service = node("web-push-testing.mjs", &[certificate, key, &house.vapid.public]);
    let to = page(&service.line().await);
    let providers = house.providers();
    assert_eq!(providers.send(&to, &alert()).await.outcome(), "sent");
    let without = providers.send(&to, &large()).await;
    assert_eq!(without.outcome(), "sent_without_content");

    service.say("told").await;
    let told = service.json().await;
    let said = |at: usize| serde_json::from_str::<Value>(told[at].as_str().expect("words")).expect("JSON");
    assert_eq!((&said(0)["title"], &said(0)["body"]), (&json!("ann in tea"), &json!("the kettle is on")));
    assert_eq!(said(1)["body"], "You have a new message");

    service.say("expire").await;
    assert_eq!(service.json().await, json!({ "expired": true }));
    assert_eq!(providers.send(&to, &alert()).await.outcome(), "gone");
}

/// What differs in letters only.
fn alike(mut said: Value) -> Value {
    let priority = &mut said["message"]["android"]["priority"];
    *priority = priority.as_str().expect("a word").to_uppercase().into();
    said
}

#[tokio::test]
async fn we_say_to_google_what_its_own_library_says() {
    let (house, folder) = (House::open().await, folder());
    let account = put(&folder, "account.json", &house.google.account());
    let (token, fid) = (house.google.device(), house.google.installation());
    let words = [&house.google.base(), account.to_str().expect("text"), &token, &fid, &token, &token];
    python("fcm.py", &words, &house.authority.file()).line().await;
    let theirs = house.google.script.heard();

    let providers = house.providers();
    let what = Notification { lifetime: Lifetime::AtOnce, ..alert() };
    for (kind, name, said) in [(Kind::Token, &token, &theirs[0]), (Kind::Installation, &fid, &theirs[1])] {
        assert_eq!(providers.send(&google_token(kind, name), &what).await.outcome(), "sent");
        let ours = house.google.script.heard().pop().expect("it was heard");
        assert_eq!(alike(ours.json()), alike(said.json()));
        assert_eq!(ours.path, said.path);
    }
}

#[tokio::test]
async fn everything_that_we_say_to_google_is_as_its_published_schema_wants_it() {
    let mut house = House::open().await;
    let sealed = || Some(Sealed::new("b64ciphertext".to_owned()));
    for apple in [false, true] {
        house.settings.apps[0].fcm.as_mut().expect("with Google").apple = apple;
        let providers = house.providers();
        for form in [Form::Alert, Form::Background, Form::MutableContent] {
            for priority in [Priority::High, Priority::Normal, Priority::Low] {
                let whole = Notification { form, priority, sealed: sealed(), ..alert() };
                let bare = Notification {
                    badge: None,
                    sound: false,
                    collapse: None,
                    thread: None,
                    lifetime: Lifetime::AtOnce,
                    ..whole.without_content()
                };
                for what in [whole, bare] {
                    assert_eq!(providers.send(&house.android(), &what).await.outcome(), "sent");
                }
            }
        }
        let withdrawal = Notification::withdrawal(Uuid::now_v7(), "tea", 41, 0, alert().lifetime);
        let fid = google_token(Kind::Installation, &house.google.installation());
        assert_eq!(providers.send(&fid, &withdrawal).await.outcome(), "sent");
    }
    let bodies = house.google.script.heard();
    let mut schema = python("fcm_schema.py", &[], &house.authority.file());
    for body in &bodies {
        schema.say(&body.json().to_string()).await;
    }
    schema.done();
    // Before that it names each fault.
    assert_eq!(schema.line().await, format!("{} good", bodies.len()));
    assert_eq!(bodies.len(), 38);
}
