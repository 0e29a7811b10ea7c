//! Closing, opening, the wrong key.

use super::bench::*;
use crate::Error;
use chat::Timestamp;

/// Nothing depends on the process that wrote it.
pub async fn everything_is_there_after_the_store_was_opened_again(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.commit(&[say(ANN, "one"), join(CY), judged(say(CY, "two"), 2)]).await;
    scene.mark(BO, 3).await;
    let incarnation = scene.store.incarnation();
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.store.incarnation(), incarnation);
    assert_eq!(scene.log(0).await, ["created", "one", "cy came", "two"]);
    assert_eq!(scene.unread(BO).await, (3, 1));
    assert_eq!(scene.put(judged(say(BO, "three"), 2)).await, stored(5, 3));
    assert_eq!(scene.store.memberships(CY, Timestamp(0)).await.expect("they are read").1.len(), 1);
}

/// After the end nothing hangs and nothing pretends.
pub async fn a_closed_store_says_so(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.store.close().await.expect("it closes");
    scene.store.close().await.expect("it is closed already");
    let said = scene.store.commit(&[say(ANN, "late")]).await;
    assert!(matches!(said, Err(Error::Unavailable(_))), "{said:?}");
    let read = scene.store.account(&called(ANN)).await;
    assert!(matches!(read, Err(Error::Unavailable(_))), "{read:?}");
    let scene = Scene { store: bench.open().await };
    assert_eq!(scene.log(1).await, [""; 0]);
}

/// Another key is told at once, and leaves everything as it was.
pub async fn another_master_key_is_refused(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.put(say(ANN, "the kettle is on")).await;
    scene.store.close().await.expect("it closes");
    let opened = bench.open_with_another_key().await.map(|_| ());
    assert!(matches!(opened, Err(Error::WrongMasterKey)), "{opened:?}");
    let scene = Scene { store: bench.open().await };
    assert_eq!(scene.log(1).await, ["the kettle is on"]);
}
