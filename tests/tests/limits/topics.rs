//! Plain topics at their bounds: large messages, deep topics, many filters, many retained messages, and a client that
//! never reads.

use mqtt::ReasonCode;
use mqtt::packet::{Packet, Publish, Qos, Subscription};
use std::time::Duration;
use tests::{Settings, Wire, World, filter, publish, retained, subscribe};

/// What the server may need for a client that does not read: its queue, what the kernel and the allocator keep, and what
/// is on its way.
const GROWTH: u64 = 64 << 20;

fn settings() -> Settings {
    Settings::default().set("mqtt.open_topics", "true").set("mqtt.anonymous", "true")
}

#[tokio::test]
async fn a_message_of_900_kilobytes_arrives_whole_where_that_is_allowed_and_ends_its_connection_where_it_is_not()
 {
    let body = vec![7; 900 * 1024];
    let world = World::with(settings().set("mqtt.max_packet", "1 MiB")).await;
    let mut listener = world.nobody("listener").connect().await;
    listener.listens("large").await;
    let mut sender = world.nobody("sender").connect().await;
    sender.is_taken(publish("large", &body)).await;
    let heard = listener.message().await;
    assert!(heard.payload == body, "it came as it was sent");

    let usual = World::with(settings()).await;
    let mut sender = usual.nobody("sender").connect().await;
    let mut large = publish("large", &body);
    large.packet_id = Some(sender.fresh_id());
    sender.send(Packet::Publish(Box::new(large))).await;
    sender.ends_with(ReasonCode::PacketTooLarge).await;
}

#[tokio::test]
async fn a_topic_of_65_535_levels_is_routed_where_that_is_allowed_and_refused_where_it_is_not() {
    let deep = "/".repeat(65_534);
    let settings_of_depth = settings().set("mqtt.max_topic", "65535").set("mqtt.max_topic_levels", "65535");
    let world = World::with(settings_of_depth).await;
    let mut listener = world.nobody("listener").connect().await;
    (listener.takes.topic_bytes, listener.takes.topic_levels) = (65_535, 65_535);
    let nearly = format!("{}+", &deep[..65_533]);
    let suback = listener.subscribe(subscribe([filter("#"), filter(&deep), filter(&nearly)])).await;
    assert_eq!(suback.codes, [ReasonCode::GrantedQos1; 3]);
    let mut sender = world.nobody("sender").connect().await;
    sender.is_taken(publish(&deep, "deep")).await;
    assert_eq!(listener.message().await.topic.len(), deep.len());
    // By three filters it came once.
    listener.is_quiet().await;

    let usual = World::with(settings()).await;
    let mut sender = usual.nobody("sender").connect().await;
    let mut message = publish(&deep, "deep");
    message.packet_id = Some(sender.fresh_id());
    sender.send(Packet::Publish(Box::new(message))).await;
    sender.ends_with(ReasonCode::TopicNameInvalid).await;
}

#[tokio::test]
async fn a_thousand_filters_in_one_subscribe_are_granted_where_that_is_allowed() {
    let world = World::with(settings().set("mqtt.max_filters", "1000")).await;
    let mut listener = world.nobody("listener").lasting().connect().await;
    let filters: Vec<Subscription> = (0..1_000).map(|number| filter(&format!("many/{number}/+"))).collect();
    let suback = listener.subscribe(subscribe(filters)).await;
    assert_eq!(suback.codes, [ReasonCode::GrantedQos1; 1_000]);
    let one_more = listener.subscribe(subscribe([filter("one/more")])).await;
    assert_eq!(one_more.codes, [ReasonCode::QuotaExceeded], "a session has so many and no more");
    let mut sender = world.nobody("sender").connect().await;
    sender.is_taken(publish("many/999/x", "the last")).await;
    assert_eq!(listener.message().await.payload, "the last");
}

