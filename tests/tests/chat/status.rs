//! How the server is, told to administrators below `$SYS`.

use mqtt::ReasonCode;
use tests::{Settings, World};

#[tokio::test]
async fn administrators_hear_how_the_server_is_and_what_changes_and_nobody_else_does() {
    let mut world = World::with(Settings::default().set("mqtt.status_interval", "1s")).await;
    world.users(["ann"]).await;
    let mut root = world.administrator("root").await.connect().await;
    root.listens("$SYS/broker/version").await;
    let version = root.message().await;
    assert!(version.retain && version.payload.starts_with(b"natter "), "{version:?}");

    root.listens("$SYS/broker/clients/connected").await;
    let mut ann = world.device("ann", "phone").connect().await;
    let mut told = Vec::new();
    while told.last() != Some(&2) {
        let value = root.message().await;
        told.push(String::from_utf8_lossy(&value.payload).parse::<u64>().expect("a number"));
    }
    // Nobody, root, and ann too; what was the same again is not told again.
    assert!(told.is_sorted_by(|one, next| one < next), "{told:?}");

    for filter in ["$SYS/#", "$SYS/broker/version"] {
        assert_eq!(ann.subscribes_with(filter, &[]).await, ReasonCode::NotAuthorized, "{filter}");
    }
    let refused = ann.publish(tests::publish("$SYS/broker/version", "mine")).await;
    assert_eq!(refused.code, ReasonCode::NotAuthorized);
}
