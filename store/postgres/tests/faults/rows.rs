//! What the rows hold, for those who look into the database.

use super::*;
use std::time::Duration;
use store::contract::bench::say;
use store::{
    Consumer, NewAct, NewEntry, NewMessage, Opening, Queued, Receiver, Retain, SessionEnd, SessionId,
    SessionState, StoredWill,
};
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_says_nothing_in_the_database_and_is_deleted_when_the_last_session_has_it() {
    let postgres = Postgres::start();
    let store = begun(&postgres.url).await;
    let mut sessions = Vec::new();
    for client_id in ["phone", "watch"] {
        let (clean_start, keep, devices, will) = (false, Some(u32::MAX), 20, None);
        let opening = Opening { user: ANN, client_id, clean_start, keep, devices, will, now: NOW };
        sessions.push(store.open_session(opening).await.unwrap().id.unwrap());
    }
    let how = Queued { qos: 1, retain: false, subscription_ids: vec![], turn: None };
    let message = |id, sessions: &[SessionId]| NewMessage {
        id,
        topic: "apps/in-clear".into(),
        payload: b"planted-payload"[..].into(),
        properties: b"planted-properties".to_vec(),
        qos: 1,
        at: NOW,
        expires_at: None,
        retain: Retain::Keep,
        receivers: sessions.iter().map(|session| Receiver { session: *session, how: how.clone() }).collect(),
        inbound: None,
    };
    let batch = [message(1, &sessions[..1]), message(2, &sessions), message(3, &sessions)];
    store.apps().publish(&batch).await.unwrap();
    let planted =
        "select count(*) from (select body from app_message union all select body from app_retained) t
                   where encode(body, 'escape') like '%planted%'";
    assert_eq!(numbers(&postgres.url, planted).await, [0]);
    let there = async || {
        let messages = numbers(&postgres.url, "select id from app_message order by id").await;
        (messages, numbers(&postgres.url, "select message from app_shared order by message").await)
    };
    store.apps().done(&[(sessions[0], vec![1, 2])]).await.unwrap();
    assert_eq!(there().await, (vec![2, 3], vec![2, 3]));
    store.apps().done(&[(sessions[1], vec![2])]).await.unwrap();
    assert_eq!(there().await, (vec![3], vec![3]));
    store.end_session(sessions[0], 1).await.unwrap();
    store.end_session(sessions[1], 1).await.unwrap();
    assert_eq!(store.apps().sweep(NOW, 10).await.unwrap(), 2);
    assert_eq!(there().await, (vec![], vec![]));
    assert_eq!(numbers(&postgres.url, "select session from app_ended").await, [0; 0]);
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_message_keeps_no_session_from_the_others() {
    let postgres = Postgres::start();
    let store = begun(&postgres.url).await;
    let (client_id, clean_start, keep, devices, will) = ("phone", false, Some(u32::MAX), 20, None);
    let opening = Opening { user: ANN, client_id, clean_start, keep, devices, will, now: NOW };
    let session = store.open_session(opening).await.unwrap().id.unwrap();
    let how = Queued { qos: 1, retain: false, subscription_ids: vec![], turn: None };
    let message = |id: i64| NewMessage {
        id,
        topic: format!("t/{id}"),
        payload: b"warm"[..].into(),
        properties: vec![],
        qos: 1,
        at: NOW,
        expires_at: None,
        retain: Retain::Keep,
        receivers: vec![Receiver { session, how: how.clone() }],
        inbound: None,
    };
    store.apps().publish(&[message(1), message(2), message(3), message(4)]).await.unwrap();
    directly(
        &postgres.url,
        "update app_message set body = set_byte(body, 20, 255 - get_byte(body, 20)) where id in (2, 3)",
    )
    .await;
    directly(
        &postgres.url,
        "update app_retained set body = set_byte(body, 20, 255 - get_byte(body, 20)) where id <> 4",
    )
    .await;
    let waiting = async |after, limit| {
        let page = store.apps().waiting(session, after, limit, NOW).await.unwrap();
        page.into_iter().map(|one| one.message.id).collect::<Vec<_>>()
    };
    assert_eq!(waiting(0, 10).await, [1, 4]);
    assert_eq!(waiting(1, 1).await, [4], "an empty page would be the end");
    let retained = store.apps().retained(None, 1, NOW).await.unwrap();
    assert_eq!(retained.into_iter().map(|message| message.id).collect::<Vec<_>>(), [4]);
    store.close().await.unwrap();
}
