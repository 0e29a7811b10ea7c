//! The command line, beside a server that runs and without one.

use std::process::Command;
use tests::{Process, World, natter_program, say};

#[tokio::test]
async fn commands_reach_the_server_that_runs() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("rooms/+/said").await;
    let folder = world.data().display().to_string();

    let mut command = Command::new(natter_program());
    command.args(["listen", "tea", "--as", "ann", "--data", &folder]);
    let mut listener = Process::start("natter listen", command);
    listener.wrote("listens").await;
    let said = world.natter(&["say", "tea", "the kettle is on", "--as", "ann"]).await;

    assert!(said.contains("message 2"), "{said}");
    assert_eq!(bo.hear().await.body(), "the kettle is on");
    let line = listener.wrote("the kettle is on").await;
    assert!(line.starts_with("rooms/tea/said\t{"), "{line}");
    assert_eq!(world.natter(&["user", "list"]).await, "ann\nbo\n");
    assert_eq!(world.natter(&["room", "list"]).await, "tea\tann bo\n");
}

#[tokio::test]
async fn a_listener_misses_nothing_when_the_server_was_killed_and_is_back() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    world.room("cake", ["ann", "bo"]).await;
    let mut command = Command::new(natter_program());
    command.args(["listen", "--as", "bo", "--data"]).arg(world.data());
    let mut listener = Process::start("natter listen", command);
    listener.wrote("listens").await;
    world.natter(&["say", "tea", "one", "--as", "ann"]).await;
    listener.wrote(r#""body":"one""#).await;
    world.kill_9();
    listener.wrote("trying again").await;
    for words in ["two", "three"] {
        world.natter(&["say", "tea", words, "--as", "ann"]).await;
        world.natter(&["say", "cake", words, "--as", "ann"]).await;
    }
    world.restart().await;
    listener.wrote("connected again").await;
    world.natter(&["say", "tea", "four", "--as", "ann"]).await;
    world.natter(&["say", "cake", "four", "--as", "ann"]).await;
    listener.wrote(r#""room":"cake","seq":4"#).await;
    listener.wrote(r#""room":"tea","seq":5"#).await;
    listener.signal("INT");
    assert!(listener.ends(tests::PATIENCE).await.success());
    let heard = listener.output();
    let of = |room: &str| {
        let start = format!("rooms/{room}/said\t");
        let payloads = heard.iter().filter_map(|line| line.strip_prefix(&start));
        let bodies =
            payloads.map(|json| serde_json::from_str::<serde_json::Value>(json).expect("it is JSON"));
        bodies.map(|json| json["body"].as_str().expect("it is a text").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of("tea"), ["one", "two", "three", "four"]);
    assert_eq!(of("cake"), ["two", "three", "four"]);
}

#[tokio::test]
async fn commands_open_the_folder_themselves_when_no_server_runs() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    assert!(world.terminate().await.success());

    world.natter(&["say", "tea", "while nobody was here", "--as", "ann"]).await;
    world.users(["cy"]).await;
    world.join("tea", ["cy"]).await;
    assert_eq!(world.natter(&["room", "list"]).await, "tea\tann bo cy\n");
    world.restart().await;

    let mut bo = world.device("bo", "phone").connect().await;
    let mut all = tests::subscribe([tests::filter("rooms/tea/said")]);
    all.user_properties = tests::properties(&[("since", "1")]);
    bo.subscribe(all).await;
    let heard = bo.hear_all(2).await;
    assert_eq!((heard[0].body(), heard[1].kind()), ("while nobody was here".into(), "joined".into()));
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_in_words() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    world.users(["cy"]).await;
    for (words, why) in [
        (&["user", "add", "ann", "--password", "x"][..], "there is a user `ann` already"),
        (&["user", "add", "Ann", "--password", "x"], "Ann"),
        (&["room", "add", "tea", "--member", "nobody"], "nobody"),
        (&["say", "tea", "hello", "--as", "cy"], "not a member"),
        (&["say", "attic", "hello", "--as", "ann"], "not a member"),
        (&["token", "nobody"], "nobody"),
        // As on every way in: of a room that is not theirs nobody learns whether it is there.
        (&["listen", "tea", "--as", "cy"], "there is no room `tea`"),
    ] {
        let said = world.try_natter(words, "").await.expect_err("it is refused");
        assert!(said.contains(why), "natter {}: {said}", words.join(" "));
    }
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_is_refused_and_the_first_goes_on() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    let said = world.try_natter(&["serve", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"], "").await;
    assert!(said.expect_err("it is refused").contains("in use by another Natter"));
    ann.is_taken(say("tea", "still here", &[])).await;
}

#[tokio::test]
async fn a_password_opens_the_door_and_so_does_a_token() {
    let mut world = World::start().await;
    world.users(["ann", "bo"]).await;
    world.device("ann", "a").password(&World::password("ann")).connect().await.is_alive().await;
    world.device("ann", "b").v3().password(&World::password("ann")).connect().await.is_alive().await;
    let brief = world.natter(&["token", "ann", "--ttl", "1h"]).await;
    world.device("ann", "c").password(brief.trim()).connect().await.is_alive().await;
    for wrong in ["", "wrong", &World::token(&world, "bo")] {
        let refused = mqtt::ReasonCode::BadUserNameOrPassword;
        assert_eq!(world.device("ann", "d").password(wrong).is_refused().await, refused);
        assert_eq!(world.device("ann", "d").v3().password(wrong).is_refused().await, refused);
    }
}

#[tokio::test]
async fn who_looks_after_the_server_asks_how_people_are_told_while_they_are_away() {
    let mut world = World::start().await;
    world.users(["bo"]).await;
    let nobody = world.try_natter(&["push", "status"], "").await.expect_err("nobody administers it");
    assert!(nobody.contains("nobody administers this server yet"), "{nobody}");
    world.administrator("ann").await;
    assert_eq!(world.natter(&["push", "devices", "bo"]).await, "");
    let none = world.try_natter(&["push", "test", "bo", "--device", "phone"], "").await;
    assert!(none.expect_err("bo has no device").contains("no such device"));
    let none = world.try_natter(&["push", "devices", "nobody"], "").await;
    assert!(none.expect_err("there is no such user").contains("no such user"));
    let state = world.natter(&["push", "status", "--json"]).await;
    assert_eq!(state.trim(), r#"{"backlog":[],"outcomes":[]}"#);
    let audit = world.natter(&["ask", "admin.audit", "--json"]).await;
    assert!(audit.contains(r#""act":"admin.test_push""#), "{audit}");
}

#[tokio::test]
async fn each_key_for_browsers_is_another_and_belongs_to_nobody_yet() {
    let key = || {
        let printed = Command::new(natter_program()).args(["push", "key", "--json"]).output();
        let printed = printed.expect("natter can be started");
        assert!(printed.status.success(), "{printed:?}");
        serde_json::from_slice::<serde_json::Value>(&printed.stdout).expect("it is JSON")
    };
    let (one, other) = (key(), key());
    // 32 bytes and an uncompressed point, in base64url.
    for (half, length, start) in [("private", 43, ""), ("public", 87, "B")] {
        let text = one[half].as_str().expect("it is a text");
        assert!(text.len() == length && text.starts_with(start), "{half}");
        assert_ne!(one[half], other[half]);
    }
}