#[tokio::test]
async fn ten_thousand_retained_messages_come_to_whoever_asks_for_all_of_them_in_every_kind_of_session() {
    const MANY: usize = 10_000;
    let world = World::with(settings()).await;
    let mut sender = world.nobody("sender").connect().await;
    for hundred in 0..MANY / 100 {
        for number in 0..100 {
            let topic = format!("kept/{}/{number}", hundred);
            let mut message = retained(Qos::AtLeastOnce, &topic, "kept");
            message.packet_id = Some(sender.fresh_id());
            sender.send(Packet::Publish(Box::new(message))).await;
        }
        for _ in 0..100 {
            assert!(!sender.puback().await.code.is_refusal());
        }
    }
    let before = world.server().memory();
    for (device, qos) in [
        (world.nobody("passing"), Qos::AtMostOnce),
        (world.nobody("careful"), Qos::AtLeastOnce),
        (world.nobody("lasting").lasting(), Qos::AtLeastOnce),
    ] {
        let mut wire = device.connect().await;
        wire.subscribe(subscribe([Subscription { qos, ..filter("#") }])).await;
        for _ in 0..MANY {
            let heard = wire.message().await;
            assert!(heard.retain && heard.qos == qos, "{heard:?}");
            wire.acknowledge(&heard).await;
        }
        wire.is_quiet().await;
    }
    let grown = world.server().memory().saturating_sub(before);
    assert!(grown < GROWTH, "the server has grown by {} KiB", grown / 1024);
}

#[tokio::test]
async fn who_never_reads_costs_bounded_memory_and_goes_and_everybody_else_hears_everything() {
    let world = World::with(settings()).await;
    let mut never = world.nobody("never").connect().await;
    never.listens("flood/#").await;
    let mut unsure = world.nobody("unsure").connect().await;
    unsure.subscribe(subscribe([Subscription { qos: Qos::AtMostOnce, ..filter("flood/#") }])).await;
    let mut reader = world.nobody("reader").connect().await;
    reader.listens("flood/#").await;
    let sender = world.nobody("sender").connect().await;
    let before = world.server().memory();

    let count = 2_000;
    let (_, ()) = tokio::join!(flood(sender, count), hears(&mut reader, count));
    let grown = world.server().memory().saturating_sub(before);
    assert!(grown < GROWTH, "the server has grown by {} KiB", grown / 1024);

    // What was on its way to it still is; then it hears why.
    let mut last = None;
    while let Some(packet) = never.next_or_end().await {
        last = Some(packet);
    }
    assert!(matches!(last, Some(Packet::Disconnect(_) | Packet::Publish(_))), "{last:?}");
    // Who hears at most once has lost some of it, and is still there.
    unsure.is_alive().await;
}

/// Publishes so many messages of 16 KiB, as fast as they are answered.
async fn flood(mut wire: Wire, count: usize) -> Wire {
    for number in 0..count {
        let message =
            publish("flood/gates", [number.to_string().into_bytes(), vec![b' '; 16 * 1024]].concat());
        assert_eq!(wire.publish(message).await.code, ReasonCode::Success);
    }
    wire
}

async fn hears(wire: &mut Wire, count: usize) {
    for number in 0..count {
        let heard: Publish = wire.message().await;
        assert!(heard.payload.starts_with(number.to_string().as_bytes()), "in order");
        wire.acknowledge(&heard).await;
    }
}

/// Six megabytes, of which a connection's queue takes two.
#[tokio::test]
async fn what_a_session_leaves_to_its_group_comes_to_another_no_faster_than_that_one_reads() {
    let world = World::with(settings()).await;
    let share = || subscribe([filter("$share/workers/jobs")]);
    let ends = world.nobody("ends").lasting();
    let mut wire = ends.connect().await;
    wire.subscribe(share()).await;
    wire.leave().await;
    let mut sender = world.nobody("sender").connect().await;
    for number in 0..60 {
        sender.is_taken(publish("jobs", vec![number; 100 * 1024])).await;
    }
    let mut other = world.nobody("other").receive_maximum(1).connect().await;
    other.subscribe(share()).await;
    ends.clean().connect().await.leave().await;
    let first = other.message().await;
    // Time for all of it to come at once, which it must not.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(first.payload.first(), Some(&0));
    other.acknowledge(&first).await;
    for number in 1..60 {
        let heard = other.message().await;
        assert_eq!(heard.payload.first(), Some(&number), "in its order");
        other.acknowledge(&heard).await;
    }
    other.is_quiet().await;
}
