//! How many messages on topics beside chat are durable a second on this machine:
//! `cargo run --release -p store-sqlite --example app_rate`.
//!
//! One caller publishes batches of 256 messages of 256 bytes and waits for each, as the bridge does: for one session that is
//! away, for twenty, for topics that retain them. What waits is read page by page and acknowledged, or swept out.

#![expect(clippy::print_stdout, reason = "its answer is a table")]

use chat::{Handle, Timestamp, UserId};
use std::time::Instant;
use store::{
    Apps, Error, MasterKey, NewAccount, NewMessage, Opening, Queued, Receiver, Retain, SessionId, Store,
};
use store_sqlite::{Options, SqliteStore};

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const BATCH: usize = 256;
const MESSAGES: usize = 100_000;
const NOW: Timestamp = Timestamp(0);

#[tokio::main]
async fn main() -> Result<(), Error> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "target/app-rate".into());
    let options = Options { reserve: 0, ..Options::new(folder, MasterKey::from_text(KEY)?) };
    let store = SqliteStore::open(options).await?;
    let sessions = settle(&store).await?;
    let apps = store.apps();
    let (one, next) = (publish(apps, 1, MESSAGES, &sessions[..1], false).await?, 1 + MESSAGES);
    println!("for one session        {one:>8.0} messages/s");
    println!("read page by page      {:>8.0} messages/s", read(apps, sessions[0]).await?);
    println!("acknowledged by 256    {:>8.0} messages/s", done(apps, &sessions[..1]).await?);
    let few = MESSAGES / 10;
    println!("for twenty sessions    {:>8.0} messages/s", publish(apps, next, few, &sessions, false).await?);
    println!("acknowledged by all    {:>8.0} messages/s and session", done(apps, &sessions).await?);
    println!("retained, new topics   {:>8.0} messages/s", publish(apps, next + few, few, &[], true).await?);
    println!(
        "retained, known topics {:>8.0} messages/s",
        publish(apps, next + 2 * few, few, &[], true).await?
    );
    publish(apps, next + 3 * few, MESSAGES, &sessions[..1], false).await?;
    let begin = Instant::now();
    store.end_session(sessions[0], 1).await?;
    println!("a queue of {MESSAGES} is left in {:.1} ms", begin.elapsed().as_secs_f64() * 1_000.0);
    println!("swept out by 1,000     {:>8.0} messages/s", sweep(apps).await?);
    store.close().await
}

async fn settle(store: &SqliteStore) -> Result<Vec<SessionId>, Error> {
    let handle = Handle::new("ann").map_err(|error| Error::Broken(error.to_string()))?;
    let (id, password_hash) = (UserId(1), None);
    let ann = NewAccount { id, handle, password_hash, admin: false, service: false, created_at: NOW };
    store.add_account(&ann).await?;
    let mut sessions = Vec::new();
    for number in 0..20 {
        let client_id = &format!("device-{number}");
        let (clean_start, keep, devices, will) = (true, Some(u32::MAX), 20, None);
        let opening = Opening { user: id, client_id, clean_start, keep, devices, will, now: NOW };
        sessions.extend(store.open_session(opening).await?.id);
    }
    Ok(sessions)
}

/// Messages a second.
async fn publish(
    apps: &dyn Apps,
    first: usize,
    count: usize,
    sessions: &[SessionId],
    retain: bool,
) -> Result<f64, Error> {
    let how = Queued { qos: 1, retain: false, subscription_ids: vec![], turn: None };
    let receivers: Vec<_> =
        sessions.iter().map(|session| Receiver { session: *session, how: how.clone() }).collect();
    let begin = Instant::now();
    for start in (0..count).step_by(BATCH) {
        let batch = (start..count.min(start + BATCH)).map(|number| NewMessage {
            id: (first + number).cast_signed() as i64,
            topic: format!("apps/meters/house/{number}"),
            payload: vec![b'x'; 256].into(),
            properties: vec![],
            qos: 1,
            at: NOW,
            expires_at: None,
            retain: if retain { Retain::Keep } else { Retain::No },
            receivers: receivers.clone(),
            inbound: None,
        });
        apps.publish(&batch.collect::<Vec<_>>()).await?;
    }
    Ok(count as f64 / begin.elapsed().as_secs_f64())
}

async fn read(apps: &dyn Apps, session: SessionId) -> Result<f64, Error> {
    let (begin, mut count, mut after) = (Instant::now(), 0, 0);
    loop {
        let page = apps.waiting(session, after, 500, NOW).await?;
        let Some(last) = page.last() else { break };
        (after, count) = (last.message.id, count + page.len());
    }
    Ok(count as f64 / begin.elapsed().as_secs_f64())
}

/// All that waits for each.
async fn done(apps: &dyn Apps, sessions: &[SessionId]) -> Result<f64, Error> {
    let (mut spent, mut count) = (0.0, 0);
    for session in sessions {
        loop {
            let page = apps.waiting(*session, 0, 256, NOW).await?;
            if page.is_empty() {
                break;
            }
            count += page.len();
            let ids = page.iter().map(|one| one.message.id).collect();
            let begin = Instant::now();
            apps.done(&[(*session, ids)]).await?;
            spent += begin.elapsed().as_secs_f64();
        }
    }
    Ok(count as f64 / spent)
}

async fn sweep(apps: &dyn Apps) -> Result<f64, Error> {
    let (begin, mut count) = (Instant::now(), 0);
    loop {
        let swept = apps.sweep(NOW, 1_000).await?;
        count += swept;
        if swept < 1_000 {
            return Ok(f64::from(count) / begin.elapsed().as_secs_f64());
        }
    }
}
