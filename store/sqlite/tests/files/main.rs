//! What the files on the disk promise: nobody reads bodies in them, and what can't be used is left as it was.

#![expect(clippy::unwrap_used, reason = "where a helper of a test can't go on, the test has failed")]

mod apps;
mod at_rest;
mod damage;
mod marks;
mod recalled;

use sqlx::{Connection as _, SqliteConnection};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::contract::bench::{ANN, CY, TEA, account, room, say, words};
use store::{
    Consumer, Error, Fate, MasterKey, NewAct, NewEntry, Opening, SessionEnd, SessionState, Store, StoredWill,
};
use store_sqlite::{Options, SqliteStore};

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn options(folder: &Path) -> Options {
    Options { reserve: 0, ..Options::new(folder, MasterKey::from_text(KEY).unwrap()) }
}

/// Ann in her room.
async fn begun(options: Options) -> Arc<SqliteStore> {
    let store = SqliteStore::open(options).await.unwrap();
    store.add_account(&account(ANN)).await.unwrap();
    store.make_room(&room(TEA, "tea", &[ANN])).await.unwrap();
    store
}

async fn directly(folder: &Path, sql: &'static str) -> Vec<i64> {
    let url = format!("sqlite:{}", folder.join("natter.db").display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    let rows = sqlx::query_scalar(sql).fetch_all(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    rows
}

/// What the folder holds, byte for byte. The lock is no data.
fn bytes_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let data =
        files.filter(|path| path.extension().is_some_and(|end| end.to_string_lossy().starts_with("db")));
    let mut data: Vec<_> = data.map(|path| (path.display().to_string(), fs::read(&path).unwrap())).collect();
    data.sort();
    data
}

fn contains(folder: &Path, text: &str) -> bool {
    bytes_of(folder).iter().any(|(_, bytes)| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
}

#[tokio::test]
async fn no_body_reply_or_will_can_be_read_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let store = begun(options(folder.path())).await;
    let mut spoken = say(ANN, "planted-body");
    let NewAct::Say(content) = &mut spoken.act else { panic!("something is said") };
    content.data = Some(r#"{"k": "planted-data"}"#.into());
    store.commit(&[spoken]).await.unwrap();
    let will = StoredWill {
        topic: "planted-topic".into(),
        payload: b"planted-will".to_vec(),
        qos: 1,
        delay: 1,
        properties: vec![],
        retain: false,
        said: b"planted-said".to_vec(),
    };
    let opened = store.open_session(Opening { will: Some(&will), ..device("phone") }).await.unwrap();
    let replies = vec!["planted-reply".into()];
    let end = SessionEnd {
        id: opened.id.unwrap(),
        epoch: opened.epoch,
        state: SessionState { replies, ..SessionState::default() },
        expires_at: None,
        will: Some((will, ANN_CAME)),
        at: ANN_CAME,
    };
    store.close_sessions(&[end]).await.unwrap();
    assert!(contains(folder.path(), "phone"), "what is in clear is found in the write-ahead log");
    assert!(!contains(folder.path(), "planted"));
    store.close().await.unwrap();
    assert!(contains(folder.path(), "phone"), "and in the file");
    assert!(!contains(folder.path(), "planted"));
}

const ANN_CAME: chat::Timestamp = chat::Timestamp(1);

/// A device of Ann's, whose session is kept for ever.
fn device(client_id: &str) -> Opening<'_> {
    Opening {
        user: ANN,
        client_id,
        clean_start: false,
        keep: Some(u32::MAX),
        devices: 20,
        will: None,
        now: ANN_CAME,
    }
}

#[tokio::test]
async fn only_the_owner_can_read_the_folder_and_what_is_in_it() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    let store = begun(Options { reserve: 4_096, ..options(&folder) }).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for name in ["natter.db", "natter.db-wal", "natter.db-shm", "natter.lock"] {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_folder_in_use_is_not_opened_twice() {
    let folder = tempfile::tempdir().unwrap();
    let store = begun(options(folder.path())).await;
    let second = SqliteStore::open(options(folder.path())).await.map(drop);
    assert!(matches!(second, Err(Error::Locked(_))), "{second:?}");
    store.close().await.unwrap();
    let third = SqliteStore::open(options(folder.path())).await.unwrap();
    third.close().await.unwrap();
}

#[tokio::test]
async fn a_store_that_was_dropped_lets_go_of_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    drop(begun(options(folder.path())).await);
    let again = async {
        loop {
            match SqliteStore::open(options(folder.path())).await {
                Err(Error::Locked(_)) => tokio::task::yield_now().await,
                other => break other.unwrap(),
            }
        }
    };
    let store = tokio::time::timeout(Duration::from_secs(30), again).await.unwrap();
    assert_eq!(store.rooms(None, 10).await.unwrap().len(), 1);
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_database_of_a_newer_natter_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    begun(options(folder.path())).await.close().await.unwrap();
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                 values (9999, 'of tomorrow', 1, x'00', 1) returning version";
    assert_eq!(directly(folder.path(), newer).await, [9_999]);
    let before = bytes_of(folder.path());
    let opened = SqliteStore::open(options(folder.path())).await.map(drop);
    let refused = matches!(opened, Err(Error::NewerVersion { found: 9_999, known }) if known < 9_999);
    assert!(refused, "{opened:?}");
    assert_eq!(bytes_of(folder.path())[0], before[0]);
}

#[tokio::test]
async fn a_file_that_is_no_database_of_ours_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("natter.db");
    let another = async {
        let mut conn =
            SqliteConnection::connect(&format!("sqlite:{}?mode=rwc", path.display())).await.unwrap();
        sqlx::query("create table recipes (name text)").execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        fs::read(&path).unwrap()
    };
    let another = another.await;
    let torn = [&another[..100], &[7; 8_000][..]].concat();
    for found in
        [b"these are my notes, not yours, and they are longer than a header".repeat(9), another, torn]
    {
        fs::write(&path, &found).unwrap();
        let opened = SqliteStore::open(options(folder.path())).await.map(drop);
        assert!(matches!(opened, Err(Error::Unusable { .. })), "{opened:?}");
        assert!(fs::read(&path).unwrap() == found, "the file was changed");
    }
}

