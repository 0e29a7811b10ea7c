//! More than one user may say.

use mqtt::ReasonCode;
use mqtt::packet::{Packet, PacketId, Version};
use tests::{Settings, World, say};

fn few() -> Settings {
    Settings::default()
        .set("limits.messages_per_user", "20")
        .set("limits.messages_burst", "10")
        .set("limits.users_are_new_for", "0s")
        .set("limits.quota_patience", "1s")
}

fn many(count: u16) -> impl Iterator<Item = Packet> {
    (1..=count).map(|id| {
        let mut message = say("tea", &id.to_string(), &[]);
        message.packet_id = PacketId::new(id);
        Packet::Publish(Box::new(message))
    })
}

#[tokio::test]
async fn who_says_too_much_is_slowed_down_and_loses_nothing() {
    let mut world = World::with(few()).await;
    world.room("tea", ["ann", "bo"]).await;
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("rooms/tea/said").await;
    for version in [Version::V3, Version::V5] {
        let mut ann = world.device("ann", "phone").version(version).connect().await;
        // Within what patience covers, nobody is refused.
        ann.send_all(many(25)).await;
        for id in 1..=25 {
            let puback = ann.puback().await;
            assert_eq!((puback.packet_id.get(), puback.code), (id, ReasonCode::Success), "{version:?}");
        }
        for id in 1..=25_u16 {
            assert_eq!(bo.hear().await.body(), id.to_string());
        }
        ann.leave().await;
        // The next version starts with a full measure.
        world.restart().await;
        bo = world.device("bo", "phone").connect().await;
        bo.listens("rooms/tea/said").await;
    }
}

/// A message waits for its turn as long as patience lasts: at one a second and half a second of patience, never.
#[tokio::test]
async fn who_does_not_slow_down_hears_0x97_in_mqtt_5_and_when_to_go_on() {
    let strict = few().set("limits.messages_per_user", "1").set("limits.quota_patience", "500ms");
    let mut world = World::with(strict).await;
    world.room("tea", ["ann"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    ann.send_all(many(12)).await;
    for _ in 1..=10 {
        assert_eq!(ann.puback().await.code, ReasonCode::Success);
    }
    let refused = ann.puback().await;
    assert_eq!(refused.code, ReasonCode::QuotaExceeded);
    let word = |key: &str| {
        refused.user_properties.iter().find(|(name, _)| name == key).map(|(_, word)| word.as_str())
    };
    assert_eq!(word("refused"), Some("quota"));
    let milliseconds: u64 = word("retry_after_ms").expect("it says when to go on").parse().expect("a number");
    assert!((1..=60_000).contains(&milliseconds), "{milliseconds}");
}
