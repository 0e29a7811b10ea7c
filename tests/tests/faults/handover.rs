//! From replay to live and back: chance against a simple model.
//!
//! Messages, joins, leaves, devices that come, go, fall silent and read slowly, in an order that the seed gives. The
//! model is the log itself: each device hears, of each room, the entries of its user's memberships since it
//! subscribed, in order, without a gap, and none twice in one connection.

use crate::verdict::whole_log;
use mqtt::packet::{Publish, Version};
use std::collections::{BTreeMap, BTreeSet};
use tests::{Device, Entry, Wire, World, chance, is_long, say};

const ROOMS: [&str; 3] = ["tea", "cake", "garden"];
const USERS: [&str; 3] = ["ann", "bo", "cy"];

/// A device that lasts, and everything it heard.
struct Ear {
    user: &'static str,
    device: Device,
    wire: Option<Wire>,
    /// Not acknowledged yet: it reads slowly.
    waiting: Vec<Publish>,
    /// By room, each once: what came again after a reconnect is the same.
    heard: BTreeMap<String, BTreeSet<u64>>,
    here: BTreeMap<String, u64>,
}

impl Ear {
    async fn subscribe(world: &World, user: &'static str, number: usize) -> Ear {
        let version = if number.is_multiple_of(2) { Version::V5 } else { Version::V3 };
        let name = format!("{user}-{number}");
        let mut device = world.device(user, &name).version(version).lasting();
        if version == Version::V5 && number.is_multiple_of(4) {
            device = device.receive_maximum(3);
        }
        let mut wire = device.connect().await;
        wire.listens("rooms/+/said").await;
        let (heard, here) = (BTreeMap::new(), BTreeMap::new());
        Ear { user, device, wire: Some(wire), waiting: Vec::new(), heard, here }
    }

    async fn come(&mut self) {
        if self.wire.is_none() {
            let (wire, connack) = self.device.arrive().await;
            assert!(connack.session_present);
            self.wire = Some(wire);
            self.waiting.clear();
            self.here.clear();
        }
    }

    async fn go(&mut self, in_order: bool) {
        match self.wire.take() {
            Some(wire) if in_order => wire.leave().await,
            _ => {}
        }
    }

    /// Takes what is there already, and acknowledges some of it.
    async fn hear(&mut self, acknowledge: usize) {
        let Some(wire) = &mut self.wire else { return };
        wire.is_alive().await;
        while let Some(publish) = wire.early() {
            self.waiting.push(publish);
        }
        let some = acknowledge.min(self.waiting.len());
        for publish in self.waiting.drain(..some).collect::<Vec<_>>() {
            self.wire.as_mut().expect("it is here").acknowledge(&publish).await;
            self.note(&publish);
        }
    }

    fn note(&mut self, publish: &Publish) {
        let entry = Entry::of(publish.clone());
        let (room, seq) = (entry.room(), entry.seq());
        let before = self.here.insert(room.clone(), seq);
        let who = &self.device.hello.client_id;
        assert!(
            before.is_none_or(|before| before == entry.prev()),
            "{who} in {room} after {before:?}: {entry:?}"
        );
        self.heard.entry(room).or_default().insert(seq);
    }

    /// Reads until it heard the last entry of each room that its user is in.
    async fn catch_up(&mut self, last: &BTreeMap<String, u64>) {
        self.go(true).await;
        self.come().await;
        let lacks = |heard: &BTreeMap<String, BTreeSet<u64>>| {
            last.iter().any(|(room, seq)| !heard.get(room).is_some_and(|heard| heard.contains(seq)))
        };
        while lacks(&self.heard) {
            let wire = self.wire.as_mut().expect("it is here");
            let publish = wire.message().await;
            wire.acknowledge(&publish).await;
            self.note(&publish);
        }
    }
}

/// The entries that a member hears, by the log alone: from each join to the leave that ends it.
fn for_member(user: &str, log: &[Entry]) -> BTreeSet<u64> {
    let mut is_in = false;
    let mut hears = BTreeSet::new();
    for entry in log {
        let is_about_them = entry.word("user") == user;
        let began = entry.kind() == "created"
            && entry.json["members"].as_array().is_some_and(|members| members.contains(&user.into()));
        is_in |= began || (entry.kind() == "joined" && is_about_them);
        if is_in {
            hears.insert(entry.seq());
        }
        is_in &= !(entry.kind() == "left" && is_about_them);
    }
    hears
}

#[tokio::test]
async fn every_device_hears_the_entries_of_its_memberships_whatever_happens() {
    let mut chance = chance();
    let mut world = World::start().await;
    for room in ROOMS {
        world.room(room, ["ann", "bo", "cy", "keeper"]).await;
    }
    let mut keeper = world.device("keeper", "phone").connect().await;
    let mut ears = Vec::new();
    for number in 0..6 {
        ears.push(Ear::subscribe(&world, USERS[number % USERS.len()], number).await);
    }
    let mut members: BTreeSet<(&str, &str)> =
        ROOMS.iter().flat_map(|room| USERS.map(|user| (*room, user))).collect();

    for step in 0..if is_long() { 6_000 } else { 600 } {
        let (room, ear) = (ROOMS[chance.usize(..3)], chance.usize(..ears.len()));
        match chance.u8(..20) {
            0..9 => {
                for number in 0..chance.usize(1..40) {
                    keeper.is_taken(say(room, &format!("{step}.{number}"), &[])).await;
                }
            }
            9..11 => {
                let user = USERS[chance.usize(..3)];
                if members.remove(&(room, user)) {
                    world.leave(room, [user]).await;
                } else {
                    world.join(room, [user]).await;
                    members.insert((room, user));
                }
            }
            11..13 => ears[ear].go(chance.bool()).await,
            13..16 => ears[ear].come().await,
            _ => ears[ear].hear(chance.usize(..30)).await,
        }
    }

    // All are members again, so that everybody hears the end.
    for (room, user) in ROOMS.iter().flat_map(|room| USERS.map(|user| (*room, user))) {
        if members.insert((room, user)) {
            world.join(room, [user]).await;
        }
    }
    let mut logs = BTreeMap::new();
    for room in ROOMS {
        logs.insert(room.to_owned(), whole_log(&world.device("keeper", "reader"), room).await);
    }
    let last = logs.iter().map(|(room, log)| (room.clone(), log.last().expect("an end").seq())).collect();
    for ear in &mut ears {
        ear.catch_up(&last).await;
        for (room, log) in &logs {
            let mut expected = for_member(ear.user, log);
            // It subscribed after the room's first entry.
            expected.remove(&1);
            assert_eq!(ear.heard[room], expected, "{} in {room}", ear.device.hello.client_id);
        }
    }
}
