//! Plain MQTT, all of it, by clients that nobody here wrote: every QoS, retained messages, wills, shared subscriptions,
//! and a session whose messages are there after a kill -9 of the server.

use std::time::Duration;
use tests::{Process, Settings, World, mosquitto, node, python};

/// A server whose topics are open to everybody.
pub(crate) async fn open_world() -> World {
    World::with(Settings::default().set("mqtt.open_topics", "true").set("mqtt.anonymous", "true")).await
}

pub(crate) async fn is_well(mut script: Process) {
    script.wrote("all is well").await;
    assert!(script.ends(Duration::from_secs(10)).await.success());
}

#[tokio::test]
async fn paho_goes_the_whole_round_in_both_versions_through_a_crash() {
    let mut world = open_world().await;
    let (host, port) = (world.mqtt.ip().to_string(), world.mqtt.port().to_string());
    for when in ["before", "after"] {
        for version in ["3", "5"] {
            is_well(python("round.py", &[&host, &port, version, when])).await;
        }
        world.restart().await;
    }
}

#[tokio::test]
async fn mqtt_js_goes_the_whole_round_over_tcp_and_websocket_in_both_versions_through_a_crash() {
    let mut world = open_world().await;
    let urls = [format!("mqtt://{}", world.mqtt), format!("ws://{}/mqtt", world.http)];
    for when in ["before", "after"] {
        for (url, version) in urls.iter().flat_map(|url| [(url, "4"), (url, "5")]) {
            is_well(node("round.mjs", &[url, version, when])).await;
        }
        world.restart().await;
    }
}

#[tokio::test]
async fn mosquitto_clients_go_the_whole_round_in_both_versions_through_a_crash() {
    let mut world = open_world().await;
    for version in ["311", "5"] {
        for qos in ["0", "1", "2"] {
            let topic = format!("round/{version}/{qos}");
            let mut sub = mosquitto(&world, "mosquitto_sub", &["-d", "-V", version, "-q", qos, "-t", &topic]);
            sub.wrote("Subscribed").await;
            sends(&world, version, &["-q", qos, "-t", &topic, "-m", &format!("hello {qos}")]).await;
            sub.wrote(&format!("hello {qos}")).await;
        }
        will(&world, version).await;
        shared(&world, version).await;
        let (away, topic) = (format!("away-{version}"), format!("round/{version}/queue"));
        let lasting = lasting(version, &away, &topic);
        let words: Vec<&str> = lasting.iter().map(String::as_str).chain(["-E"]).collect();
        let mut sub = mosquitto(&world, "mosquitto_sub", &words);
        assert!(sub.ends(Duration::from_secs(20)).await.success());
        for number in 0..5 {
            let body = format!("missed {number}");
            sends(&world, version, &["-q", "1", "-t", &topic, "-m", &body]).await;
        }
        sends(&world, version, &["-q", "1", "-r", "-t", &format!("round/{version}/kept"), "-m", "kept"])
            .await;
    }
    world.restart().await;
    for version in ["311", "5"] {
        let lasting = lasting(version, &format!("away-{version}"), &format!("round/{version}/queue"));
        let words: Vec<&str> = lasting.iter().map(String::as_str).chain(["-C", "5"]).collect();
        let mut sub = mosquitto(&world, "mosquitto_sub", &words);
        assert!(sub.ends(Duration::from_secs(20)).await.success(), "{:?}", sub.output());
        assert_eq!(sub.output(), (0..5).map(|number| format!("missed {number}")).collect::<Vec<_>>());
        let kept = ["-V", version, "-t", &format!("round/{version}/kept"), "-C", "1", "--retained-only"];
        let mut sub = mosquitto(&world, "mosquitto_sub", &kept);
        assert!(sub.ends(Duration::from_secs(20)).await.success(), "{:?}", sub.output());
        assert_eq!(sub.output(), ["kept"]);
    }
}

async fn sends(world: &World, version: &str, words: &[&str]) {
    let mut sender = mosquitto(world, "mosquitto_pub", &[&["-V", version], words].concat());
    assert!(sender.ends(Duration::from_secs(20)).await.success(), "{:?}", sender.output());
}

fn lasting(version: &str, name: &str, topic: &str) -> Vec<String> {
    let mut words = vec!["-V", version, "-c", "-i", name, "-q", "1", "-t", topic];
    if version == "5" {
        words.extend(["-x", "3600"]);
    }
    words.into_iter().map(str::to_owned).collect()
}

async fn will(world: &World, version: &str) {
    let topic = format!("round/{version}/will");
    let mut sub = mosquitto(world, "mosquitto_sub", &["-d", "-V", version, "-q", "1", "-t", &topic]);
    sub.wrote("Subscribed").await;
    let leaves = ["--will-topic", &topic, "--will-payload", "somebody is gone", "--will-qos", "1"];
    let stays = ["-d", "-V", version, "-t", "nothing"];
    let mut owner = mosquitto(world, "mosquitto_sub", &[&stays[..], &leaves[..]].concat());
    owner.wrote("Subscribed").await;
    owner.kill_9();
    sub.wrote("somebody is gone").await;
}

async fn shared(world: &World, version: &str) {
    let filter = format!("$share/workers/round/{version}/jobs");
    let words = ["-d", "-V", version, "-q", "1", "-t", &filter, "-C", "2"];
    let mut workers = [(); 2].map(|()| mosquitto(world, "mosquitto_sub", &words));
    for worker in &mut workers {
        worker.wrote("Subscribed").await;
    }
    for number in 0..4 {
        sends(
            world,
            version,
            &["-q", "1", "-t", &format!("round/{version}/jobs"), "-m", &format!("job {number}")],
        )
        .await;
    }
    let mut jobs = Vec::new();
    for worker in &mut workers {
        assert!(worker.ends(Duration::from_secs(20)).await.success(), "{:?}", worker.output());
        jobs.extend(worker.output().into_iter().filter(|line| line.starts_with("job ")));
    }
    jobs.sort_unstable();
    assert_eq!(jobs, ["job 0", "job 1", "job 2", "job 3"]);
}
