//! mosquitto_sub, mosquitto_pub and mosquitto_rr.

use std::time::Duration;
use tests::{World, mosquitto};

#[tokio::test]
async fn mosquitto_clients_chat_in_both_versions_and_both_formats() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let passwords = (World::password("ann"), World::password("bo"));
    for version in ["311", "5"] {
        for prefix in ["", "plain/"] {
            let topic = format!("{prefix}rooms/+/said");
            let words = ["-d", "-V", version, "-q", "1", "-u", "bo", "-P", &passwords.1, "-t", &topic];
            let mut bo = mosquitto(&world, "mosquitto_sub", &words);
            bo.wrote("Subscribed").await;
            let (topic, body) = (format!("{prefix}rooms/tea/say"), format!("hello from {version}"));
            let words =
                ["-V", version, "-q", "2", "-u", "ann", "-P", &passwords.0, "-t", &topic, "-m", &body];
            let mut ann = mosquitto(&world, "mosquitto_pub", &words);
            assert!(ann.ends(Duration::from_secs(20)).await.success());
            bo.wrote(&body).await;
        }
    }
}

#[tokio::test]
async fn mosquitto_is_told_why_not() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    world.room("cellar", ["bo"]).await;
    let password = World::password("ann");
    let refused = async |version: &str, password: &str, topic: &str| {
        let words = ["-d", "-V", version, "-q", "1", "-u", "ann", "-P", password, "-t", topic, "-m", "hello"];
        let mut ann = mosquitto(&world, "mosquitto_pub", &words);
        ann.ends(Duration::from_secs(20)).await;
        ann.output().join("\n").to_lowercase()
    };
    assert!(refused("5", &password, "rooms/cellar/say").await.contains("not authorized"));
    assert!(refused("5", "wrong", "rooms/tea/say").await.contains("bad user name or password"));
    assert!(refused("311", "wrong", "rooms/tea/say").await.contains("refused"));
}

/// `mosquitto_rr` asks and prints the answer: in MQTT 5 by Response Topic, in 3.1.1 by listening where answers come.
#[tokio::test]
async fn mosquitto_rr_asks_and_prints_the_answer_in_both_versions() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let password = World::password("ann");
    for (version, answers) in [("5", "me/replies/rr"), ("311", "me/replies")] {
        for (method, body, expected) in [
            ("rooms.get", r#"{"id": 7, "params": {"room": "tea"}}"#, "\"id\":7,\"result\":{\"room\":\"tea\""),
            ("rooms.get", r#"{"params": {"room": "cellar"}}"#, "\"code\":\"not_found\""),
        ] {
            let who = ["-V", version, "-q", "1", "-u", "ann", "-P", &password];
            let asked = ["-t", &format!("rpc/{method}"), "-e", answers, "-m", body];
            let mut ann = mosquitto(&world, "mosquitto_rr", &[&who[..], &asked[..]].concat());
            assert!(ann.ends(Duration::from_secs(20)).await.success(), "{:?}", ann.output());
            assert!(ann.output().join("\n").contains(expected), "{version}: {:?}", ann.output());
        }
    }
}
