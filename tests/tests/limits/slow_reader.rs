//! Somebody stops reading while much is said.

use mqtt::packet::{Packet, PacketId, Qos};
use std::time::Duration;
use tests::{Wire, World, filter, say, subscribe, within_time};

/// Messages said meanwhile.
const MESSAGES: u32 = 100_000;

/// What the server may need for it.
const GROWTH: u64 = 32 << 20;

/// How long it all may take on a slow machine.
const LONG: Duration = Duration::from_secs(180);

/// Says everything, with as much under way as the server allows.
async fn say_all(mut wire: Wire, mut each: impl FnMut(u32)) {
    let (mut sent, mut answered) = (0, 0);
    while answered < MESSAGES {
        let mut batch = Vec::new();
        while sent < MESSAGES && sent - answered < 256 {
            sent += 1;
            let mut message =
                say("tea", &format!("message {sent} of many, about as long as people write"), &[]);
            message.packet_id = PacketId::new(u16::try_from(sent % 60_000 + 1).expect("it is small"));
            batch.push(Packet::Publish(Box::new(message)));
        }
        wire.send_all(batch).await;
        // As many as came: one read may hold many.
        wire.puback().await;
        answered += 1;
        each(answered);
    }
}

/// Hears everything, in order.
async fn hear_all(wire: &mut Wire) {
    for seq in 2..=u64::from(MESSAGES) + 1 {
        let entry = wire.hear().await;
        assert_eq!((entry.seq(), entry.prev()), (seq, seq - 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_costs_bounded_memory_and_slows_nobody_else() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo", "cy"]).await;
    let ann = world.device("ann", "phone").connect().await;
    let mut quick = world.device("cy", "phone").connect().await;
    quick.listens("rooms/+/said").await;
    let mut slow = world.device("bo", "phone").lasting().connect().await;
    slow.listens("rooms/+/said").await;
    let mut slow_and_unsure = world.device("bo", "radio").lasting().connect().await;
    let at_most_once = mqtt::packet::Subscription { qos: Qos::AtMostOnce, ..filter("rooms/+/said") };
    slow_and_unsure.subscribe(subscribe([at_most_once])).await;

    let before = world.server().memory();
    let mut most = before;
    let quick = tokio::spawn(async move {
        hear_all(&mut quick).await;
        quick
    });
    let said = say_all(ann, |answered| {
        if answered % 1_000 == 0 {
            most = most.max(world.server().memory());
        }
    });
    within_time(LONG, "everything to be said", said).await;
    within_time(LONG, "the quick reader to hear everything", quick).await.expect("it heard everything");
    most = most.max(world.server().memory());
    println!("the server grew by {} KiB from {} KiB", (most - before) / 1024, before / 1024);
    assert!(most - before < GROWTH, "the server grew by {} KiB", (most - before) / 1024);

    let both = async { tokio::join!(hear_all(&mut slow), hear_all(&mut slow_and_unsure)) };
    within_time(LONG, "the slow readers to hear everything", both).await;
    slow.is_quiet().await;
    slow_and_unsure.is_quiet().await;
}
