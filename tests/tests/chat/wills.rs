//! Last words.

use crate::talk::Bodies;
use mqtt::ReasonCode;
use mqtt::packet::{Disconnect, Packet, Version};
use tests::{World, publish, say};

async fn world() -> World {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    world.room("cellar", ["bo"]).await;
    world
}

#[tokio::test]
async fn a_will_is_said_when_the_line_breaks_and_not_after_a_goodbye() {
    let world = world().await;
    for version in [Version::V3, Version::V5] {
        let mut bo = world.device("bo", "phone").connect().await;
        bo.listens("rooms/tea/said").await;
        let phone = world.device("ann", "phone").version(version).will("rooms/tea/say", "I am gone");

        phone.connect().await.leave().await;
        drop(phone.connect().await);
        assert_eq!(bo.hear().await.body(), "I am gone", "{version:?}: and once only");
        bo.is_taken(say("tea", "was that all?", &[])).await;
        let heard = bo.hear().await;
        assert_eq!((heard.body(), heard.from()), ("was that all?".into(), "bo".into()));
        bo.leave().await;
    }
}

#[tokio::test]
async fn a_will_is_said_on_request_and_after_a_broken_packet() {
    let world = world().await;
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("rooms/tea/said").await;
    let phone = |words| world.device("ann", "phone").will("rooms/tea/say", words);

    let mut ann = phone("as you wish").connect().await;
    ann.send(Packet::Disconnect(Box::new(Disconnect::new(ReasonCode::DisconnectWithWill)))).await;
    ann.ends().await;
    assert_eq!(bo.hear().await.body(), "as you wish");
    let mut ann = phone("it was not my fault").connect().await;
    ann.send_bytes(&[0x00, 0x00]).await;
    ann.ends_with(ReasonCode::MalformedPacket).await;
    assert_eq!(bo.hear().await.body(), "it was not my fault");
}

#[tokio::test]
async fn a_will_with_a_delay_waits_and_is_forgotten_when_the_device_comes_back() {
    let world = world().await;
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("rooms/tea/said").await;
    let delayed = |words, seconds| {
        let mut phone = world.device("ann", "phone").lasting().will("rooms/tea/say", words);
        phone.hello.will.as_mut().expect("it has one").properties.delay = Some(seconds);
        phone
    };

    drop(delayed("back in a minute", 60).connect().await);
    let mut ann = delayed("gone for a second", 1).connect().await;
    ann.is_taken(say("tea", "here I am", &[])).await;
    drop(ann);
    assert_eq!(bo.hear_all(2).await.bodies(), ["here I am", "gone for a second"]);
}

#[tokio::test]
async fn a_will_on_a_forbidden_topic_is_refused_at_connect() {
    let world = world().await;
    let ann = world.device("ann", "phone");
    for (topic, code) in [
        ("rooms/cellar/say", ReasonCode::NotAuthorized),
        ("rooms/attic/say", ReasonCode::NotAuthorized),
        ("rooms/tea/said", ReasonCode::NotAuthorized),
        ("somewhere/else", ReasonCode::TopicNameInvalid),
    ] {
        assert_eq!(ann.clone().will(topic, "bye").is_refused().await, code, "{topic}");
        assert_eq!(
            ann.clone().v3().will(topic, "bye").is_refused().await,
            ReasonCode::NotAuthorized,
            "{topic}"
        );
    }
    let mut kept = ann.clone().will("rooms/tea/say", "bye");
    kept.hello.will.as_mut().expect("it has one").retain = true;
    assert_eq!(kept.is_refused().await, ReasonCode::RetainNotSupported);
    // A refused CONNECT leaves nothing behind, a will least of all.
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("rooms/tea/said").await;
    bo.is_taken(publish("rooms/tea/say", "hello")).await;
    assert_eq!(bo.hear().await.seq(), 2);
}

#[tokio::test]
async fn a_will_is_not_said_by_whom_the_room_put_out_meanwhile() {
    let mut world = world().await;
    let phone = world.device("bo", "phone").lasting();
    let mut bo = phone.connect().await;
    bo.listens("rooms/tea/said").await;
    let device = world.device("ann", "phone").will("rooms/tea/say", "I never left");
    let ann = device.connect().await;
    world.leave("tea", ["ann"]).await;
    drop(ann);
    // The next connection of the device begins when the end of this one is dealt with, and a server that ends waits for
    // what it has begun: then the will was judged.
    world.device("ann", "phone").connect().await.leave().await;
    bo.leave().await;
    assert!(world.terminate().await.success());
    world.restart().await;
    let mut bo = phone.connect().await;
    bo.is_taken(say("tea", "hello", &[])).await;
    let kinds: Vec<_> = bo.hear_all(3).await.iter().map(|entry| (entry.kind(), entry.body())).collect();
    let told = |kind: &str, body: &str| (kind.to_owned(), body.to_owned());
    // The room was hers, so it was handed on first.
    assert_eq!(kinds, [told("handed_over", ""), told("left", ""), told("text", "hello")]);
}

#[tokio::test]
async fn a_will_is_said_when_the_device_is_taken_over_and_not_when_the_server_goes() {
    let mut world = world().await;
    let phone = world.device("bo", "phone").lasting();
    let mut bo = phone.connect().await;
    bo.listens("rooms/tea/said").await;
    let device = world.device("ann", "phone").will("rooms/tea/say", "somebody took my place");
    let mut older = device.connect().await;
    let newer = device.connect().await;
    older.ends_with(ReasonCode::SessionTakenOver).await;
    assert_eq!(bo.hear().await.body(), "somebody took my place");

    bo.leave().await;
    assert!(world.terminate().await.success());
    drop(newer);
    world.restart().await;
    let mut bo = phone.connect().await;
    bo.is_taken(say("tea", "is anybody gone?", &[])).await;
    assert_eq!(bo.hear().await.body(), "is anybody gone?");
}
