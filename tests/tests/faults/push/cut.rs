//! Programs that hold their connections are stopped: nobody hears a FIN, and nothing is acknowledged any more.

use super::crowd::{Away, Caller};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tests::{Process, World, mosquitto};

const SILENT: usize = 50;
const GOOD: usize = 3;
/// From the commit to the push: a grace of ten seconds, and what it takes to look and to tell.
const WITHIN: Duration = Duration::from_secs(12);

/// What is shorter than the grace alone.
const AT_ONCE: Duration = Duration::from_secs(9);

/// Everybody's mosquitto_sub, subscribed, with these words.
async fn connected(world: &World, people: &[Caller], words: &[&str]) -> Vec<Process> {
    let mut here = Vec::with_capacity(people.len());
    for one in people {
        let usual = ["-d", "-V", "5", "-i", "phone", "-c", "-x", "3600", "-q", "1", "-k", "600"];
        let who = ["-u", &one.name, "-P", &one.token, "-t", "rooms/+/said"];
        here.push(mosquitto(world, "mosquitto_sub", &[&usual[..], words, &who].concat()));
    }
    for one in &mut here {
        one.wrote("Subscribed").await;
    }
    here
}

#[tokio::test]
async fn whoever_is_cut_without_a_word_is_pushed_within_twelve_seconds_and_who_acknowledges_never() {
    let away = Away::open().await;
    let world = World::with(away.settings()).await;
    let root = Caller::root(&world).await;
    let people = root.people(SILENT + GOOD + 1).await;
    let Some((speaker, people)) = people.split_last() else { panic!("there are people") };
    let mut owners = HashMap::new();
    for one in people {
        let room = format!("with-{}", one.name);
        world.natter(&["room", "add", &room, "--member", &one.name, "--member", &speaker.name]).await;
        let address = away.google.device();
        one.registers("phone", &address).await;
        owners.insert(address, one.name.clone());
    }
    let here = connected(&world, people, &[]).await;
    here[..SILENT].iter().for_each(|one| one.signal("STOP"));

    let mut committed = HashMap::new();
    for one in people {
        speaker.says(&format!("with-{}", one.name), "are you there?").await;
        committed.insert(one.name.clone(), Instant::now());
    }
    let mut pushed: HashMap<String, Instant> = HashMap::new();
    for many in 1..=SILENT {
        for address in away.told(many, 2 * WITHIN).await.into_keys() {
            pushed.entry(owners[&address].clone()).or_insert_with(Instant::now);
        }
    }
    for one in &people[..SILENT] {
        let took = pushed.get(&one.name).map(|at| at.duration_since(committed[&one.name]));
        assert!(took.is_some_and(|took| took < WITHIN), "{} was pushed after {took:?}", one.name);
    }
    // Those who acknowledged were looked at in the same moment.
    assert_eq!(pushed.len(), SILENT, "somebody was pushed who had acknowledged");
    here[..SILENT].iter().for_each(|one| one.signal("CONT"));
}

#[tokio::test]
async fn a_device_in_the_background_is_pushed_at_once_though_its_socket_lingers() {
    let away = Away::open().await;
    let world = World::with(away.settings()).await;
    let people = Caller::root(&world).await.people(2).await;
    let [bo, speaker] = &people[..] else { panic!("there are two") };
    world.natter(&["room", "add", "tea", "--member", &bo.name, "--member", &speaker.name]).await;
    bo.registers("phone", &away.google.device()).await;
    let background = ["-D", "connect", "user-property", "state", "background"];
    let here = connected(&world, std::slice::from_ref(bo), &background).await;
    here[0].signal("STOP");
    speaker.says("tea", "are you there?").await;
    away.told(1, AT_ONCE).await;
    here[0].signal("CONT");
}
