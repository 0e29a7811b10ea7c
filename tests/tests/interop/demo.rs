//! `natter serve --demo`, as the README shows it.

use std::time::Duration;
use tests::{Process, Settings, World, mosquitto};

/// `mosquitto_sub -V 5 -i phone -c -x 3600 -q 1 -u bo -P demo -t 'rooms/+/said'`
fn bo_listens(world: &World) -> Process {
    let words = ["-d", "-V", "5", "-i", "phone", "-c", "-x", "3600", "-q", "1", "-u", "bo", "-P", "demo"];
    mosquitto(world, "mosquitto_sub", &[&words[..], &["-t", "rooms/+/said"]].concat())
}

/// `mosquitto_pub -V 5 -q 1 -u ann -P demo -t rooms/tea/say -m …`
async fn ann_says(world: &World, body: &str) {
    let words = ["-V", "5", "-q", "1", "-u", "ann", "-P", "demo", "-t", "rooms/tea/say", "-m", body];
    let mut said = mosquitto(world, "mosquitto_pub", &words);
    let status = said.ends(Duration::from_secs(20)).await;
    assert!(status.success(), "mosquitto_pub: {status}: {:?}", said.output());
}

#[tokio::test]
async fn the_commands_of_the_demo_chat_and_nothing_is_lost_in_between() {
    let mut world = World::with(Settings::default().demo()).await;
    world.server_mut().wrote("mosquitto_sub -V 5 -i phone -c -x 3600 -q 1").await;
    world.server_mut().wrote("mosquitto_pub -V 5 -q 1").await;
    let mut bo = bo_listens(&world);
    bo.wrote("Subscribed").await;
    ann_says(&world, "hello").await;
    bo.wrote("\"body\":\"hello\"").await;
    bo.signal("TERM");
    bo.ends(Duration::from_secs(10)).await;

    ann_says(&world, "are you there?").await;
    world.kill_9();
    world.restart().await;
    let mut bo = bo_listens(&world);
    bo.wrote("\"body\":\"are you there?\"").await;
    assert!(!bo.output().iter().any(|line| line.contains("\"body\":\"hello\"")), "heard before");
}

#[tokio::test]
async fn an_app_is_granted_and_used_in_the_demo_as_the_readme_says() {
    let world = World::with(Settings::default().demo()).await;
    world.natter(&["grant", "add", "meter", "--everybody", "--read", "#", "--write", "{user}/#"]).await;
    let words = ["token", "bo", "--ttl", "1h", "--device", "m-7", "--write", "meter:{device}/up"];
    let token = world.natter(&words).await;
    let said =
        ["-V", "5", "-q", "1", "-r", "-i", "m-7", "-u", "bo", "-t", "apps/meter/m-7/up", "-m", "21.5", "-P"];
    let mut said = mosquitto(&world, "mosquitto_pub", &[&said[..], &[token.trim()]].concat());
    assert!(said.ends(Duration::from_secs(20)).await.success(), "{:?}", said.output());
    let heard = ["-V", "5", "-q", "1", "-u", "ann", "-P", "demo", "-t", "apps/meter/#"];
    mosquitto(&world, "mosquitto_sub", &heard).wrote("21.5").await;
}

#[tokio::test]
async fn the_demo_is_for_this_machine_only() {
    let world = World::start().await;
    let refused =
        world.try_natter(&["serve", "--demo", "--mqtt", "0.0.0.0:0", "--http", "127.0.0.1:0"], "").await;
    assert!(refused.expect_err("it is refused").contains("loopback"));
}
