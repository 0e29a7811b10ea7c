//! What is swept out.

use crate::stage::{ANN, Stage, comes_about, noise};
use chat::{MediaId, Timestamp};
use media::{Config, Desk, MediaError};
use std::time::{Duration, SystemTime};
use store::seal::FileKey;
use store::{Allowance, BegunMedia, NewMedia};

#[tokio::test]
async fn what_its_owner_deletes_is_gone_at_once_and_soon_from_the_disk() {
    let stage = Stage::set().await;
    stage.desk.sweep();
    let media = stage.take(noise(1_000)).await.unwrap();
    assert_eq!(stage.kept(), 1);
    stage.desk.delete(media.id, ANN).await.unwrap();
    assert!(matches!(stage.desk.seen_by(media.id, ANN).await, Err(MediaError::NotFound)));
    stage.is_swept().await;
    let again = stage.desk.delete(media.id, ANN).await;
    assert!(matches!(again, Err(MediaError::NotFound)));
}

#[tokio::test]
async fn what_nobody_shows_goes_after_its_grace() {
    let stage = Stage::with(|config| Config { grace: Duration::from_millis(1), ..config }).await;
    stage.take(noise(1_000)).await.unwrap();
    stage.desk.sweep();
    stage.is_swept().await;
}

#[tokio::test]
async fn what_was_erased_before_a_crash_is_deleted_after_it() {
    let stage = Stage::set().await;
    let media = stage.take(noise(1_000)).await.unwrap();
    // The store says that it goes, and nobody has deleted its bytes.
    assert!(stage.store.shelf().drop_media(media.id, ANN).await.unwrap());
    assert_eq!(stage.kept(), 1);
    stage.desk.sweep();
    stage.is_swept().await;
}

#[tokio::test]
async fn what_was_coming_when_the_process_ended_is_swept_out_at_the_next_start() {
    let stage = Stage::set().await;
    let key = FileKey::fresh().unwrap();
    let before = Timestamp(store::stored::now().0 - 1);
    let new = NewMedia { id: MediaId(7), owner: ANN, held: 1 << 20, key, at: before };
    let begun = stage.store.shelf().begin_media(&new, Allowance { bytes: 2 << 20, count: 10 }).await.unwrap();
    assert_eq!(begun, BegunMedia::Begun);
    let desk = Desk::open(Config::in_folder(stage.folder.path()), stage.store.clone()).unwrap();
    desk.sweep();
    comes_about(async || !stage.store.shelf().unknown_media(&[new.id]).await.unwrap().is_empty()).await;
}

#[tokio::test]
async fn bytes_that_belong_to_nobody_are_found_and_deleted() {
    let stage = Stage::set().await;
    let shard = stage.folder.path().join("media/00");
    std::fs::create_dir_all(&shard).unwrap();
    let old = SystemTime::now() - Duration::from_secs(7_200);
    for (name, written) in [("256.file", old), ("512.thumbnail", old), ("768.file", SystemTime::now())] {
        let file = std::fs::File::create(shard.join(name)).unwrap();
        file.set_modified(written).unwrap();
    }
    stage.desk.sweep();
    comes_about(async || stage.kept() <= 1).await;
    assert!(shard.join("768.file").exists(), "it may belong to a row that is being made");
}

#[tokio::test]
async fn what_a_crash_left_half_written_is_taken_away_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let place = media::Place::Folder(folder.path().to_owned());
    std::fs::create_dir_all(folder.path().join("3f")).unwrap();
    std::fs::write(folder.path().join("3f/63.file#1"), "half").unwrap();
    std::fs::write(folder.path().join("3f/63.file"), "whole").unwrap();
    media::Depot::open(&place, Duration::from_secs(60)).unwrap();
    assert!(!folder.path().join("3f/63.file#1").exists() && folder.path().join("3f/63.file").exists());
}
