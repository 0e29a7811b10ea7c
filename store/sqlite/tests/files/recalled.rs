//! What was recalled is in no file any more.

use super::{begun, bytes_of, options};
use sqlx::{Connection as _, SqliteConnection};
use std::path::Path;
use store::Store as _;
use store::contract::bench::{ANN, edit, recall, say};
use store_sqlite::SqliteStore;

/// The stored bodies of these entries.
async fn bodies(folder: &Path, entries: &'static str) -> Vec<Vec<u8>> {
    let url = format!("sqlite:{}", folder.join("natter.db").display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    let rows = sqlx::query_scalar(entries).fetch_all(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    rows
}

/// How many of these can be found in the files, by what they begin or end with.
fn found(folder: &Path, bodies: &[Vec<u8>]) -> usize {
    let files = bytes_of(folder);
    let is_in =
        |part: &[u8]| files.iter().any(|(_, bytes)| bytes.windows(part.len()).any(|bytes| bytes == part));
    bodies.iter().filter(|body| is_in(&body[..24]) || is_in(&body[body.len() - 24..])).count()
}

#[tokio::test]
async fn what_was_recalled_is_not_in_the_files_any_more_not_even_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let store = begun(options(folder.path())).await;
    // Longer than a page of the file, so that it lies on pages of its own too.
    let long = "the spare key is under the mat ".repeat(400);
    store.commit(&[say(ANN, "one"), say(ANN, &long), edit(ANN, 3, "under the pot")]).await.unwrap();
    store.close().await.unwrap();
    let kept = bodies(folder.path(), "select body from message where seq = 2").await;
    let gone = bodies(folder.path(), "select body from message where seq in (3, 4)").await;
    assert_eq!(found(folder.path(), &gone), 2, "or this test shows nothing");

    let store = SqliteStore::open(options(folder.path())).await.unwrap();
    store.commit(&[recall(ANN, 3)]).await.unwrap();
    store.close().await.unwrap();
    assert_eq!(found(folder.path(), &gone), 0);
    assert_eq!(found(folder.path(), &kept), 1);
}
