//! Marks of those who speak are written later than what they say, and yet never forgotten.

use super::{begun, directly, options};
use chat::Seq;
use store::Store as _;
use store::contract::bench::{ANN, TEA, say};
use store_sqlite::SqliteStore;

/// Rows of the table, as far as ann's mark there.
const WRITTEN: &str = "select coalesce(max(read_seq), 0) from cursor";

#[tokio::test]
async fn who_spoke_has_read_it_also_after_a_restart_before_the_mark_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = begun(options(folder.path())).await;
    store.commit(&[say(ANN, "one"), say(ANN, "two")]).await.unwrap();
    assert_eq!(store.unread(ANN, TEA).await.unwrap(), (Seq(3), 0));
    store.close().await.unwrap();
    assert_eq!(directly(folder.path(), WRITTEN).await, [0], "or this test shows nothing");

    let store = SqliteStore::open(options(folder.path())).await.unwrap();
    assert_eq!(store.unread(ANN, TEA).await.unwrap(), (Seq(3), 0));
    // What was found then is written along with the next message.
    store.commit(&[say(ANN, "three")]).await.unwrap();
    assert_eq!(store.unread(ANN, TEA).await.unwrap(), (Seq(4), 0));
    store.close().await.unwrap();
    assert_eq!(directly(folder.path(), WRITTEN).await, [3]);
    assert_eq!(directly(folder.path(), "select marked from meta").await, [3], "the room's first entry too");
}

#[tokio::test]
async fn marks_are_written_when_enough_was_said() {
    let folder = tempfile::tempdir().unwrap();
    let store = begun(options(folder.path())).await;
    let batch = vec![say(ANN, "again"); 500];
    for _ in 0..101 {
        store.commit(&batch).await.unwrap();
    }
    let last = 1 + 101 * 500;
    assert_eq!(store.unread(ANN, TEA).await.unwrap(), (Seq(last), 0));
    store.close().await.unwrap();
    assert_eq!(directly(folder.path(), WRITTEN).await, [50_001]);
    assert_eq!(directly(folder.path(), "select marked from meta").await, [50_001]);
}
