//! Who is there, who writes, and signals, by clients that nobody here wrote.

use std::time::Duration;
use tests::{Settings, World, mosquitto, node, python};

/// A server that waits only a moment for who is gone.
async fn world() -> World {
    World::with(Settings::default().set("mqtt.presence_grace", "2s")).await
}

#[tokio::test]
async fn paho_sees_who_is_there_and_who_writes_in_both_versions() {
    let mut world = world().await;
    let (host, port) = (world.mqtt.ip().to_string(), world.mqtt.port().to_string());
    for (version, room) in [("3", "tea"), ("5", "cake")] {
        world.room(room, ["ann", "bo"]).await;
        let (ann, bo) = (World::password("ann"), world.token("bo"));
        let mut script = python("presence.py", &[&host, &port, version, room, &ann, &bo]);
        script.wrote("all is well").await;
        assert!(script.ends(Duration::from_secs(10)).await.success());
    }
}

#[tokio::test]
async fn mqtt_js_sees_who_is_there_over_websocket_in_both_versions() {
    let mut world = world().await;
    let url = format!("ws://{}/mqtt", world.http);
    for (version, room) in [("4", "tea"), ("5", "cake")] {
        world.room(room, ["ann", "bo"]).await;
        let mut script =
            node("presence.mjs", &[&url, version, room, &World::password("ann"), &world.token("bo")]);
        script.wrote("all is well").await;
        assert!(script.ends(Duration::from_secs(10)).await.success());
    }
}

#[tokio::test]
async fn mosquitto_prints_the_word_for_how_somebody_is() {
    let mut world = world().await;
    world.room("tea", ["ann", "bo"]).await;
    let passwords = (World::password("ann"), World::password("bo"));
    for version in ["311", "5"] {
        let words = ["-v", "-V", version, "-u", "ann", "-P", &passwords.0, "-t", "plain/users/+/presence"];
        let mut ann = mosquitto(&world, "mosquitto_sub", &words);
        ann.wrote("plain/users/bo/presence offline").await;
        let words =
            ["-V", version, "-q", "1", "-u", "bo", "-P", &passwords.1, "-t", "me/presence", "-m", "busy"];
        let mut bo = mosquitto(&world, "mosquitto_pub", &words);
        assert!(bo.ends(Duration::from_secs(20)).await.success());
        ann.wrote("plain/users/bo/presence busy").await;
        ann.wrote("plain/users/bo/presence offline").await;
    }
}
