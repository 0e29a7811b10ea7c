//! Messages that are kept for who comes later.

use crate::corner::{BOTH, Corner, listen, wish};
use mqtt::packet::{Publish, Qos, RetainHandling, Subscription, Version};
use tests::{Wire, filter, publish_at, retained};

/// A message as it was heard: topic, payload, QoS and RETAIN.
type Heard = (String, String, Qos, bool);

/// What somebody hears who subscribes below the corner now: so much, and then nothing but what is new.
async fn kept(corner: &Corner, version: Version, count: usize) -> Vec<Heard> {
    let mut late = corner.listener(version, "late", Qos::ExactlyOnce).await;
    hears(&mut late, corner, count).await
}

/// So many messages and no more, in the order of their topics.
async fn hears(wire: &mut Wire, corner: &Corner, count: usize) -> Vec<Heard> {
    let mut heard = Vec::new();
    for _ in 0..count {
        let Publish { topic, payload, qos, retain, .. } = wire.receive().await;
        heard.push((topic, String::from_utf8_lossy(&payload).into_owned(), qos, retain));
    }
    wire.is_quiet().await;
    let new = corner.topic("new");
    wire.sends(publish_at(Qos::AtLeastOnce, &new, "new")).await;
    assert_eq!(wire.receive().await.topic, new, "more than {count}");
    heard.sort_by(|one, other| one.0.cmp(&other.0));
    heard
}

fn entry(topic: String, payload: &str, qos: Qos) -> Heard {
    (topic, payload.to_owned(), qos, true)
}

#[tokio::test]
pub(crate) async fn the_last_kept_message_of_each_topic_is_sent_to_who_subscribes() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut speaker = corner.client(version, "speaker").await;
        let (tea, milk) = (corner.topic("tea"), corner.topic("cold/milk"));
        let said = [
            (&tea, "cold", Qos::ExactlyOnce),
            (&tea, "hot", Qos::AtLeastOnce),
            (&milk, "fresh", Qos::ExactlyOnce),
        ];
        for (topic, payload, qos) in said {
            speaker.sends(retained(qos, topic, payload)).await;
        }
        let expected = [entry(milk, "fresh", Qos::ExactlyOnce), entry(tea, "hot", Qos::AtLeastOnce)];
        assert_eq!(kept(&corner, version, 2).await, expected, "each at its own QoS, marked as kept");
    }
}

#[tokio::test]
pub(crate) async fn a_message_at_qos_0_takes_the_place_of_what_was_kept() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut speaker = corner.client(version, "speaker").await;
        speaker.sends(retained(Qos::AtLeastOnce, &corner.topic("tea"), "cold")).await;
        speaker.sends(retained(Qos::AtMostOnce, &corner.topic("tea"), "hot")).await;
        // What one client says is stored in its order: with this answer, what nobody acknowledges is stored, too.
        speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("milk"), "fresh")).await;
        assert_eq!(kept(&corner, version, 1).await, [entry(corner.topic("tea"), "hot", Qos::AtMostOnce)]);
    }
}

#[tokio::test]
pub(crate) async fn who_listened_before_hears_a_kept_message_like_any_other() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.listener(version, "listener", Qos::AtLeastOnce).await;
        let mut speaker = corner.client(version, "speaker").await;
        speaker.sends(retained(Qos::AtLeastOnce, &corner.topic("tea"), "hot")).await;
        let heard = listener.receive().await;
        assert_eq!((&heard.payload[..], heard.retain), (&b"hot"[..], false), "it was not kept for them");
    }
}

#[tokio::test]
pub(crate) async fn an_empty_message_is_heard_and_removes_what_was_kept() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut speaker = corner.client(version, "speaker").await;
        speaker.sends(retained(Qos::AtLeastOnce, &corner.topic("tea"), "hot")).await;
        let mut listener = corner.listener(version, "listener", Qos::AtLeastOnce).await;
        assert_eq!(listener.receive().await.payload, "hot");
        speaker.sends(retained(Qos::AtLeastOnce, &corner.topic("tea"), "")).await;
        let heard = listener.receive().await;
        assert_eq!((heard.topic, heard.payload.len(), heard.retain), (corner.topic("tea"), 0, false));
        assert_eq!(kept(&corner, version, 0).await, []);
    }
}

#[tokio::test]
pub(crate) async fn an_empty_message_is_not_kept() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut speaker = corner.client(version, "speaker").await;
        speaker.sends(retained(Qos::ExactlyOnce, &corner.topic("tea"), "")).await;
        assert_eq!(kept(&corner, version, 0).await, []);
    }
}

