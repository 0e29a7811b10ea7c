//! A thousand come back at once, and it costs by who watches, not by who is in a room.
//!
//! The work is counted in steps (people looked at, watchers told), not in time.

use crate::company::{Company, handle};
use crate::device::Device;
use bridge::Config;
use chat::{NewSettings, RoomKind, RulesVersion, Timestamp, UserId};
use std::time::Duration;
use store::{NewAccount, NewAct, NewEntry, Store};

/// Who is in the large room.
const HALL: i64 = 10_000;
/// Who comes back at once.
const STORM: i64 = 1_000;

fn id(number: i64) -> UserId {
    UserId(1_000_000 + number)
}

fn name(number: i64) -> String {
    format!("user-{number}")
}

/// A room of ten thousand, in which ann and bo are too.
async fn hall() -> Company {
    let config = Config { say_rate: None, presence_grace: Duration::from_secs(5), ..Config::default() };
    let mut company = Company::with(&["ann", "bo"], config).await;
    let wish = bridge::RoomWish {
        handle: Some(handle("hall")),
        kind: RoomKind::Group,
        members: vec![handle("bo")],
        settings: NewSettings::default(),
    };
    company.bridge.open_room(&company.account("ann").await, wish).await.unwrap();
    let room = company.room_id("hall").await;
    for begin in (0..HALL).step_by(500) {
        let accounts = (begin..begin + 500).map(|number| {
            let (id, handle) = (id(number), handle(&name(number)));
            let created_at = Timestamp(0);
            NewAccount { id, handle, password_hash: None, admin: false, service: false, created_at }
        });
        let accounts: Vec<NewAccount> = accounts.collect();
        futures_util::future::join_all(accounts.iter().map(|one| company.store.add_account(one))).await;
        let joins: Vec<NewEntry> = (begin..begin + 500)
            .map(|number| NewEntry {
                room,
                rules: RulesVersion(1 + number),
                sender: id(number),
                origin: None,
                draft: None,
                inbound: None,
                at: Timestamp(0),
                expires_at: None,
                pause: None,
                act: NewAct::Join { user: id(number), who: handle(&name(number)) },
            })
            .collect();
        let fates = company.store.commit(&joins).await.unwrap();
        assert!(fates.iter().all(|fate| matches!(fate, store::Fate::Stored { .. })), "{:?}", fates[0]);
    }
    for number in 0..STORM {
        company.know(&handle(&name(number)), id(number));
    }
    company
}

async fn come(company: &Company) -> Vec<Device> {
    let mut devices = Vec::new();
    for number in 0..STORM {
        devices.push(company.connect(&name(number), "phone").await);
    }
    devices
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_of_a_room_of_ten_thousand_who_come_back_cost_a_bounded_number_of_steps() {
    let company = hall().await;
    let devices = come(&company).await;
    for device in &devices {
        device.subscribe("users/+/presence").await;
    }
    let mut ann = company.connect("ann", "watch").await;
    ann.subscribe("users/+/presence").await;
    ann.subscribe("users/user-7/presence").await;
    assert_eq!(ann.take().await.topic, "users/user-7/presence");
    let before = company.bridge.presence_steps();
    for device in devices {
        device.vanish().await;
    }
    let again = come(&company).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let steps = company.bridge.presence_steps() - before;
    // Each is looked at when they go, when they come, and once more when their time would have been over; nobody's 9,999
    // fellow members are.
    let bound = 10 * u64::try_from(STORM).unwrap();
    assert!(steps <= bound, "{steps} steps");
    assert!(ann.take_ready(10).await.is_empty(), "nobody went");
    drop(again);
}
