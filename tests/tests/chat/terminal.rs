//! `natter chat` in a terminal, as a person uses it: `tests/python/terminal.py` types and reads the screen.

use std::process::Command;
use tests::{Authority, PATIENCE, Process, Settings, World, natter_program, publish, python};

/// Everything that was ever said in the room, up to what bo says now.
async fn log_of_tea(world: &World) -> Vec<String> {
    let mut bo = world.device("bo", "phone").connect().await;
    bo.subscribes_with("rooms/tea/said", &[("since", "1")]).await;
    bo.is_taken(publish("rooms/tea/say", "the end")).await;
    let mut bodies = Vec::new();
    while bodies.last().is_none_or(|last| last != "the end") {
        bodies.push(bo.hear().await.body());
    }
    bodies
}

#[tokio::test]
async fn a_chat_in_a_terminal_goes_on_through_a_crash_and_says_everything_once() {
    let authority = Authority::new();
    let mut world = World::by_tls(Settings::default(), &authority).await;
    world.room("tea", ["ann", "bo"]).await;
    let mut phone = world.device("bo", "tablet").connect().await;
    phone.is_taken(publish("users/ann/say", "psst")).await;
    world.natter(&["say", "tea", "said before", "--as", "bo"]).await;
    let (program, folder) = (natter_program().display().to_string(), world.data().display().to_string());
    let (server, password) = (format!("mqtts://{}", world.address("mqtts")), World::password("ann"));
    let ca = authority.file().display().to_string();
    let mut ann = python("terminal.py", &[&program, &folder, &server, &password, &ca]);

    ann.wrote("sees what was said before").await;
    let mut command = Command::new(natter_program());
    command.args(["listen", "tea", "--as", "bo", "--data"]).arg(world.data());
    let mut bo = Process::start("natter listen", command);
    bo.wrote("listens").await;
    let steering = "the kettle is on \u{1b}[2J\u{9b}2J 茶 🍵";
    world.natter(&["say", "tea", steering, "--as", "bo"]).await;
    ann.wrote("sees what is said now").await;
    bo.wrote("hello back, bo").await;
    ann.wrote("is heard").await;

    world.kill_9();
    ann.wrote("waits for the server").await;
    world.natter(&["say", "tea", "said meanwhile", "--as", "bo"]).await;
    world.restart().await;
    ann.wrote("is connected again").await;
    world.natter(&["say", "tea", "welcome back", "--as", "bo"]).await;
    ann.wrote("has the whole screen again").await;
    ann.wrote("all is well").await;
    assert!(ann.ends(PATIENCE).await.success());
    let said = [
        "said before",
        steering,
        "hello back, bo",
        "said meanwhile",
        "typed meanwhile",
        "welcome back",
        "from elsewhere",
        "the end",
    ];
    assert_eq!(log_of_tea(&world).await, said);
}
