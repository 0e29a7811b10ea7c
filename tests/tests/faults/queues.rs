//! What waits on topics that are none of chat's: kill -9, and nothing of it is lost, doubled or out of order.

use mqtt::ReasonCode;
use mqtt::packet::{Packet, Publish, Version};
use std::collections::{BTreeMap, BTreeSet};
use tests::{Postgres, Settings, Wire, World, filter, is_long, publish, subscribe};

fn settings() -> Settings {
    Settings::default().set("mqtt.open_topics", "true").set("mqtt.anonymous", "true")
}

/// So many messages: what the promise says, where there is time for it.
fn many() -> usize {
    if is_long() { 100_000 } else { 20_000 }
}

/// Says so many things, many at a time, and waits until each is answered.
async fn says(wire: &mut Wire, count: usize, message: impl Fn(usize) -> Publish) {
    let window = 200;
    let mut answered = 0;
    for number in 0..count {
        let mut message = message(number);
        message.packet_id = Some(wire.fresh_id());
        wire.send(Packet::Publish(Box::new(message))).await;
        if number >= answered + window {
            wire.puback().await;
            answered += 1;
        }
    }
    while answered < count {
        wire.puback().await;
        answered += 1;
    }
}

async fn hears(wire: &mut Wire) -> Publish {
    let heard = wire.message().await;
    wire.acknowledge(&heard).await;
    heard
}

#[tokio::test]
async fn what_waits_for_a_session_that_is_away_survives_kill_9_in_order_and_once() {
    let mut world = World::with(settings()).await;
    for version in [Version::V3, Version::V5] {
        let away = world.nobody("away").version(version).lasting();
        let mut wire = away.connect().await;
        wire.subscribe(subscribe([filter("apps/meter/+/up")])).await;
        wire.leave().await;
        let count = many();
        let mut meter = world.nobody("meter").connect().await;
        says(&mut meter, count, |number| {
            publish(&format!("apps/meter/{}/up", number % 7), number.to_string())
        })
        .await;
        world.restart().await;

        let (mut wire, connack) = away.arrive().await;
        assert!(connack.session_present);
        for number in 0..count {
            let heard = hears(&mut wire).await;
            let expected = (format!("apps/meter/{}/up", number % 7), number.to_string());
            let payload = String::from_utf8_lossy(&heard.payload).into_owned();
            assert_eq!((heard.topic, payload), expected);
        }
        wire.is_quiet().await;
        wire.leave().await;
        let (mut wire, _) = away.clone().clean().arrive().await;
        wire.is_quiet().await;
    }
}

#[tokio::test]
async fn what_is_retained_survives_kill_9_as_it_was_last() {
    let mut world = World::with(settings()).await;
    let count = many() / 10;
    let mut meter = world.nobody("meter").connect().await;
    let kept = |round: &'static str| {
        move |number: usize| Publish {
            retain: true,
            ..publish(&format!("lamps/{}/{number}", number % 10), format!("{round} {number}"))
        }
    };
    says(&mut meter, count, kept("first")).await;
    says(&mut meter, count / 2, kept("second")).await;
    // Every tenth is cleared again.
    let clear = |number: usize| Publish {
        retain: true,
        payload: bytes::Bytes::new(),
        ..publish(&format!("lamps/0/{}", number * 10), "")
    };
    says(&mut meter, count / 10, clear).await;
    world.restart().await;

    let mut wire = world.nobody("reader").connect().await;
    wire.subscribe(subscribe([filter("#")])).await;
    let mut heard = BTreeMap::new();
    for _ in 0..count - count / 10 {
        let one = hears(&mut wire).await;
        assert!(one.retain);
        heard.insert(one.topic, String::from_utf8_lossy(&one.payload).into_owned());
    }
    wire.is_quiet().await;
    let expected: BTreeMap<String, String> = (0..count)
        .filter(|number| number % 10 != 0)
        .map(|number| {
            let round = if number < count / 2 { "second" } else { "first" };
            (format!("lamps/{}/{number}", number % 10), format!("{round} {number}"))
        })
        .collect();
    assert_eq!(heard, expected);
}

