//! More than one user may say.

use mqtt::ReasonCode;
use mqtt::packet::{Packet, PacketId, Version};
use tests::{Settings, World, say};

fn few() -> Settings {
    Settings::default()
        .set("limits.messages_per_user", "20")
        .set("limits.messages_burst", "10")
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

#[tokio::test]
async fn who_does_not_slow_down_hears_0x97_in_mqtt_5_and_when_to_go_on() {
    let mut world = World::with(few()).await;
    world.room("tea", ["ann", "bo"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    ann.send_all(many(150)).await;
    let mut codes = Vec::new();
    for _ in 0..150 {
        let puback = ann.puback().await;
        if puback.code == ReasonCode::QuotaExceeded {
            let retry = puback.user_properties.iter().find(|(name, _)| name == "retry_after_ms");
            let milliseconds: u64 = retry.expect("it says when to go on").1.parse().expect("a number");
            assert!(milliseconds > 0);
        }
        codes.push(puback.code);
    }
    assert!(
        codes.contains(&ReasonCode::QuotaExceeded),
        "150 at once are more than 10 and 20 a second: {codes:?}"
    );
    assert_eq!(codes[0], ReasonCode::Success);
}
