//! Our own commands by TLS: `say`, and `bench`. `terminal.rs` chats by it.

use std::path::Path;
use tests::{Authority, Settings, World, natter_program, within};

/// Ann and bo in the tea room of a server with TLS.
async fn tea(authority: &Authority) -> World {
    let mut world = World::by_tls(Settings::default().set("mqtt.open_topics", "true"), authority).await;
    world.room("tea", ["ann", "bo"]).await;
    world
}

fn url(world: &World) -> String {
    format!("mqtts://{}", world.address("mqtts"))
}

/// Ann says hello there: what she is told, or how she is refused.
async fn says_hello(world: &World, server: &str, ca: Option<&Path>) -> Result<String, String> {
    let ca = ca.map(|file| file.display().to_string());
    let trusts = ca.as_ref().map(|file| ["--ca", file]);
    let words = ["say", "tea", "hello", "--as", "ann", "--password-stdin", "--server", server];
    let words: Vec<&str> = words.into_iter().chain(trusts.into_iter().flatten()).collect();
    world.try_natter(&words, &World::password("ann")).await
}

#[tokio::test]
async fn a_server_that_is_trusted_is_spoken_to_and_any_other_is_refused_in_words() {
    let (authority, other) = (Authority::new(), Authority::new());
    let world = tea(&authority).await;
    let (server, ca) = (url(&world), authority.file());
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("rooms/+/said").await;
    let told = says_hello(&world, &server, Some(&ca)).await.expect("the server is trusted");
    assert!(told.starts_with("stored as message "), "{told}");
    assert_eq!(bo.hear().await.body(), "hello");

    let plain = format!("mqtts://{}", world.mqtt);
    for (server, ca, words) in [
        (&server, None, "--ca FILE"),
        (&server, Some(other.file()), "nobody who is trusted here has signed"),
        (&server, Some(ca.with_file_name("none.pem")), "none.pem` can't be used"),
        (&plain, Some(ca.clone()), "does not answer with TLS"),
        (&plain.replace("mqtts", "mqtt"), Some(ca.clone()), "--ca is for TLS"),
    ] {
        let refused = says_hello(&world, server, ca.as_deref()).await.expect_err("it is not to be trusted");
        assert!(refused.contains(words), "{server} with {ca:?}: {refused}");
    }
    authority.signs_for(&["elsewhere.example"]);
    world.server().signal("HUP");
    let refused = says_hello(&world, &server, Some(&ca)).await.expect_err("it is another host");
    assert!(refused.contains("another host") && refused.contains("elsewhere.example"), "{refused}");
}

/// What a load tells that lasts a second.
async fn figures(words: &[&str]) -> serde_json::Value {
    let mut command = tokio::process::Command::new(natter_program());
    command.arg("bench").args(words).args(["--seconds", "1", "--json"]);
    command.env("PASSWORD_OF_ANN", World::password("ann")).kill_on_drop(true);
    let output = within("a load of a second", command.output()).await.expect("natter can be started");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

#[tokio::test]
async fn a_load_by_tls_is_heard_as_it_was_said() {
    let authority = Authority::new();
    let world = tea(&authority).await;
    let (server, ca) = (url(&world), authority.file().display().to_string());
    let data = world.data().display().to_string();
    let relay =
        ["relay", "--topics", "2", "--server", &server, "--user", "ann", "--password-env", "PASSWORD_OF_ANN"];
    let house = ["--data", &data, "--tls"];
    for words in [&relay[..], &[&["say", "--pairs", "2"], &house[..]].concat()] {
        let told = figures(&[words, &["--ca", &ca]].concat()).await;
        assert!(told["acknowledged"].as_u64() > Some(0), "{told}");
        assert_eq!((&told["said"], &told["broken"]), (&told["delivered"], &0.into()), "{told}");
    }
    for by in [&["--websocket"][..], &[]] {
        let idle = [&["idle", "--connections", "4", "--members", "2", "--ca", &ca], &house[..], by].concat();
        let told = figures(&idle).await;
        assert_eq!((&told["connections"], &told["broken"]), (&4.into(), &0.into()), "{told}");
    }
}

#[tokio::test]
async fn a_load_goes_to_no_server_that_is_not_trusted() {
    let authority = Authority::new();
    let world = tea(&authority).await;
    let (server, ca) = (url(&world), authority.file().display().to_string());
    for (words, why) in [
        (&["--tls"][..], "UnknownIssuer"),
        (&["--server", &world.mqtt.to_string(), "--tls", "--ca", &ca], "TLS was not agreed on"),
        (&["--server", &server.replace("mqtts", "mqtt"), "--tls"], "mqtts://"),
        (&["--ca", &ca], "--ca is for TLS"),
    ] {
        let bench = [&["bench", "say", "--pairs", "1"], words].concat();
        let refused = world.try_natter(&bench, "").await.expect_err("there is nobody to trust");
        assert!(refused.contains(why), "{words:?}: {refused}");
    }
}