#[tokio::test]
pub(crate) async fn other_messages_leave_what_is_kept_as_it_is() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut speaker = corner.client(version, "speaker").await;
        speaker.sends(retained(Qos::AtLeastOnce, &corner.topic("tea"), "hot")).await;
        for payload in ["spilled", ""] {
            speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), payload)).await;
            speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("milk"), payload)).await;
        }
        assert_eq!(kept(&corner, version, 1).await, [entry(corner.topic("tea"), "hot", Qos::AtLeastOnce)]);
    }
}

/// Subscribes to all of the corner with this handling, and hears so many kept messages.
async fn handles(wire: &mut Wire, corner: &Corner, handling: RetainHandling, count: usize) {
    let wish = Subscription { retain_handling: handling, ..wish(&corner.topic("+"), Qos::AtLeastOnce) };
    listen(wire, wish).await;
    let heard = hears(wire, corner, count).await;
    assert!(heard.iter().all(|(_, _, _, retain)| *retain), "{heard:?}");
}

async fn two_kept(corner: &Corner) -> Wire {
    let mut speaker = corner.client(Version::V5, "speaker").await;
    for topic in ["tea", "milk"] {
        speaker.sends(retained(Qos::AtLeastOnce, &corner.topic(topic), topic)).await;
    }
    corner.client(Version::V5, "listener").await
}

#[tokio::test]
pub(crate) async fn retain_handling_0_sends_what_is_kept_at_every_subscribe() {
    let corner = Corner::open().await;
    let mut listener = two_kept(&corner).await;
    for _ in 0..3 {
        handles(&mut listener, &corner, RetainHandling::Always, 2).await;
    }
}

#[tokio::test]
pub(crate) async fn retain_handling_1_sends_what_is_kept_to_a_new_subscription_only() {
    let corner = Corner::open().await;
    let mut listener = two_kept(&corner).await;
    handles(&mut listener, &corner, RetainHandling::IfNew, 2).await;
    handles(&mut listener, &corner, RetainHandling::IfNew, 0).await;
    listener.unsubscribe(&[&corner.topic("+")]).await;
    handles(&mut listener, &corner, RetainHandling::IfNew, 2).await; // it is new again
}

#[tokio::test]
pub(crate) async fn retain_handling_1_knows_the_subscriptions_of_a_session_that_goes_on() {
    let corner = Corner::open().await;
    two_kept(&corner).await;
    let device = corner.device(Version::V5, "lasting").lasting();
    let mut listener = device.connect().await;
    handles(&mut listener, &corner, RetainHandling::IfNew, 2).await;
    listener.leave().await;
    let mut listener = device.connect().await;
    handles(&mut listener, &corner, RetainHandling::IfNew, 0).await;
    handles(&mut listener, &corner, RetainHandling::Always, 2).await;
}

#[tokio::test]
pub(crate) async fn retain_handling_2_sends_nothing_that_is_kept() {
    let corner = Corner::open().await;
    let mut listener = two_kept(&corner).await;
    handles(&mut listener, &corner, RetainHandling::Never, 0).await;
}

async fn flags_heard(retain_as_published: bool) -> Vec<bool> {
    let corner = Corner::open().await;
    let mut wire = corner.client(Version::V5, "both").await;
    let wish = Subscription { retain_as_published, ..wish(&corner.topic("tea"), Qos::AtLeastOnce) };
    listen(&mut wire, wish).await;
    let mut flags = Vec::new();
    for message in [publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "a"), {
        retained(Qos::AtLeastOnce, &corner.topic("tea"), "b")
    }] {
        wire.sends(message).await;
        flags.push(wire.receive().await.retain);
    }
    flags
}

#[tokio::test]
pub(crate) async fn without_retain_as_published_the_flag_is_never_set_on_what_is_new() {
    assert_eq!(flags_heard(false).await, [false, false]);
}

#[tokio::test]
pub(crate) async fn with_retain_as_published_the_flag_is_as_it_was_sent() {
    assert_eq!(flags_heard(true).await, [false, true]);
}

#[tokio::test]
pub(crate) async fn what_is_kept_comes_at_the_lesser_qos() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut speaker = corner.client(version, "speaker").await;
        speaker.sends(retained(Qos::ExactlyOnce, &corner.topic("tea"), "hot")).await;
        let mut listener = corner.client(version, "listener").await;
        listen(&mut listener, filter(&corner.topic("tea"))).await;
        assert_eq!(listener.receive().await.qos, Qos::AtLeastOnce);
    }
}
