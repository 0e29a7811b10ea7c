//! What the rows hold, for those who look into the database.

use super::*;
use std::time::Duration;
use store::contract::bench::say;
use store::{Consumer, NewAct, NewEntry, Opening, SessionEnd, SessionState, StoredWill};
use tests::Postgres;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_body_reply_or_will_can_be_read_in_the_database() {
    let postgres = Postgres::start();
    let store = begun(&postgres.url).await;
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
    let opening = Opening {
        user: ANN,
        client_id: "phone",
        clean_start: false,
        keep: Some(u32::MAX),
        devices: 20,
        will: Some(&will),
        now: NOW,
    };
    let opened = store.open_session(opening).await.unwrap();
    let state = SessionState { replies: vec!["planted-reply".into()], ..SessionState::default() };
    let (id, epoch) = (opened.id.unwrap(), opened.epoch);
    let end = SessionEnd { id, epoch, state, expires_at: None, will: Some((will, NOW)), at: NOW };
    store.close_sessions(&[end]).await.unwrap();
    let found = async |text: &str| {
        let rows = |table: &str| {
            format!("select count(*) from {table} t where encode(t::text::bytea, 'escape') like '%{text}%'")
        };
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        let mut count = 0;
        for table in ["message", "session", "room", "sender_key"] {
            let binary = format!("select count(*) from {table} t where t::text like '%{hex}%'");
            count += numbers(&postgres.url, &rows(table)).await[0] + numbers(&postgres.url, &binary).await[0];
        }
        count
    };
    assert!(found("phone").await > 0, "what is in clear is found");
    assert_eq!(found("planted").await, 0);
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_said_a_consumer_has_one_row_for_a_room() {
    let postgres = Postgres::start();
    let consumers = vec![
        Consumer { kind: 1, after: Duration::from_secs(30) },
        Consumer { kind: 2, after: Duration::ZERO },
    ];
    let mut options = options(&postgres.url);
    options.consumers = consumers;
    let store = furnished(PostgresStore::open(options).await.unwrap()).await;
    store.commit(&[say(ANN, "one"), say(ANN, "two")]).await.unwrap();
    store.commit(&[NewEntry { at: chat::Timestamp(7_000), ..say(ANN, "three") }]).await.unwrap();
    store.close().await.unwrap();
    let due = "select kind * 1000000 + from_seq * 100000 + due_at from due order by kind";
    assert_eq!(numbers(&postgres.url, due).await, [1_231_000, 2_201_000]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_body_is_told_and_keeps_nobody_from_the_others() {
    let postgres = Postgres::start();
    let store = begun(&postgres.url).await;
    let spoken: Vec<_> = (2..=6).map(|n| say(ANN, &format!("number {n}"))).collect();
    store.commit(&spoken).await.unwrap();
    let touched =
        "update message set body = set_byte(body, length(body) - 1, 255 - get_byte(body, length(body) - 1))
                   where seq in (3, 4)";
    directly(&postgres.url, touched).await;
    let left: Vec<_> = [2, 5, 6].map(|n| (n, format!("number {n}"))).into();
    assert_eq!(said(&*store).await, left);
    assert_eq!(store.damaged_entries(), 2);
    let page = store.read(TEA, chat::Seq(1), chat::Seq(9), 2, NOW).await.unwrap();
    assert_eq!(page.iter().map(|entry| entry.seq.0).collect::<Vec<_>>(), [2, 5], "it goes on behind them");
    store.close().await.unwrap();
}
