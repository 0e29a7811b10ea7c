//! MQTT.js, the browser's client, over WebSocket and TCP.

use tests::{World, node};

#[tokio::test]
async fn mqtt_js_chats_over_websocket_and_tcp_in_both_versions() {
    let mut world = World::start().await;
    let urls = [format!("ws://{}/mqtt", world.http), format!("mqtt://{}", world.mqtt)];
    for (number, (url, version)) in urls.iter().flat_map(|url| [(url, "4"), (url, "5")]).enumerate() {
        let room = format!("room-{number}");
        world.room(&room, ["ann", "bo"]).await;
        let mut script =
            node("chat.mjs", &[url, version, &room, &World::password("ann"), &world.token("bo")]);
        script.wrote("all is well").await;
        assert!(script.ends(std::time::Duration::from_secs(10)).await.success());
    }
}
