//! How many entries a second are durable on this machine: `cargo run --release -p store-sqlite --example durable_rate`.
//!
//! Three tables. First back to back: one caller appends batches of a fixed size and waits for each. Then at a fixed
//! rate: entries arrive one by one, whatever came during the last commit is the next batch, and the time from
//! arrival to durable is what a client waits for its PUBACK. Last,
//! reading. Bodies have 256 bytes; 10,000 rooms, 20,000 senders.

#![expect(clippy::print_stdout, reason = "its answer is a table")]

use chat::{Content, Draft, Handle, Origin, Role, RoomId, RoomKind, RulesVersion, Seq, Timestamp, UserId};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Error, MasterKey, NewAccount, NewAct, NewEntry, NewRoom, Store, append};
use store_sqlite::{Options, SqliteStore};

const ROOMS: u64 = 10_000;
const SENDERS: u64 = 20_000;
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
/// Each line of a table.
const LONG: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() -> Result<(), Error> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "target/durable-rate".into());
    let options = Options { reserve: 0, ..Options::new(folder, MasterKey::from_text(KEY)?) };
    let store = SqliteStore::open(options).await?;
    settle(&store).await?;
    println!("back to back\n  batch  entries/s  p50 ms  p99 ms  cpu us each");
    for batch in [1, 16, 64, 256] {
        back_to_back(&store, batch).await?;
    }
    println!("at a fixed rate\n  offered/s  durable/s  mean batch  p50 ms  p99 ms  cpu us each");
    for rate in [1_000, 5_000, 10_000, 20_000] {
        at_a_rate(&store, rate).await?;
    }
    println!("pages of 50 of any room\n  entries/s  p50 ms  p99 ms");
    pages(&store).await?;
    store.close().await
}

/// People and rooms, the first time.
async fn settle(store: &SqliteStore) -> Result<(), Error> {
    let handle = |kind: &str, id: u64| {
        Handle::new(&format!("{kind}{id}")).map_err(|error| Error::Broken(error.to_string()))
    };
    let ann = handle("user", 0)?;
    let mut tasks = Vec::new();
    for id in 0..SENDERS {
        let (id, handle) = (UserId(id.cast_signed()), handle("user", id)?);
        tasks.push(NewAccount {
            id,
            handle,
            password_hash: None,
            admin: false,
            service: false,
            created_at: Timestamp(0),
        });
    }
    let accounts = tasks.iter().map(|account| store.add_account(account));
    futures_util::future::try_join_all(accounts).await?;
    let mut rooms = Vec::new();
    for id in 0..ROOMS {
        let members = vec![(UserId(0), ann.clone(), Role::Owner)];
        let (id, handle) = (RoomId(id.cast_signed()), handle("room", id)?);
        let from = ann.clone();
        rooms.push(NewRoom {
            id,
            handle,
            kind: RoomKind::Group,
            settings: chat::Settings::of(RoomKind::Group),
            by: UserId(0),
            from,
            members,
            at: Timestamp(0),
        });
    }
    let rooms = rooms.iter().map(|room| store.make_room(room));
    futures_util::future::try_join_all(rooms).await.map(drop)
}

/// A small generator of our own: the figures are to be the same from run to run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// A few rooms speak most, and in each mostly the same four.
    fn entry(&mut self) -> NewEntry {
        let (one, other) = (self.below(ROOMS), self.below(ROOMS));
        let room = one * other / ROOMS;
        let words: Vec<u8> = (0..256).map(|_| b' ' + self.below(90) as u8).collect();
        NewEntry {
            room: RoomId(room.cast_signed()),
            rules: RulesVersion(1),
            sender: UserId(((room * 7 + self.below(4)) % SENDERS).cast_signed()),
            origin: Some(Origin(1)),
            draft: Some(Draft(uuid::Uuid::now_v7())),
            inbound: None,
            at: Timestamp(0),
            expires_at: None,
            pause: None,
            act: NewAct::Say(Content::text(words)),
        }
    }
}

