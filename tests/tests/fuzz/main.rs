//! Thousands of connections that mean harm, or are just broken, while others exchange messages and must not notice.
//!
//! A connection follows a [`script`]: packets of either version, as no sane client would send them, [`mutate`]d and cut
//! into pieces. What a script is depends on a seed and its number alone: a failing test prints the seed, and
//! `NATTER_SEED` plays the same scripts again (how they meet in time is up to the machine). Afterwards nothing in
//! the server has panicked, and it holds no more memory than before.
//!
//! `cargo test -p tests --test fuzz` plays 5,000 of them, `tests/run --long` ten times as many.

mod packets; // whatever a client may think of

mod mutate; // and what becomes of it on a bad day

mod script; // what one connection sends, and how

mod attacker; // who sends it

mod bystander; // who must not notice

use attacker::Attackers;
use bystander::Bystanders;
use std::time::Duration;
use tests::{Settings, World, within_time};

/// Connections before memory is measured: by then every table has its usual size.
const WARM_UP: u64 = 500;

/// How long everything may take.
const LONG: Duration = Duration::from_secs(1_800);

/// How long the server may take to give back what the last connections needed: their linger, and a sweep of what they
/// left.
const SETTLES: Duration = Duration::from_secs(30);

/// What it may hold beyond that: 8 MiB, or a tenth of what it had where that is more.
const GROWTH: u64 = 8 << 20;

fn connections() -> u64 {
    if tests::is_long() { 50_000 } else { 5_000 }
}

async fn world() -> World {
    let settings = Settings::default().set("mqtt.open_topics", "true").set("mqtt.anonymous", "true");
    let mut world = World::with(settings).await;
    world.room("tea", ["ann", "bo"]).await;
    world.room("den", ["eve"]).await;
    world
}

/// Waits until the server holds no more than this; gives what it holds at last.
async fn settles(world: &World, most: u64) -> u64 {
    let coming = async {
        while world.server().memory() > most {
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    };
    tokio::time::timeout(SETTLES, coming).await.ok();
    world.server().memory()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_notices_connections_that_mean_harm() {
    let world = world().await;
    let attackers = Attackers::new(&world, tests::chance().u64(..));
    let bystanders = Bystanders::begin(&world).await;
    within_time(LONG, "the first of them", attackers.attack(0..WARM_UP)).await;
    let before = world.server().memory();
    within_time(LONG, "all of them", attackers.attack(WARM_UP..connections())).await;
    let said = bystanders.end().await;

    let panics: Vec<String> =
        world.server().output().into_iter().filter(|line| line.contains("panicked")).collect();
    assert!(panics.is_empty(), "the server panicked: {panics:#?}");
    let most = before + GROWTH.max(before / 10);
    let after = settles(&world, most).await;
    println!("{said} messages were heard meanwhile; the server held {before} bytes before, {after} after");
    assert!(after <= most, "it holds {after} bytes, {before} before");
    assert!(said > connections() / 10, "{said} messages only: nobody was there to notice anything");
    world.nobody("late").connect().await.is_quiet().await;
}