#[tokio::test]
async fn a_full_store_says_so_keeps_what_it_has_and_goes_on_when_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    let small = Options { max_pages: Some(200), ..options(folder.path()) };
    let store = begun(small).await;
    let long = || NewEntry { act: NewAct::Say(chat::Content::text(vec![b'x'; 20_000])), ..say(ANN, "") };
    let mut kept = 0;
    let full = loop {
        match store.commit(&[long(), long(), long()]).await {
            Ok(_) => kept += 3,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, Error::Full), "{full:?}");
    assert!(kept > 3);
    let end = || async { store.heads(&[TEA]).await.unwrap()[0].last_seq.0 };
    assert_eq!(end().await, 1 + kept, "of the batch that did not fit there is nothing");
    assert_eq!(store.commit(&[say(ANN, "short")]).await.unwrap().len(), 1, "what fits still fits");
    store.close().await.unwrap();
    let store = SqliteStore::open(options(folder.path())).await.unwrap();
    let fates = store.commit(&[long(), long()]).await.unwrap();
    let stored = |seq: u64| Fate::stored(chat::Seq(seq), seq - 1);
    assert_eq!(fates, [stored(kept + 3), stored(kept + 4)]);
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_write_that_cannot_be_done_fails_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = begun(options(folder.path())).await;
    let mut poison = room(chat::RoomId(9), "poison", &[CY]);
    poison.by = CY;
    let spoken = [say(ANN, "one"), say(ANN, "two")];
    let newcomer = account(chat::UserId(55));
    let (first, bad, second, made) = tokio::join!(
        store.commit(&spoken[..1]),
        store.make_room(&poison),
        store.commit(&spoken[1..]),
        store.add_account(&newcomer),
    );
    assert!(matches!(bad, Err(Error::Broken(_))), "cy has no account: {bad:?}");
    let stored = |seq: u64| vec![Fate::stored(chat::Seq(seq), seq - 1)];
    assert_eq!((first.unwrap(), second.unwrap(), made.unwrap()), (stored(2), stored(3), true));
    assert_eq!(store.rooms(None, 10).await.unwrap().len(), 1);
    store.close().await.unwrap();
}

