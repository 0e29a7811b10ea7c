//! What a server finds in its folder when it starts: wrong keys, damage, the rest of a crash. It says so in words, and
//! nothing is damaged further.

use std::fs;
use std::path::PathBuf;
use tests::{Postgres, Settings, World, say};

const HELLO: &str = "hello from before";

/// A world in which ann said something, and whose server went.
async fn gone() -> World {
    gone_from(World::start().await).await
}

async fn gone_from(mut world: World) -> World {
    world.room("tea", ["ann"]).await;
    world.device("ann", "phone").connect().await.is_taken(say("tea", HELLO, &[])).await;
    assert!(world.terminate().await.success());
    world
}

/// The server does not start; gives its words.
async fn does_not_start(world: &World) -> String {
    does_not_start_with(world, &[]).await
}

async fn does_not_start_with(world: &World, flags: &[&str]) -> String {
    let words = ["serve", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"];
    world.try_natter(&[&words, flags].concat(), "").await.expect_err("it does not start")
}

/// The server starts, and what was said is there.
async fn goes_on(world: &mut World) {
    world.restart().await;
    let mut ann = world.device("ann", "phone").connect().await;
    ann.subscribes_with("rooms/tea/said", &[("since", "1")]).await;
    assert_eq!(ann.hear().await.body(), HELLO);
}

#[tokio::test]
async fn without_its_master_key_a_server_does_not_start_and_with_it_it_goes_on() {
    let mut world = gone().await;
    let (key, away) = (world.data().join("master.key"), world.data().join("elsewhere"));
    fs::rename(&key, &away).expect("there is a master key");
    let said = does_not_start(&world).await;
    assert!(said.contains("master.key") && said.contains("nothing was changed"), "{said}");
    assert!(!key.exists(), "a new key would make everything unreadable for good");
    fs::rename(&away, &key).expect("the key can be brought back");
    goes_on(&mut world).await;
}

#[tokio::test]
async fn with_another_master_key_a_server_does_not_start() {
    let mut world = gone().await;
    let mut other = World::start().await;
    other.users(["ann"]).await;
    let (key, right) = (world.data().join("master.key"), world.data().join("right"));
    fs::rename(&key, &right).expect("there is a master key");
    fs::copy(other.data().join("master.key"), &key).expect("there is another");
    let said = does_not_start(&world).await;
    assert!(said.contains("master key"), "{said}");
    fs::rename(&right, &key).expect("the right one can be brought back");
    goes_on(&mut world).await;
}

#[tokio::test]
async fn the_master_key_may_come_by_the_environment_and_is_then_in_no_file() {
    let donor = World::start().await;
    let text = fs::read_to_string(donor.data().join("master.key")).expect("there is a master key");
    let key = text.lines().last().expect("the key is the last line").to_owned();
    let mut world = World::with(Settings::default().variable("NATTER_MASTER_KEY", &key)).await;
    world.room("tea", ["ann"]).await;
    world.device("ann", "phone").connect().await.is_taken(say("tea", HELLO, &[])).await;
    assert!(!world.data().join("master.key").exists());
    world.kill_9();
    goes_on(&mut world).await;
}

#[tokio::test]
async fn what_is_no_database_is_refused_and_left_as_it_is() {
    let world = gone().await;
    let database = world.data().join("natter.db");
    let noise: Vec<u8> = (0..20_000_u32).map(|number| ((number * 7919) >> 3) as u8).collect();
    fs::write(&database, &noise).expect("the file can be written");
    for rest in ["natter.db-wal", "natter.db-shm"] {
        fs::remove_file(world.data().join(rest)).ok();
    }
    let said = does_not_start(&world).await;
    assert!(said.contains("natter.db"), "{said}");
    assert_eq!(fs::read(&database).expect("it is there"), noise);
}

#[tokio::test]
async fn a_folder_belongs_to_its_store_for_good() {
    let postgres = Postgres::start();
    let mut elsewhere =
        gone_from(World::with(Settings::default().set("store.database", &postgres.url)).await).await;
    let said = does_not_start(&elsewhere).await;
    assert!(said.contains("NATTER_STORE__DATABASE") && said.contains("nothing was changed"), "{said}");
    let said = elsewhere.try_natter(&["user", "list"], "").await.expect_err("it can't know where ann is");
    assert!(said.contains("NATTER_STORE__DATABASE"), "{said}");
    goes_on(&mut elsewhere).await;
    assert_eq!(elsewhere.natter(&["user", "list"]).await, "ann\n", "the server knows");

    let here = gone().await;
    let said = does_not_start_with(&here, &["--database", &postgres.url]).await;
    assert!(said.contains("nothing is carried over") && said.contains("nothing was changed"), "{said}");
}

#[tokio::test]
async fn a_second_server_on_one_database_is_refused() {
    let postgres = Postgres::start();
    let over = || Settings::default().set("store.database", &postgres.url);
    let first = World::with(over()).await;
    let folder = first.data().with_file_name("another");
    let words = ["serve", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0", "--database", &postgres.url];
    let mut command = tokio::process::Command::new(tests::natter_program());
    command.env("NATTER_MASTER_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    let output = command.args(words).arg("--data").arg(&folder).kill_on_drop(true).output();
    let output = tests::within("natter to refuse", output).await.expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("in use by another Natter"), "{said}");
    assert!(!said.contains("natter@"), "nobody is told who the database's user is: {said}");
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_made_is_named() {
    let world = World::start().await;
    let file = world.data().join("addresses");
    let inside: PathBuf = file.join("data");
    let words = ["serve", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"];
    let mut command = tokio::process::Command::new(tests::natter_program());
    let output = command.args(words).arg("--data").arg(&inside).kill_on_drop(true).output();
    let output = tests::within("natter to refuse", output).await.expect("it runs");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(&inside.display().to_string()), "{said}");
}

#[tokio::test]
async fn what_a_crash_left_behind_is_tidied_away() {
    let mut world = gone().await;
    // A server killed while it began: halves of files, and a socket nobody listens on.
    for half in ["addresses", "addresses.new", "signing.new", "control.new", "master.new-1"] {
        fs::write(world.data().join(half), "half").expect("the file can be written");
    }
    goes_on(&mut world).await;
    world.kill_9();
    assert!(world.data().join("control.sock").exists(), "a killed server leaves its socket");
    assert_eq!(world.natter(&["user", "list"]).await, "ann\n", "and a command finds that nobody is there");
    goes_on(&mut world).await;
}
