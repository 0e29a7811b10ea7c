//! The server is restarted, and everybody comes back within a few seconds: nobody hears that anybody was gone.
//!
//! Everybody watches everybody around: a room of fifty each. With `--long` there are five thousand of them. The CPU that the
//! server took for their coming back stands in the output.

use mqtt::packet::Packet;
use serde_json::json;
use std::time::{Duration, Instant};
use tests::{Device, Settings, World, is_long, within_time};
use tokio::task::JoinSet;

/// People in one room.
const ROOM: usize = 50;
/// How long all of them take to come back: as a server that ends tells them to.
const BACK_WITHIN: Duration = Duration::from_secs(10);
/// The grace of the server, and what comes within a second of its end.
const GRACE: Duration = Duration::from_secs(15);
const UNTIL: Duration = Duration::from_secs(20);
/// What a machine that is busy with all of them takes on top of that.
const BUSY: Duration = Duration::from_secs(30);

/// What they are given until they heard everything.
fn patience(time: Duration) -> Duration {
    if is_long() { time + BUSY } else { time }
}

fn people() -> usize {
    if is_long() { 5_000 } else { 300 }
}

/// Makes them, their rooms and what they come in with: programs, since those need no password.
async fn gather(world: &World) -> Vec<Device> {
    let mut asking = JoinSet::new();
    let token = world.natter(&["token", "root", "--ttl", "1h"]).await.trim().to_owned();
    let http = world.http;
    let mut devices: Vec<Device> = Vec::new();
    for number in 0..people() {
        let (token, name) = (token.clone(), format!("bot-{number}"));
        asking.spawn(async move {
            let client = reqwest::Client::new();
            let ask = async |path: &str, body: serde_json::Value| {
                let request = client.post(format!("http://{http}{path}")).bearer_auth(&token).json(&body);
                let answer = request.send().await.expect("the server answers");
                assert!(answer.status().is_success(), "{path}: {}", answer.status());
                let answer: serde_json::Value = answer.json().await.expect("it answers in JSON");
                answer
            };
            ask("/v1/admin/services", json!({ "handle": name })).await;
            let given = ask(&format!("/v1/admin/users/{name}/tokens"), json!({ "expires_in": 3_600 })).await;
            (name, given["access_token"].as_str().expect("a token").to_owned())
        });
        if asking.len() >= 16 {
            devices.extend(asking.join_next().await.map(|made| device(world, made.expect("it was made"))));
        }
    }
    while let Some(made) = asking.join_next().await {
        devices.push(device(world, made.expect("it was made")));
    }
    devices.sort_by_key(|device| device.hello.user_name.clone());
    for (number, members) in devices.chunks(ROOM).enumerate() {
        let names: Vec<&str> =
            members.iter().filter_map(|device| device.hello.user_name.as_deref()).collect();
        let room = format!("room-{number}");
        let mut words = vec!["room", "add", &room];
        names.iter().for_each(|name| words.extend(["--member", name]));
        world.natter(&words).await;
    }
    devices
}

fn device(world: &World, (name, token): (String, String)) -> Device {
    let mut device = world.nobody("phone").password(&token).lasting();
    device.hello.user_name = Some(name);
    device
}

/// What one of them heard: of how many others that they are here, and how often of one that they are not.
#[derive(Debug, Default)]
struct Heard {
    here: usize,
    gone: usize,
}

/// Comes, and hears until then.
async fn hears(device: Device, after: Duration, until: Instant) -> Heard {
    tokio::time::sleep(after).await;
    let (mut wire, connack) = loop {
        if let Some(arrived) = device.try_arrive().await
            && !arrived.1.code.is_refusal()
        {
            break arrived;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    if !connack.session_present {
        wire.listens("users/+/presence").await;
    }
    let mut heard = Heard::default();
    while Instant::now() < until {
        let turn = until.min(Instant::now() + Duration::from_secs(10));
        match tokio::time::timeout_at(turn.into(), wire.next_or_end()).await {
            Ok(Some(Packet::Publish(publish))) => {
                let told = String::from_utf8_lossy(&publish.payload).into_owned();
                heard.here += usize::from(told.contains(r#""state":"online""#));
                heard.gone += usize::from(told.contains(r#""state":"offline""#));
            }
            Ok(Some(_)) => {}
            Ok(None) => break,
            // It stays, and says so.
            Err(_) => wire.send(Packet::Pingreq).await,
        }
    }
    heard
}

/// All of them come within this time, and hear until then.
async fn all(devices: &[Device], within: Duration, until: Instant) -> Vec<Heard> {
    let mut hearing = JoinSet::new();
    for (number, device) in devices.iter().enumerate() {
        let after = within.mul_f64(0.9 * number as f64 / devices.len() as f64);
        hearing.spawn(hears(device.clone(), after, until));
    }
    hearing.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_of_the_server_is_no_news_of_anybody_who_comes_back() {
    let settings = Settings::default()
        .set("mqtt.presence_grace", "15s")
        .set("limits.writes_per_user", "10000")
        .set("limits.writes_burst", "10000");
    let mut world = World::with(settings).await;
    world.administrator("root").await;
    let devices = gather(&world).await;
    let coming = patience(BACK_WITHIN);
    let first = all(&devices, coming, Instant::now() + patience(coming + Duration::from_secs(3))).await;
    let saw: usize = first.iter().map(|heard| heard.here).sum();
    assert!(saw >= devices.len() * (ROOM - 1), "{saw} were seen to be here");
    world.terminate().await;
    world.restart().await;
    let before = world.server().cpu();
    let heard =
        all(&devices, BACK_WITHIN, Instant::now() + patience(UNTIL.max(GRACE + Duration::from_secs(3))))
            .await;
    let cpu = world.server().cpu() - before;
    let (here, gone): (usize, usize) =
        heard.iter().fold((0, 0), |(here, gone), one| (here + one.here, gone + one.gone));
    println!(
        "{} users came back within {BACK_WITHIN:?}: {here} times somebody was seen to be here, {gone} times gone; \
         the server took {:.1} s of CPU",
        devices.len(),
        cpu.as_secs_f64()
    );
    assert_eq!(gone, 0, "nobody was gone");
    assert!(here >= devices.len() * (ROOM - 1), "{here} were seen to be here");
    within_time(Duration::from_secs(30), "the end", world.terminate()).await;
}