#[tokio::test]
async fn whatever_is_said_a_consumer_has_one_row_for_a_room() {
    let folder = tempfile::tempdir().unwrap();
    let consumers = vec![
        Consumer { kind: 1, after: Duration::from_secs(30) },
        Consumer { kind: 2, after: Duration::ZERO },
    ];
    let store = begun(Options { consumers, ..options(folder.path()) }).await;
    store.commit(&[say(ANN, "one"), say(ANN, "two")]).await.unwrap();
    store.commit(&[NewEntry { at: chat::Timestamp(7_000), ..say(ANN, "three") }]).await.unwrap();
    store.close().await.unwrap();
    let due =
        "select room_id * 1000000 + kind * 100000 + from_seq * 10000 + due_at / 10 from due order by kind";
    let row = |kind: i64, due: i64| TEA.0 * 1_000_000 + kind * 100_000 + 2 * 10_000 + due / 10;
    assert_eq!(directly(folder.path(), due).await, [row(1, 31_000), row(2, 1_000)]);
}

#[tokio::test]
async fn what_was_answered_is_there_when_the_process_was_killed() {
    let (folder, after) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = begun(options(folder.path())).await;
    store.commit(&[say(ANN, "one"), say(ANN, "two")]).await.unwrap();
    for file in ["natter.db", "natter.db-wal"] {
        fs::copy(folder.path().join(file), after.path().join(file)).unwrap();
    }
    store.close().await.unwrap();
    let store = SqliteStore::open(options(after.path())).await.unwrap();
    assert_eq!(store.read(TEA, chat::Seq(1), chat::Seq(9), 10, ANN_CAME).await.unwrap().len(), 2);
    assert_eq!(store.commit(&[say(ANN, "three")]).await.unwrap(), [Fate::stored(chat::Seq(4), 3)]);
    store.close().await.unwrap();
}

#[tokio::test]
async fn in_another_life_of_the_log_a_session_is_cut_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let store = begun(options(folder.path())).await;
    let opened = store.open_session(device("phone")).await.unwrap();
    let past = store::Cursor { resume: 90, delivered: 80 };
    store
        .save_cursors(&[(opened.id.unwrap(), 1, vec![(TEA, past), (chat::RoomId(404), past)])])
        .await
        .unwrap();
    store.close().await.unwrap();
    let restored = "update meta set incarnation = 2 returning incarnation";
    assert_eq!(directly(folder.path(), restored).await, [2]);
    let store = SqliteStore::open(options(folder.path())).await.unwrap();
    assert_eq!(store.incarnation(), 2);
    let reopen = || async { store.open_session(device("phone")).await.unwrap().found.unwrap() };
    let (first, second) = (reopen().await, reopen().await);
    assert_eq!((first.incarnation, second.incarnation), (1, 2));
    let end = store::Cursor { resume: 1, delivered: 1 };
    assert_eq!((first.state.cursors, second.state.cursors), (vec![(TEA, end)], vec![(TEA, end)]));
    store.close().await.unwrap();
}

#[tokio::test]
async fn space_can_be_given_back_and_commits_are_synchronous() {
    let folder = tempfile::tempdir().unwrap();
    begun(options(folder.path())).await.close().await.unwrap();
    let incremental = 2;
    assert_eq!(directly(folder.path(), "pragma auto_vacuum").await, [incremental]);
    assert_eq!(directly(folder.path(), "pragma foreign_key_check").await, [0; 0]);
}
