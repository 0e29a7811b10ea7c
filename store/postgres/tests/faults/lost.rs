//! What became of a COMMIT whose answer was lost is found out, and nobody hears anything before.

use super::cut::{Cut, Way};
use super::*;
use store::Fate;
use store::contract::bench::say;
use tests::Postgres;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_was_done_is_answered_although_its_answer_was_lost() {
    let postgres = Postgres::start();
    let way = Way::to(&postgres.url).await;
    let store = begun(&way.url()).await;
    way.cuts(Cut::AfterCommit);
    // Without a draft: nothing but the store itself can know that it was there.
    let fates = store.commit(&[say(ANN, "one"), say(BO, "two")]).await.unwrap();
    assert!(way.was_cut());
    assert_eq!(fates, [Fate::stored(chat::Seq(2), 1), Fate::stored(chat::Seq(3), 2)]);
    store.commit(&[say(ANN, "three")]).await.unwrap();
    assert_eq!(said(&*store).await, [(2, "one".into()), (3, "two".into()), (4, "three".into())]);
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_was_not_done_is_told_and_leaves_nothing() {
    let postgres = Postgres::start();
    let way = Way::to(&postgres.url).await;
    let store = begun(&way.url()).await;
    way.cuts(Cut::BeforeCommit);
    // Bo speaks for the first time: the key that goes with it was not stored either.
    let lost = store.commit(&[say(BO, "one")]).await;
    assert!(way.was_cut());
    assert!(lost.as_ref().is_err_and(Error::is_passing), "{lost:?}");
    assert_eq!(said(&*store).await, []);
    let again = store.commit(&[say(BO, "one")]).await.unwrap();
    assert_eq!(again, [Fate::stored(chat::Seq(2), 1)]);
    store.close().await.unwrap();
    let store = opened(&postgres.url).await.unwrap();
    assert_eq!(said(&*store).await, [(2, "one".into())], "it opens with the key that is stored");
    store.close().await.unwrap();
}
