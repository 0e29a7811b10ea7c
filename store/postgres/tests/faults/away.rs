//! The database is killed and paused while people speak.

use super::*;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::contract::bench::{draft, say};
use store::{Fate, NewEntry};
use tests::{Postgres, is_long, within_time};
use tokio::sync::watch;

/// How long a database may be away in a test.
const LONG: Duration = Duration::from_secs(60);

/// Somebody who says one thing after another, each until it is answered, and keeps what the answers said.
async fn talk(
    store: Arc<PostgresStore>,
    who: usize,
    end: Arc<AtomicBool>,
    said: watch::Sender<u64>,
) -> Vec<(u64, String)> {
    let mut answers = Vec::new();
    for n in 0.. {
        if end.load(Ordering::Relaxed) {
            break;
        }
        let text = format!("{who}-{n}");
        let entry = draft(say([ANN, BO][who % 2], &text), &text);
        answers.push((until_answered(&store, &entry).await, text));
        said.send_modify(|said| *said += 1);
    }
    answers
}

async fn until_answered(store: &PostgresStore, entry: &NewEntry) -> u64 {
    loop {
        match store.commit(std::slice::from_ref(entry)).await.as_deref() {
            Ok([Fate::Stored { seq, .. } | Fate::Duplicate { seq, .. }]) => return seq.0,
            Ok(other) => panic!("{other:?}"),
            Err(error) => assert!(error.is_passing(), "{error:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_is_there_once_when_the_database_is_killed_while_many_speak() {
    let mut postgres = Postgres::start();
    let store = begun(&postgres.url).await;
    let (end, count) = (Arc::<AtomicBool>::default(), watch::Sender::new(0));
    let people: Vec<_> =
        (0..16).map(|who| tokio::spawn(talk(store.clone(), who, end.clone(), count.clone()))).collect();
    let more = async |by: u64| {
        let (until, mut count) = (*count.borrow() + by, count.subscribe());
        let reached = count.wait_for(|said| *said >= until);
        within_time(LONG, "people to go on", reached).await.expect("they speak");
    };
    for round in 0..if is_long() { 40 } else { 6 } {
        more(100 + round * 17).await;
        postgres.kill_9();
        postgres.start_again();
    }
    more(100).await;
    end.store(true, Ordering::Relaxed);
    let mut answered = BTreeMap::new();
    for person in people {
        for (seq, text) in person.await.unwrap() {
            assert_eq!(answered.insert(seq, text), None, "{seq} was given twice");
        }
    }
    let stored: BTreeMap<u64, String> = said(&*store).await.into_iter().collect();
    assert_eq!(stored, answered, "what is in the log is what was answered, no more and no less");
    assert_eq!(stored.keys().copied().collect::<Vec<_>>(), (2..2 + stored.len() as u64).collect::<Vec<_>>());
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_paused_people_wait_and_then_go_on() {
    let mut postgres = Postgres::start();
    let store = begun(&postgres.url).await;
    store.commit(&[say(ANN, "before")]).await.unwrap();
    postgres.pause();
    let waiting = {
        let store = store.clone();
        tokio::spawn(async move { store.commit(&[say(ANN, "meanwhile")]).await })
    };
    let reading = store.read(TEA, chat::Seq(1), chat::Seq(9), 10, NOW);
    assert!(tokio::time::timeout(Duration::from_millis(300), reading).await.is_err(), "it is paused");
    assert!(!waiting.is_finished(), "nothing is answered that is not stored");
    postgres.resume();
    let fates = within_time(LONG, "the commit to be answered", waiting).await.unwrap().unwrap();
    assert_eq!(fates, [Fate::stored(chat::Seq(3), 2)]);
    assert_eq!(said(&*store).await, [(2, "before".into()), (3, "meanwhile".into())]);
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_is_told_within_its_time_and_found_again() {
    let mut postgres = Postgres::start();
    let store = begun(&postgres.url).await;
    postgres.kill_9();
    let said_late = within_time(LONG, "a refusal", store.commit(&[say(ANN, "now")])).await;
    assert!(said_late.as_ref().is_err_and(Error::is_passing), "{said_late:?}");
    let read = within_time(LONG, "a refusal", store.heads(&[TEA])).await;
    assert!(read.as_ref().is_err_and(Error::is_passing), "{read:?}");
    postgres.start_again();
    assert_eq!(until_answered(&store, &draft(say(ANN, "later"), "1")).await, 2);
    assert_eq!(said(&*store).await, [(2, "later".into())]);
    store.close().await.unwrap();
}
