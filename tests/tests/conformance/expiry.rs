//! Messages that are good for a time only.
//!
//! What is awaited in these tests is time itself: seconds of the server's own clock.

use crate::corner::{Corner, listen, wish};
use mqtt::ReasonCode;
use mqtt::packet::{Acknowledge, Packet, Publish, Qos, Version};
use std::time::Duration;
use tests::{Device, Wire, publish_at, retained};

/// More than a second, and less than two.
const A_WHILE: Duration = Duration::from_millis(1_300);

fn expiring(mut publish: Publish, seconds: u32) -> Publish {
    publish.properties.message_expiry = Some(seconds);
    publish
}

async fn away(corner: &Corner, name: &str) -> Device {
    let device = corner.device(Version::V5, name).lasting();
    let mut wire = device.connect().await;
    listen(&mut wire, wish(&corner.topic(&format!("{name}/+")), Qos::ExactlyOnce)).await;
    wire.leave().await;
    device
}

async fn heard_after_a_while(device: &Device, count: usize) -> Vec<(String, Option<u32>)> {
    let mut wire = device.connect().await;
    let mut heard = Vec::new();
    for _ in 0..count {
        let publish = wire.receive().await;
        let payload = String::from_utf8_lossy(&publish.payload).into_owned();
        heard.push((payload, publish.properties.message_expiry));
    }
    wire.is_quiet().await;
    heard
}

/// One after the other: what waits for who is away, what is kept, what is under way.
#[tokio::test]
pub(crate) async fn a_message_past_its_time_is_not_sent_and_one_within_it_says_how_much_is_left() {
    let corner = Corner::open().await;
    let device = away(&corner, "away").await;
    let mut speaker = corner.client(Version::V5, "speaker").await;
    let (waits, kept) = (corner.topic("away/tea"), corner.topic("kept/tea"));
    for qos in [Qos::AtLeastOnce, Qos::ExactlyOnce] {
        speaker.sends(expiring(publish_at(qos, &waits, "cold"), 1)).await;
        speaker.sends(expiring(publish_at(qos, &waits, "warm"), 100)).await;
    }
    speaker.sends(publish_at(Qos::AtLeastOnce, &waits, "hot")).await;
    speaker.sends(expiring(retained(Qos::AtLeastOnce, &kept, "cold"), 1)).await;
    speaker.sends(expiring(retained(Qos::AtLeastOnce, &corner.topic("kept/milk"), "warm"), 100)).await;
    tokio::time::sleep(A_WHILE).await;

    let heard = heard_after_a_while(&device, 3).await;
    let said: Vec<&str> = heard.iter().map(|(payload, _)| payload.as_str()).collect();
    assert_eq!(said, ["warm", "warm", "hot"]);
    for (_, left) in &heard[..2] {
        assert!(left.is_some_and(|left| (60..100).contains(&left)), "a second or more is gone: {left:?}");
    }
    assert_eq!(heard[2].1, None);
    let mut late = corner.client(Version::V5, "late").await;
    listen(&mut late, wish(&corner.topic("kept/+"), Qos::AtLeastOnce)).await;
    let milk = late.receive().await;
    assert_eq!(milk.payload, "warm");
    assert!(milk.properties.message_expiry.is_some_and(|left| left < 100), "{:?}", milk.properties);
    late.is_quiet().await;
}

#[tokio::test]
pub(crate) async fn a_message_heard_at_once_has_its_whole_time() {
    let corner = Corner::open().await;
    let mut wire = corner.listener(Version::V5, "both", Qos::AtLeastOnce).await;
    wire.sends(expiring(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "hot"), 1_000)).await;
    let left = wire.receive().await.properties.message_expiry;
    assert!(left.is_some_and(|left| (900..=1_000).contains(&left)), "{left:?}");
}

/// Sends this message to somebody who leaves without having acknowledged it, and waits until it would be past its time.
async fn under_way(corner: &Corner, name: &str, qos: Qos, has_pubrec: bool) -> Wire {
    let device = away(corner, name).await;
    let mut wire = device.connect().await;
    let topic = corner.topic(&format!("{name}/tea"));
    let mut speaker = corner.client(Version::V5, &format!("speaks-to-{name}")).await;
    speaker.sends(expiring(publish_at(qos, &topic, "hot"), 1)).await;
    let heard = wire.message().await;
    let id = heard.packet_id.expect("it has one");
    if has_pubrec {
        wire.send(Packet::Pubrec(Acknowledge::new(id, ReasonCode::Success))).await;
        assert!(matches!(wire.answer().await, Packet::Pubrel(_)));
    }
    drop(wire);
    tokio::time::sleep(A_WHILE).await;
    let mut wire = device.connect().await;
    match wire.next().await {
        Packet::Publish(again) if !has_pubrec => {
            assert_eq!((again.packet_id, again.dup), (Some(id), true), "it was begun, so it is finished");
            wire.send(Packet::Pubrec(Acknowledge::new(id, ReasonCode::Success))).await;
            assert!(matches!(wire.next().await, Packet::Pubrel(_)));
        }
        Packet::Pubrel(pubrel) if has_pubrec => assert_eq!(pubrel.packet_id, id),
        other => panic!("{name}: unexpected {other:?}"),
    }
    wire.send(Packet::Pubcomp(Acknowledge::new(id, ReasonCode::Success))).await;
    wire
}

#[tokio::test]
pub(crate) async fn a_message_whose_sending_has_begun_is_finished_whatever_its_time() {
    let corner = Corner::open().await;
    under_way(&corner, "begun", Qos::ExactlyOnce, false).await.is_quiet().await;
}

#[tokio::test]
pub(crate) async fn a_message_that_was_received_is_released_whatever_its_time() {
    let corner = Corner::open().await;
    under_way(&corner, "half", Qos::ExactlyOnce, true).await.is_quiet().await;
}

#[tokio::test]
pub(crate) async fn a_sender_at_qos_2_is_answered_to_the_end_whatever_the_time_of_its_message() {
    let corner = Corner::open().await;
    let mut speaker = corner.client(Version::V5, "speaker").await;
    let id = speaker.fresh_id();
    let mut message = expiring(publish_at(Qos::ExactlyOnce, &corner.topic("tea"), "hot"), 1);
    message.packet_id = Some(id);
    speaker.send(Packet::Publish(Box::new(message))).await;
    speaker.pubrec(id).await;
    tokio::time::sleep(A_WHILE).await;
    assert_eq!(speaker.releases(id).await, ReasonCode::Success);
}
