//! How many receipts a second this machine keeps, and what the engine does for them:
//! `cargo run --release -p store-sqlite --example receipt_rate`.
//!
//! A receipt says how far messages have come to one person in one room. Marks come as the bridge gives them, the furthest of
//! each place, 500 in a write and four writes at once: first of people who have none yet, then moving on, then again as they are. What the bridge
//! makes of acknowledgements before that, `natter bench room` shows: there one mark stands for all that a device has
//! acknowledged in 300 ms.

#![expect(clippy::print_stdout, reason = "its answer is a table")]

use chat::{Handle, Role, RoomId, RoomKind, Seq, Settings, Timestamp, UserId};
use futures_util::future::join_all;
use std::time::Instant;
use store::{Delivered, Error, MasterKey, NewAccount, NewAct, NewEntry, NewRoom, Store};
use store_sqlite::{Options, SqliteStore};

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const PEOPLE: i64 = 500;
const ROOMS: i64 = 40;
const BATCH: usize = 500;
const TOGETHER: usize = 4;
const NOW: Timestamp = Timestamp(0);

#[tokio::main]
async fn main() -> Result<(), Error> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "target/receipt-rate".into());
    let options = Options { reserve: 0, ..Options::new(folder, MasterKey::from_text(KEY)?) };
    let store = SqliteStore::open(options).await?;
    settle(&store).await?;
    println!("{} people in {ROOMS} rooms: {} marks", PEOPLE, PEOPLE * ROOMS);
    deliver(&store, "marks that are new", 2).await?;
    deliver(&store, "marks that move on", 3).await?;
    deliver(&store, "marks as they are", 3).await?;
    store.close().await
}

fn name(text: String) -> Result<Handle, Error> {
    Handle::new(&text).map_err(|error| Error::Broken(error.to_string()))
}

async fn settle(store: &SqliteStore) -> Result<(), Error> {
    let mut members = Vec::new();
    for number in 1..=PEOPLE {
        let (id, handle) = (UserId(number), name(format!("user-{number}"))?);
        let user = (id, handle.clone());
        members.push((id, handle, Role::Member));
        let (handle, password_hash) = (user.1, None);
        let account = NewAccount { id, handle, password_hash, admin: false, service: false, created_at: NOW };
        store.add_account(&account).await?;
    }
    for number in 1..=ROOMS {
        let kind = RoomKind::Group;
        let room = NewRoom {
            id: RoomId(1_000 + number),
            handle: name(format!("room-{number}"))?,
            kind,
            settings: Settings::of(kind),
            by: UserId(1),
            from: name("user-1".into())?,
            members: members.clone(),
            at: NOW,
        };
        store.make_room(&room).await?;
        store.commit(&[said(&room), said(&room)]).await?;
    }
    Ok(())
}

fn said(room: &NewRoom) -> NewEntry {
    NewEntry {
        room: room.id,
        rules: chat::RulesVersion(1),
        sender: room.by,
        origin: None,
        draft: None,
        inbound: None,
        at: NOW,
        expires_at: None,
        pause: None,
        act: NewAct::Say(chat::Content::text("hello")),
    }
}

/// Everybody's mark in every room, person after person, as the table has them.
async fn deliver(store: &SqliteStore, what: &str, seq: u64) -> Result<(), Error> {
    let places =
        (1..=PEOPLE).flat_map(|user| (1..=ROOMS).map(move |room| (UserId(user), RoomId(1_000 + room))));
    let marks: Vec<_> = places.map(|(user, room)| Delivered { user, room, seq: Seq(seq) }).collect();
    let (begin, before, mut moved) = (Instant::now(), commits(store), 0);
    for together in marks.chunks(BATCH * TOGETHER) {
        let writes = together.chunks(BATCH).map(|batch| store.receipts().deliver(batch));
        for one in join_all(writes).await {
            moved += one?.len();
        }
    }
    let spent = begin.elapsed().as_secs_f64();
    println!(
        "{what:<20} {:>8.0} a second, {moved} moved, {} commits",
        marks.len() as f64 / spent,
        commits(store) - before
    );
    Ok(())
}

fn commits(store: &SqliteStore) -> u64 {
    store.work().map_or(0, |work| work.commits)
}
