//! What comes in, and what does not.

use crate::stage::{ANN, Stage, comes_about, files, noise, parts, upload};
use bytes::Bytes;
use futures_util::StreamExt as _;
use media::{Config, MediaError};
use std::time::Duration;
use store::{Allowance, BegunMedia, NewMedia, seal::FileKey};

#[tokio::test]
async fn what_was_taken_is_whole_and_sealed_and_read_from_anywhere() {
    let stage = Stage::set().await;
    let long = noise(9 << 20);
    let media = stage.take(long.clone()).await.unwrap();
    assert_eq!((media.size, &*media.kind), (9 << 20, "application/octet-stream"));
    assert_eq!(stage.read(media.id, 0..media.size).await.unwrap(), long);
    for range in [0..1, 65_535..65_537, 131_072..131_073, media.size - 1..media.size, 1_000_000..3_000_000] {
        let (from, to) = (range.start as usize, range.end as usize);
        assert_eq!(stage.read(media.id, range).await.unwrap(), &long[from..to]);
    }
    let path = format!("media/{:02x}/{}.file", media.id.0.rem_euclid(256), media.id);
    let on_disk = std::fs::read(stage.folder.path().join(path)).unwrap();
    assert!(on_disk.len() > long.len() && !on_disk.windows(64).any(|part| part == &long[100..164]));
    assert_eq!(files(&stage.folder.path().join("media-incoming")), 0);
}

#[tokio::test]
async fn what_is_changed_on_the_disk_is_not_given_out() {
    let stage = Stage::set().await;
    let media = stage.take(noise(200_000)).await.unwrap();
    let path = format!("media/{:02x}/{}.file", media.id.0.rem_euclid(256), media.id);
    let path = stage.folder.path().join(path);
    let mut on_disk = std::fs::read(&path).unwrap();
    on_disk[100_000] ^= 1;
    std::fs::write(&path, on_disk).unwrap();
    assert!(stage.read(media.id, 0..10).await.is_ok());
    let changed = stage.read(media.id, 0..media.size).await;
    assert!(matches!(changed, Err(MediaError::Store(store::Error::NotAuthentic))), "{changed:?}");
}

#[tokio::test]
async fn what_breaks_off_or_is_too_large_leaves_nothing() {
    let stage = Stage::with(|config| Config { largest: 1 << 20, ..config }).await;
    stage.desk.sweep();
    let mut broken = futures_util::stream::iter([Ok(noise(70_000)), Err(MediaError::BrokenOff)]).boxed();
    let taken = stage.desk.take(upload(None), &mut broken).await;
    assert!(matches!(taken, Err(MediaError::BrokenOff)), "{taken:?}");
    let taken = stage.desk.take(upload(Some(100_000)), &mut parts(vec![noise(70_000)])).await;
    assert!(matches!(taken, Err(MediaError::BrokenOff)), "{taken:?}");
    let taken = stage.desk.take(upload(None), &mut parts(vec![noise(600_000); 2])).await;
    assert!(matches!(taken, Err(MediaError::TooLarge(_))), "{taken:?}");
    assert!(matches!(stage.take(Bytes::new()).await, Err(MediaError::Empty)));
    stage.is_swept().await;
    assert_eq!(files(&stage.folder.path().join("media-incoming")), 0);
}

#[tokio::test]
async fn an_allowance_is_free_again_when_an_upload_fails() {
    let few = Allowance { bytes: 100_000, count: 10 };
    let stage = Stage::with(|config| Config { allowance: few, ..config }).await;
    for _ in 0..3 {
        let taken = stage.desk.take(upload(Some(90_000)), &mut parts(vec![noise(10)])).await;
        assert!(matches!(taken, Err(MediaError::BrokenOff)), "{taken:?}");
    }
    stage.take(noise(90_000)).await.unwrap();
    assert!(matches!(stage.take(noise(20_000)).await, Err(MediaError::TooManyBytes(100_000))));
}

#[tokio::test]
async fn who_stands_still_or_sends_too_little_loses_the_place() {
    let hasty = |config| Config { idle: Duration::from_millis(50), ..config };
    let stage = Stage::with(hasty).await;
    let mut silent = parts(vec![noise(10_000)]).chain(futures_util::stream::pending()).boxed();
    let taken = stage.desk.take(upload(None), &mut silent).await;
    assert!(matches!(taken, Err(MediaError::TooSlow(_))), "{taken:?}");
}

#[tokio::test]
async fn more_than_may_be_under_way_is_told_to_come_again() {
    let stage = Stage::with(|config| Config { at_once_per_user: 1, ..config }).await;
    let (begins, begun) = tokio::sync::oneshot::channel();
    let first = futures_util::stream::once(async move {
        begins.send(()).unwrap();
        Ok(noise(10_000))
    });
    let mut silent = first.chain(futures_util::stream::pending()).boxed();
    let desk = stage.desk.clone();
    let first = tokio::spawn(async move { desk.take(upload(None), &mut silent).await });
    begun.await.unwrap();
    assert!(matches!(stage.take(noise(10)).await, Err(MediaError::Busy)));
    // Who goes away in the middle gives the place back.
    first.abort();
    first.await.unwrap_err();
    stage.take(noise(10)).await.unwrap();
}

#[tokio::test]
async fn an_upload_that_was_swept_out_is_not_there_though_its_last_byte_comes() {
    let stage = Stage::set().await;
    let key = FileKey::fresh().unwrap();
    let new = NewMedia { id: upload(None).id, owner: ANN, held: 1, key, at: store::stored::now() };
    let begun = stage.store.shelf().begin_media(&new, Allowance { bytes: 10, count: 10 }).await.unwrap();
    assert_eq!(begun, BegunMedia::Begun);
    assert!(stage.store.shelf().drop_media(new.id, ANN).await.unwrap());
    assert!(stage.found(new.id).await.is_none());
}

#[tokio::test]
async fn uploads_leave_on_the_disk_what_others_need() {
    // More than any disk has.
    let stage = Stage::with(|config| Config { keep_free: u64::MAX, ..config }).await;
    let refused = stage.take(noise(1_000)).await.unwrap_err();
    assert!(matches!(refused, MediaError::Full) && refused.retry_after().is_some(), "{refused:?}");
    // One that does not say how long it is is stopped on its way.
    let refused = stage.desk.take(upload(None), &mut parts(vec![noise(3 << 20)])).await.unwrap_err();
    assert!(matches!(refused, MediaError::Full), "{refused:?}");
    assert_eq!(stage.kept(), 0);
}

#[tokio::test]
async fn who_goes_away_in_the_middle_holds_nothing() {
    let one = Allowance { bytes: 1 << 20, count: 1 };
    let stage = Stage::with(|config| Config { allowance: one, ..config }).await;
    let half = futures_util::stream::once(async { Ok(noise(100_000)) });
    let mut coming = half.chain(futures_util::stream::pending()).boxed();
    let upload = upload(Some(200_000));
    let id = upload.id;
    let has_row = async || stage.store.shelf().unknown_media(&[id]).await.unwrap().is_empty();
    tokio::select! {
        taken = stage.desk.take(upload, &mut coming) => panic!("it is half of it: {taken:?}"),
        () = comes_about(has_row) => {}
    }
    // Its sender is gone, and the only place is free again.
    comes_about(async || stage.take(noise(1_000)).await.is_ok()).await;
}
