//! Short names for topics, in both directions.

use crate::corner::{Corner, listen, wish};
use mqtt::ReasonCode;
use mqtt::packet::{Packet, Publish, Qos, Version};
use std::collections::HashMap;
use std::num::NonZeroU16;
use tests::{Device, Wire, publish_at};

/// A message with an alias.
fn aliased(topic: &str, alias: u16, payload: &str) -> Publish {
    let mut publish = publish_at(Qos::AtLeastOnce, topic, payload);
    publish.properties.topic_alias = NonZeroU16::new(alias);
    publish
}

async fn most_aliases(device: &Device) -> (Wire, u16) {
    let (wire, connack) = device.arrive().await;
    (wire, connack.properties.topic_alias_maximum.expect("the server takes aliases"))
}

#[tokio::test]
pub(crate) async fn every_alias_up_to_the_announced_maximum_is_taken() {
    let corner = Corner::open().await;
    let mut listener = corner.listener(Version::V5, "listener", Qos::AtLeastOnce).await;
    let (mut speaker, most) = most_aliases(&corner.device(Version::V5, "speaker")).await;
    for alias in 1..=most {
        let topic = corner.topic(&format!("tea/{alias}"));
        speaker.sends(aliased(&topic, alias, "by name")).await;
        let heard = listener.receive().await;
        assert_eq!((&heard.topic, heard.properties.topic_alias), (&topic, None), "it is the sender's");
    }
    for alias in 1..=most {
        speaker.sends(aliased("", alias, "by number")).await;
        assert_eq!(listener.receive().await.topic, corner.topic(&format!("tea/{alias}")));
    }
    // One may come to mean something else.
    speaker.sends(aliased(&corner.topic("milk"), most, "by name")).await;
    assert_eq!(listener.receive().await.topic, corner.topic("milk"));
    speaker.sends(aliased("", most, "by number")).await;
    assert_eq!(listener.receive().await.topic, corner.topic("milk"));
}

async fn is_no_alias(wire: &mut Wire, topic: &str, alias: u16, code: ReasonCode) {
    let mut publish = aliased(topic, alias, "x");
    publish.packet_id = Some(wire.fresh_id());
    wire.send(Packet::Publish(Box::new(publish))).await;
    wire.ends_with(code).await;
}

#[tokio::test]
pub(crate) async fn an_alias_of_zero_ends_the_connection() {
    let corner = Corner::open().await;
    let bytes = crate::raw::publish(Version::V5, 0x30, b"tea", None, &[0x23, 0, 0], b"x");
    corner.breaks(Version::V5, "alias 0", &bytes, ReasonCode::TopicAliasInvalid).await;
}

#[tokio::test]
pub(crate) async fn an_alias_over_the_maximum_ends_the_connection() {
    let corner = Corner::open().await;
    let (mut wire, most) = most_aliases(&corner.device(Version::V5, "speaker")).await;
    is_no_alias(&mut wire, &corner.topic("tea"), most + 1, ReasonCode::TopicAliasInvalid).await;
}

#[tokio::test]
pub(crate) async fn an_alias_means_nothing_on_the_next_connection() {
    let corner = Corner::open().await;
    let device = corner.device(Version::V5, "speaker").lasting();
    let (mut wire, _) = most_aliases(&device).await;
    wire.sends(aliased(&corner.topic("tea"), 1, "by name")).await;
    wire.leave().await;
    let (mut wire, connack) = device.arrive().await;
    assert!(connack.session_present, "the session goes on, the alias does not");
    is_no_alias(&mut wire, "", 1, ReasonCode::ProtocolError).await;
}

/// Hears so many messages and finds the topics behind their aliases; gives the aliases that were used.
async fn unfolds(listener: &mut Wire, expected: &[String]) -> Vec<u16> {
    let (mut known, mut used) = (HashMap::new(), Vec::new());
    for topic in expected {
        let heard = listener.receive().await; // an alias over what it takes is an error to it
        if let Some(alias) = heard.properties.topic_alias {
            used.push(alias.get());
            if !heard.topic.is_empty() {
                known.insert(alias, heard.topic.clone());
            }
        }
        let found = match heard.properties.topic_alias {
            Some(alias) if heard.topic.is_empty() => known[&alias].clone(),
            _ => heard.topic,
        };
        assert_eq!(&found, topic);
    }
    used
}

/// Hears topics again and again, on a connection that takes so many aliases.
async fn hears_with(most: Option<u16>) -> Vec<u16> {
    let corner = Corner::open().await;
    let mut device = corner.device(Version::V5, "listener");
    device.hello.topic_alias_maximum = most;
    let mut listener = device.connect().await;
    listen(&mut listener, wish(&corner.topic("#"), Qos::AtLeastOnce)).await;
    let mut speaker = corner.client(Version::V5, "speaker").await;
    let topics = [1, 2, 3, 1, 1, 2, 3].map(|number| corner.topic(&format!("tea/{number}")));
    for topic in &topics {
        speaker.sends(publish_at(Qos::AtLeastOnce, topic, "hot")).await;
    }
    unfolds(&mut listener, &topics).await
}

#[tokio::test]
pub(crate) async fn the_server_uses_no_alias_over_the_clients_maximum() {
    for most in [1, 2, 10] {
        let used = hears_with(Some(most)).await;
        assert!(used.iter().all(|&alias| (1..=most).contains(&alias)), "{used:?} of {most}");
    }
}

#[tokio::test]
pub(crate) async fn the_server_uses_no_alias_where_the_client_takes_none() {
    for most in [None, Some(0)] {
        assert_eq!(hears_with(most).await, [0_u16; 0]);
    }
}