async fn back_to_back(store: &SqliteStore, batch: usize) -> Result<(), Error> {
    let (mut dice, mut times, start, cpu) = (Dice(batch as u64), Vec::new(), Instant::now(), cpu());
    while start.elapsed() < LONG {
        let entries: Vec<_> = (0..batch).map(|_| dice.entry()).collect();
        let begun = Instant::now();
        append(store, entries).await.map_err(|(error, _)| error)?;
        times.push(begun.elapsed());
    }
    let rate = (times.len() * batch) as f64 / times.iter().sum::<Duration>().as_secs_f64();
    let each = each(cpu, times.len() * batch);
    println!(
        "  {batch:5}  {rate:9.0}  {:6.2}  {:6.2}  {each:11.0}",
        part(&mut times, 50),
        part(&mut times, 99)
    );
    Ok(())
}

async fn at_a_rate(store: &Arc<SqliteStore>, rate: u64) -> Result<(), Error> {
    let (arrivals, mut lane) = tokio::sync::mpsc::channel::<(Instant, NewEntry)>(16_384);
    let committing = store.clone();
    let committer = tokio::spawn(async move {
        let (mut times, mut batches, mut waiting) = (Vec::new(), 0_usize, Vec::new());
        while lane.recv_many(&mut waiting, 512).await > 0 {
            let (arrived, entries): (Vec<_>, Vec<_>) = waiting.drain(..).unzip();
            append(&*committing, entries).await.map_err(|(error, _)| error)?;
            times.extend(arrived.iter().map(Instant::elapsed));
            batches += 1;
        }
        Ok::<_, Error>((times, batches))
    });
    let (mut dice, start, mut sent, since) = (Dice(rate), Instant::now(), 0_u64, cpu());
    while start.elapsed() < LONG {
        let due = (start.elapsed().as_secs_f64() * rate as f64) as u64;
        while sent < due {
            let at = start + Duration::from_secs_f64(sent as f64 / rate as f64);
            drop(arrivals.send((at, dice.entry())).await);
            sent += 1;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    drop(arrivals);
    let (mut times, batches) = committer.await.map_err(|error| Error::Broken(error.to_string()))??;
    let durable = times.len() as f64 / start.elapsed().as_secs_f64();
    let mean = times.len() / batches.max(1);
    let (p50, p99, each) = (part(&mut times, 50), part(&mut times, 99), each(since, times.len()));
    println!("  {rate:9}  {durable:9.0}  {mean:10}  {p50:6.2}  {p99:6.2}  {each:11.0}");
    Ok(())
}

async fn pages(store: &SqliteStore) -> Result<(), Error> {
    let (mut dice, mut times, mut entries) = (Dice(50), Vec::new(), 0);
    for _ in 0..2_000 {
        let room = RoomId((dice.below(ROOMS) * dice.below(ROOMS) / ROOMS).cast_signed());
        let begun = Instant::now();
        let end = store.heads(&[room]).await?[0].last_seq.0;
        let page = store.read(room, Seq(end.saturating_sub(50)), Seq(end), 50, Timestamp(0)).await?;
        times.push(begun.elapsed());
        entries += page.len();
    }
    let rate = entries as f64 / times.iter().sum::<Duration>().as_secs_f64();
    println!("  {rate:9.0}  {:6.2}  {:6.2}", part(&mut times, 50), part(&mut times, 99));
    Ok(())
}

/// Seconds of CPU this process has used, in all of its threads: on a shared machine the figure that can be compared.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: f64 = fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    ticks / 100.0
}

/// Microseconds of CPU for each entry since then.
fn each(since: f64, entries: usize) -> f64 {
    (cpu() - since) * 1e6 / entries.max(1) as f64
}

/// The time below which this many percent lie, in milliseconds.
fn part(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}
