//! A room of a hundred thousand, while people come in and like what was said by the thousand.

use crate::company::{Company, handle};
use crate::device::{Device, Got};
use bytes::Bytes;
use chat::{
    Change, Handle, Joining, NewSettings, Person, RoomId, RoomKind, RulesVersion, Seq, Timestamp, UserId,
};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;
use store::{NewAccount, NewAct, NewEntry, Store};

/// Who is in the room from the start.
const MEMBERS: usize = 100_000;
/// Who comes in, and how many put a sign to something.
const STORM: usize = 10_000;
/// Messages that are liked.
const LIKED: usize = 3;
/// Devices of members that listen.
const LISTENERS: usize = 100;
/// Requests at once: a few of what the lane takes in one batch.
const AT_ONCE: usize = 64;

fn name(number: usize) -> Handle {
    handle(&format!("user-{number}"))
}

fn id(number: usize) -> UserId {
    UserId(1_000_000 + i64::try_from(number).unwrap())
}

/// Everybody there is, and the first of them in the room.
async fn crowd() -> Company {
    let mut company = Company::of(&["ann"]).await;
    let wish = bridge::RoomWish {
        handle: Some(handle("hall")),
        kind: RoomKind::Group,
        members: Vec::new(),
        settings: NewSettings { join: Some(Joining::Open), ..NewSettings::default() },
    };
    company.bridge.open_room(&company.account("ann").await, wish).await.unwrap();
    each(0..MEMBERS + STORM, &company, async |company, number| {
        let account = NewAccount {
            id: id(number),
            handle: name(number),
            password_hash: None,
            admin: false,
            service: false,
            created_at: Timestamp(0),
        };
        assert!(company.store.add_account(&account).await.unwrap());
    })
    .await;
    let room = company.room_id("hall").await;
    for begin in (0..MEMBERS).step_by(1_000) {
        let joins: Vec<NewEntry> = (begin..begin + 1_000).map(|number| join(room, number)).collect();
        let fates = company.store.commit(&joins).await.unwrap();
        assert!(fates.iter().all(|fate| matches!(fate, store::Fate::Stored { .. })));
    }
    for number in 0..LISTENERS {
        company.know(&name(number), id(number));
    }
    company
}

fn join(room: RoomId, number: usize) -> NewEntry {
    NewEntry {
        room,
        rules: RulesVersion(1 + i64::try_from(number).unwrap()),
        sender: id(number),
        origin: None,
        draft: None,
        inbound: None,
        at: Timestamp(0),
        expires_at: None,
        pause: None,
        act: NewAct::Join { user: id(number), who: name(number) },
    }
}

/// Does this for each number, many at once.
async fn each(numbers: std::ops::Range<usize>, company: &Company, act: impl AsyncFn(&Company, usize)) {
    let lanes = (0..AT_ONCE).map(|lane| {
        let (numbers, act) = (numbers.clone(), &act);
        async move {
            for number in numbers.skip(lane).step_by(AT_ONCE) {
                act(company, number).await;
            }
        }
    });
    futures_util::future::join_all(lanes).await;
}

/// What a device was told: how often of which kind, and how often each message was liked at last.
#[derive(Default)]
struct Told {
    kinds: HashMap<String, usize>,
    liked: HashMap<u64, u64>,
}

impl Told {
    fn add(&mut self, got: &Got) {
        let payload: Value = serde_json::from_str(&got.payload).unwrap();
        let kind = payload["kind"].as_str().unwrap().to_owned();
        if kind == "reactions" {
            let people =
                payload["signs"].as_array().unwrap().iter().map(|one| one["people"].as_u64().unwrap());
            self.liked.insert(payload["of"].as_u64().unwrap(), people.sum());
        }
        *self.kinds.entry(kind).or_default() += 1;
    }

    fn is_all(&self) -> bool {
        self.liked.values().sum::<u64>() == STORM as u64
    }

    fn of(&self, kind: &str) -> usize {
        self.kinds.get(kind).copied().unwrap_or_default()
    }
}

/// Hears until it knows of all that was liked, and of so many comings.
async fn hears_all(mut device: Device, comings: usize) -> Told {
    let mut told = Told::default();
    while !told.is_all() || told.of("joined") < comings {
        told.add(&device.take().await);
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_who_come_and_ten_thousand_who_like_cost_a_hundred_thousand_next_to_nothing() {
    let company = Arc::new(crowd().await);
    let hall = handle("hall");
    let ann = company.connect("ann", "phone").await;
    ann.subscribe("rooms/#").await;
    let mut listeners = Vec::new();
    for number in 0..LISTENERS {
        let device = company.connect(name(number).as_str(), "phone").await;
        device.subscribe("rooms/#").await;
        listeners.push(device);
    }
    let mut liked: Vec<Seq> = Vec::new();
    for _ in 0..LIKED {
        liked.push(company.say("ann", "hall", "cake?").await);
    }
    let hearing: Vec<_> = listeners.into_iter().map(|one| tokio::spawn(hears_all(one, 0))).collect();
    let manager = tokio::spawn(hears_all(ann, STORM));
    let began = Instant::now();
    let comes = each(MEMBERS..MEMBERS + STORM, &company, async |company, number| {
        let account = company.account(name(number).as_str()).await;
        let who = Person { id: account.id, handle: account.handle.clone() };
        let change = Change::Join { who, link: None };
        company.bridge.change_room(&account, &hall, change).await.unwrap();
    });
    // Those who listen are others.
    let likes = each(LISTENERS..LISTENERS + STORM, &company, async |company, number| {
        let account = company.account(name(number).as_str()).await;
        let payload = format!(r#"{{"kind":"react","of":{},"body":"+1"}}"#, liked[number % LIKED]);
        company.bridge.say_json(&account, &hall, Bytes::from(payload)).await.unwrap();
    });
    tokio::join!(comes, likes);
    let mut deliveries = 0;
    for heard in hearing {
        let told = heard.await.unwrap();
        assert_eq!((told.of("text"), told.of("joined"), told.of("react")), (LIKED, 0, 0));
        deliveries += told.of("reactions");
    }
    let rounds = usize::try_from(began.elapsed().as_secs()).unwrap() + 2;
    assert!(
        deliveries <= LISTENERS * LIKED * rounds,
        "{deliveries} deliveries to {LISTENERS} devices in {rounds} s"
    );
    let told = manager.await.unwrap();
    assert_eq!((told.of("joined"), told.of("react")), (STORM, STORM));
}
