//! The same over PostgreSQL, where the server is killed and its database too.

use crate::listener::Listener;
use crate::load::Load;
use crate::verdict::complaints;
use tests::{Postgres, Settings, World, chance, is_long, within};

#[tokio::test]
async fn over_postgres_a_message_whose_puback_arrived_survives_kill_9_of_server_and_database() {
    let mut chance = chance();
    let mut postgres = Postgres::start();
    let mut world = World::with(Settings::default().set("store.database", &postgres.url)).await;
    Load::people(&mut world).await;
    let mut load = Load::start(&world);
    let listener = Listener::start(world.device("listener", "phone"), load.starts()).await;

    for round in 0..if is_long() { 60 } else { 6 } {
        load.more(chance.usize(0..200)).await;
        match round % 3 {
            // The server, its database under it, and both at once.
            0 => world.kill_9(),
            1 => postgres.kill_9(),
            _ => {
                postgres.kill_9();
                world.kill_9();
            }
        }
        if round % 3 > 0 {
            postgres.start_again();
        }
        if round % 3 != 1 {
            world.restart().await;
            load.is_started();
        }
    }
    let acknowledged = load.finish().await;

    let reader = world.device("listener", "reader");
    assert_eq!(complaints(&reader, &acknowledged).await, [""; 0], "of {} messages", acknowledged.len());
    within("the listener to hear the end of each room", listener).await.expect("it has no complaints");
    assert!(!world.data().join("natter.db").exists(), "nothing was kept in the folder");
}
