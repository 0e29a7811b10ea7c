//! kill -9 under load, at moments of chance.

use crate::listener::Listener;
use crate::load::Load;
use crate::verdict::complaints;
use std::time::Duration;
use tests::{World, chance, is_long, within};

#[tokio::test]
async fn a_message_whose_puback_arrived_survives_kill_9() {
    let mut chance = chance();
    let mut world = World::start().await;
    Load::people(&mut world).await;
    let mut load = Load::start(&world);
    let listener = Listener::start(world.device("listener", "phone"), load.starts()).await;

    for _ in 0..if is_long() { 200 } else { 20 } {
        load.more(chance.usize(0..200)).await;
        // The moment itself is what is tried, so it is not an event.
        tokio::time::sleep(Duration::from_micros(chance.u64(0..4_000))).await;
        world.kill_9();
        world.restart().await;
        load.is_started();
    }
    let acknowledged = load.finish().await;

    let reader = world.device("listener", "reader");
    assert_eq!(complaints(&reader, &acknowledged).await, [""; 0], "of {} messages", acknowledged.len());
    within("the listener to hear the end of each room", listener).await.expect("it has no complaints");
}
