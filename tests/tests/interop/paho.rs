//! paho-mqtt, the reference client, in both versions, and with cbor2 in CBOR.

use tests::{Process, World, python};

async fn runs(world: &World, name: &str, version: &str, room: &str) {
    let (host, port) = (world.mqtt.ip().to_string(), world.mqtt.port().to_string());
    let (ann, bo) = (World::password("ann"), world.token("bo"));
    let mut script: Process = python(name, &[&host, &port, version, room, &ann, &bo]);
    script.wrote("all is well").await;
    assert!(script.ends(std::time::Duration::from_secs(10)).await.success());
}

#[tokio::test]
async fn paho_chats_in_both_versions() {
    let mut world = World::start().await;
    for (version, room) in [("3", "tea"), ("5", "cake")] {
        world.room(room, ["ann", "bo"]).await;
        runs(&world, "chat.py", version, room).await;
    }
}

#[tokio::test]
async fn paho_sees_what_has_come_and_what_was_read_in_both_versions_and_in_cbor() {
    let mut world = World::start().await;
    for (version, room) in [("3", "tea"), ("5", "cake")] {
        world.room(room, ["ann", "bo"]).await;
        runs(&world, "receipts.py", version, room).await;
    }
}

#[tokio::test]
async fn a_device_that_speaks_cbor_and_an_app_that_speaks_json_understand_each_other() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    world.room("cellar", ["bo"]).await;
    let (host, port) = (world.mqtt.ip().to_string(), world.mqtt.port().to_string());
    let (ann, bo) = (World::password("ann"), World::password("bo"));
    let mut script: Process = python("cbor.py", &[&host, &port, &ann, &bo]);
    script.wrote("all is well").await;
    assert!(script.ends(std::time::Duration::from_secs(10)).await.success());
}

#[tokio::test]
async fn paho_asks_for_everything_by_requests_in_both_versions_and_in_cbor() {
    let mut world = World::start().await;
    world.users(["ann"]).await;
    let (host, port) = (world.mqtt.ip().to_string(), world.mqtt.port().to_string());
    for (version, room) in [("3", "tea"), ("5", "cake")] {
        let mut script = python("rpc.py", &[&host, &port, version, room, &World::password("ann")]);
        script.wrote("all is well").await;
        assert!(script.ends(std::time::Duration::from_secs(10)).await.success());
    }
}