#[tokio::test]
async fn a_message_that_was_acknowledged_does_not_come_again_after_a_server_that_ended_in_order() {
    let mut world = World::with(settings()).await;
    let away = world.nobody("away").lasting();
    let mut wire = away.connect().await;
    wire.subscribe(subscribe([filter("a/#")])).await;
    let mut sender = world.nobody("sender").connect().await;
    says(&mut sender, 100, |number| publish("a/b", number.to_string())).await;
    for _ in 0..60 {
        hears(&mut wire).await;
    }
    wire.is_alive().await;
    world.terminate().await;
    world.restart().await;
    let (mut wire, connack) = away.arrive().await;
    assert!(connack.session_present);
    for number in 60..100 {
        assert_eq!(hears(&mut wire).await.payload, number.to_string());
    }
    wire.is_quiet().await;
}

#[tokio::test]
async fn while_the_database_is_away_a_publisher_is_not_kept_waiting_however_many_there_are() {
    let mut postgres = Postgres::start();
    let settings = settings().set("store.database", &postgres.url).set("store.commit_wait", "2s");
    let world = World::with(settings).await;
    let away = world.nobody("away").lasting();
    let mut wire = away.connect().await;
    wire.subscribe(subscribe([filter("apps/meter/up")])).await;
    wire.leave().await;

    // Far more together than the lane takes, and each less than its own window.
    let mut meters = Vec::new();
    for number in 0..40 {
        meters.push(world.nobody(&format!("meter{number}")).connect().await);
    }
    postgres.kill_9();
    for meter in &mut meters {
        for number in 0..200_u32 {
            let packet_id = Some(meter.fresh_id());
            let message = Publish { packet_id, ..publish("apps/meter/up", number.to_string()) };
            meter.send(Packet::Publish(Box::new(message))).await;
        }
    }
    for mut meter in meters {
        meter.ends_with(ReasonCode::ServerBusy).await;
    }

    postgres.start_again();
    let mut meter = world.nobody("meter").connect().await;
    says(&mut meter, 200, |number| publish("apps/meter/up", format!("again {number}"))).await;
    let (mut wire, _) = away.arrive().await;
    for number in 0..200 {
        let mut heard = hears(&mut wire).await;
        // A process of the database may have outlived its end and taken what nobody was told of: that is allowed.
        while !heard.payload.starts_with(b"again") {
            heard = hears(&mut wire).await;
        }
        assert_eq!(heard.payload, format!("again {number}"));
    }
    wire.is_quiet().await;
}

/// Numbers that this member of a group hears until all are heard.
async fn hears_all(wire: &mut Wire, heard: &mut BTreeSet<usize>, count: usize) {
    while heard.len() < count {
        let payload = hears(wire).await.payload;
        heard.insert(String::from_utf8_lossy(&payload).parse().expect("a number"));
    }
}

/// The server is killed while another member gets what a session left: once more for each way of that one.
#[tokio::test]
async fn what_a_session_leaves_to_its_group_survives_kill_9_on_its_way_to_another() {
    let mut world = World::with(settings()).await;
    let count = many() / 10;
    for lasts in [true, false] {
        let share = || subscribe([filter(&format!("$share/workers/jobs/{lasts}"))]);
        let ends = world.nobody("ends").lasting();
        let mut wire = ends.connect().await;
        wire.subscribe(share()).await;
        wire.leave().await;
        let mut sender = world.nobody("sender").connect().await;
        says(&mut sender, count, |number| publish(&format!("jobs/{lasts}"), number.to_string())).await;
        let other = world.nobody("other");
        let other = if lasts { other.lasting() } else { other };
        let mut wire = other.connect().await;
        wire.subscribe(share()).await;
        ends.clone().clean().connect().await.leave().await;
        let mut heard = BTreeSet::new();
        hears_all(&mut wire, &mut heard, count / 4).await;
        world.restart().await;

        let mut wire = other.connect().await;
        if !lasts {
            wire.subscribe(share()).await;
        }
        hears_all(&mut wire, &mut heard, count).await;
        assert!(heard.into_iter().eq(0..count));
    }
}
