//! Our servers, measured by clients that nobody here wrote: what they send is taken, and what they are told they understand.

use aws_lc_rs::encoding::{AsBigEndian, EcPrivateKeyBin};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use providers::{Apple, Authority, Browser, Google, node, python};
use serde_json::json;
use std::path::PathBuf;
use tempfile::TempDir;

/// Files for programs.
struct Files(TempDir);

impl Files {
    fn new() -> Files {
        Files(TempDir::with_prefix("natter-providers-").expect("a temporary folder can be made"))
    }

    fn put(&self, name: &str, words: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, words).expect("it is written");
        path
    }
}

/// A sender's keys, as web-push has them.
fn keys() -> (String, String) {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key is made");
    let private: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().expect("it can be written");
    (BASE64_URL_SAFE_NO_PAD.encode(pair.public_key()), BASE64_URL_SAFE_NO_PAD.encode(private.as_ref()))
}

fn text(path: &std::path::Path) -> &str {
    path.to_str().expect("it is text")
}

#[tokio::test]
async fn apples_server_is_one_to_node_apn() {
    let (authority, files) = (Authority::new(), Files::new());
    let apple = Apple::start(&authority).await;
    let topic = "org.example.natter";
    let team = apple.team("TEAM000001", &[topic, "org.example.other"]);
    let [good, gone, others] = [topic, topic, "org.example.other"].map(|topic| apple.device(topic));
    apple.forget(&gone, 1_700_000_000_123);
    let (ca, key) = (authority.file(), files.put("key.p8", &team.pem));
    let port = apple.base().rsplit(':').next().expect("a port").to_owned();
    let words = [&port, text(&ca), text(&key), &team.key_id, &team.team, topic, &good, &gone, &others];
    let said = node("apns.mjs", &words).json().await;
    let refused = |status: u16, reason: &str| json!([status, reason, null]);
    let all = json!({
        "alert": "sent",
        "silent": "sent",
        "gone": [410, "Unregistered", 1_700_000_000_123_i64],
        "others": refused(400, "DeviceTokenNotForTopic"),
        "no token": refused(400, "BadDeviceToken"),
        "no topic": refused(403, "TopicDisallowed"),
        "collapse": refused(400, "BadCollapseId"),
        "kind": refused(400, "InvalidPushType"),
        "priority": refused(400, "BadPriority"),
        "large": refused(413, "PayloadTooLarge"),
        "stranger": refused(403, "InvalidProviderToken"),
    });
    assert_eq!(said, all);
}

#[tokio::test]
async fn googles_server_is_one_to_firebase_admin() {
    let (authority, files) = (Authority::new(), Files::new());
    let google = Google::start(&authority, "natter-of-a-test").await;
    let [good, gone] = [google.device(), google.device()];
    google.forget(&gone);
    let (ca, account) = (authority.file(), files.put("account.json", &google.account()));
    let (base, fid, others) = (google.base(), google.installation(), google.device_of_others());
    let said = python("fcm.py", &[&base, text(&account), &good, &fid, &gone, &others], &ca).json().await;
    let all = json!({
        "alert": "projects",
        "installation": "projects",
        "gone": "UnregisteredError",
        "others": "SenderIdMismatchError",
        "no token": "InvalidArgumentError",
        "large": "InvalidArgumentError",
    });
    assert_eq!(said, all);
    assert_eq!(google.token_script.heard().len(), 1);
}

#[tokio::test]
async fn a_browsers_service_is_one_to_web_push() {
    let authority = Authority::new();
    let browser = Browser::start(&authority).await;
    let ca = authority.file();
    let (public, private) = keys();
    let gone = browser.subscribe(None);
    browser.unsubscribe(&gone);
    let (good, others) = (browser.subscribe(Some(&public)), browser.subscribe(Some("another")));
    let said = node("web-push.mjs", &[text(&ca), &public, &private, &good, &gone, &others]).json().await;
    let all = json!({ "good": 201, "gone": 410, "others": 403, "large": 413, "nobody": 401 });
    assert_eq!(said, all);
    let opened = &browser.opened()[0];
    assert_eq!(opened.said, json!({ "body": "the kettle is on" }));
    assert_eq!((opened.ttl, opened.urgency.as_str(), opened.topic.as_str()), (60, "high", "tea"));
}
