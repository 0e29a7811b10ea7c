//! bo stops, 10,000 messages are said, the server is killed and started again, bo comes back.

use std::time::Duration;
use tests::{Process, World, mosquitto};

const MESSAGES: usize = 10_000;

/// mosquitto_sub with a session that lasts, in this version; it ends by itself after so many messages.
fn bo_listens(world: &World, version: &str, messages: usize) -> Process {
    let (password, count) = (World::password("bo"), messages.to_string());
    let session: &[&str] = if version == "5" { &["-c", "-x", "3600"] } else { &["-c"] };
    let words = ["-d", "-V", version, "-i", version, "-q", "1", "-u", "bo", "-P", &password, "-C", &count];
    mosquitto(world, "mosquitto_sub", &[&words[..], session, &["-t", "rooms/+/said"]].concat())
}

#[tokio::test]
async fn ten_thousand_messages_said_while_bo_was_away_come_in_order_after_a_crash_and_none_twice() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    for version in ["311", "5"] {
        let mut bo = bo_listens(&world, version, MESSAGES);
        bo.wrote("Subscribed").await;
        bo.signal("TERM");
        bo.ends(Duration::from_secs(10)).await;
    }
    let mut ann = world.device("ann", "phone").connect().await;
    ann.say_all("tea", (0..MESSAGES).map(|number| format!("message {number}."))).await;
    world.kill_9();
    world.restart().await;

    for version in ["311", "5"] {
        let mut bo = bo_listens(&world, version, MESSAGES);
        assert!(bo.ends(Duration::from_secs(60)).await.success());
        let output = bo.output();
        let heard: Vec<&String> = output.iter().filter(|line| line.starts_with('{')).collect();
        assert_eq!(heard.len(), MESSAGES);
        for (number, line) in heard.iter().enumerate() {
            assert!(
                line.contains(&format!("\"body\":\"message {number}.\"")),
                "{version}: {line} in place {number}"
            );
        }
    }
}
