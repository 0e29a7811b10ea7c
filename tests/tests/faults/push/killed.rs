//! A process that only pushes, beside a server on PostgreSQL, is killed in the middle of its work.

use super::crowd::{Away, Caller};
use std::time::Duration;
use tests::{Postgres, Process, World, is_long, natter_program};
use tokio::task::JoinSet;

/// Devices of each person: as many as they may have.
const DEVICES: usize = 20;
/// What one process has taken and not written down, at most.
const BATCH: usize = 500;

fn people() -> usize {
    if is_long() { 500 } else { 75 }
}

/// A process that pushes what the server of this world decides.
fn pusher(world: &World, variables: &[(String, String)]) -> Process {
    let mut command = std::process::Command::new(natter_program());
    command.args(["--roles", "push", "--data"]).arg(world.data());
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    Process::start("natter --roles push", command)
}

#[tokio::test]
async fn whoever_pushes_may_be_killed_all_are_told_and_at_most_one_batch_of_them_twice() {
    let away = Away::open().await;
    let postgres = Postgres::start();
    // A call that was under way is another's to make once it can't be any more.
    let settings = away
        .settings()
        .set("store.database", &postgres.url)
        .set("push.connect_within", "1s")
        .set("push.answer_within", "2s")
        .set("server.roles", "broker, api");
    let world = World::with(settings).await;
    let root = Caller::root(&world).await;
    let people = root.people(people()).await;
    register(&away, &people).await;
    let mut words = vec!["room", "add", "hall"];
    people.iter().for_each(|one| words.extend(["--member", &one.name]));
    world.natter(&words).await;

    let all = people.len() * DEVICES;
    let variables = world.variables();
    let mut first = pusher(&world, &variables);
    first.wrote("pushing what the server").await;
    people[0].says("hall", "the kettle is on").await;
    away.told(all / 3, Duration::from_secs(60)).await;
    first.kill_9();
    let mut second = pusher(&world, &variables);
    second.wrote("pushing what the server").await;
    // Whoever spoke is told nothing.
    let expected = all - DEVICES;
    let mut told = away.told(expected, Duration::from_secs(120)).await;
    while told.len() < expected {
        // As many more, at least.
        let many = told.values().sum::<usize>() + expected - told.len();
        told = away.told(many, Duration::from_secs(120)).await;
    }
    let doubles: usize = told.values().map(|times| times - 1).sum();
    println!("{} devices were told; {doubles} of them twice", told.len());
    assert_eq!(told.len(), expected);
    assert!(doubles <= BATCH, "{doubles} were told twice");
}

async fn register(away: &Away, people: &[Caller]) {
    let mut registering = JoinSet::new();
    for one in people {
        let addresses: Vec<String> = (0..DEVICES).map(|_| away.google.device()).collect();
        let one = one.clone();
        registering.spawn(async move {
            for (number, address) in addresses.iter().enumerate() {
                one.registers(&format!("device-{number}"), address).await;
            }
        });
        if registering.len() >= 8 {
            registering.join_next().await.expect("there is one").expect("it registered");
        }
    }
    registering.join_all().await;
}
