//! What the files hold of topics beside chat.

use super::*;
use store::{NewMessage, Queued, Receiver, Retain, SessionId};

/// A message that waits for these and stays at its topic.
fn planted(id: i64, sessions: &[SessionId]) -> NewMessage {
    let how = Queued { qos: 1, retain: false, subscription_ids: vec![], turn: None };
    let receivers = sessions.iter().map(|session| Receiver { session: *session, how: how.clone() });
    NewMessage {
        id,
        topic: "apps/in-clear".into(),
        payload: b"planted-payload"[..].into(),
        properties: b"planted-properties".to_vec(),
        qos: 1,
        at: ANN_CAME,
        expires_at: None,
        retain: Retain::Keep,
        receivers: receivers.collect(),
        inbound: None,
    }
}

async fn seated(store: &SqliteStore, client_id: &str) -> SessionId {
    store.open_session(device(client_id)).await.unwrap().id.unwrap()
}

#[tokio::test]
async fn what_a_message_says_cannot_be_read_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let store = begun(options(folder.path())).await;
    let phone = seated(&store, "phone").await;
    store.apps().publish(&[planted(1, &[phone])]).await.unwrap();
    assert!(contains(folder.path(), "in-clear") && !contains(folder.path(), "planted"));
    store.close().await.unwrap();
    assert!(contains(folder.path(), "in-clear") && !contains(folder.path(), "planted"));
}

#[tokio::test]
async fn a_message_is_deleted_when_the_last_session_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = begun(options(folder.path())).await;
    let all = [seated(&store, "phone").await, seated(&store, "watch").await, seated(&store, "lamp").await];
    let batch = [planted(1, &all[..1]), planted(2, &all), planted(3, &all), planted(4, &all)];
    store.apps().publish(&batch).await.unwrap();
    let there = async || {
        let messages = directly(folder.path(), "select id from app_message order by id").await;
        (messages, directly(folder.path(), "select message from app_shared order by message").await)
    };
    store.apps().done(&[(all[0], vec![1, 2, 3]), (all[1], vec![2, 3])]).await.unwrap();
    assert_eq!(there().await, (vec![2, 3, 4], vec![2, 3, 4]));
    store.apps().done(&[(all[2], vec![2])]).await.unwrap();
    assert_eq!(there().await, (vec![3, 4], vec![3, 4]));
    for session in [all[2], all[1], all[0]] {
        store.end_session(session, 1).await.unwrap();
    }
    assert_eq!(store.apps().sweep(ANN_CAME, 3).await.unwrap(), 3);
    assert_eq!(store.apps().sweep(ANN_CAME, 3).await.unwrap(), 1);
    assert_eq!(there().await, (vec![], vec![]));
    assert_eq!(directly(folder.path(), "select session from app_ended").await, [0; 0]);
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_damaged_message_keeps_no_session_from_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = begun(options(folder.path())).await;
    let phone = seated(&store, "phone").await;
    let batch: Vec<_> =
        (1..=5).map(|id| NewMessage { topic: format!("t/{id}"), ..planted(id, &[phone]) }).collect();
    store.apps().publish(&batch).await.unwrap();
    store.close().await.unwrap();
    let messages = "update app_message set body = zeroblob(60) where id in (2, 3) returning id";
    assert_eq!(directly(folder.path(), messages).await, [2, 3]);
    let retained = "update app_retained set body = zeroblob(60) where id <> 4 returning id";
    assert_eq!(directly(folder.path(), retained).await.len(), 4);
    let store = SqliteStore::open(options(folder.path())).await.unwrap();
    let waiting = async |after, limit| {
        let page = store.apps().waiting(phone, after, limit, ANN_CAME).await.unwrap();
        page.into_iter().map(|one| one.message.id).collect::<Vec<_>>()
    };
    assert_eq!(waiting(0, 10).await, [1, 4, 5]);
    assert_eq!(waiting(1, 1).await, [4], "an empty page would be the end");
    let retained = store.apps().retained(None, 1, ANN_CAME).await.unwrap();
    assert_eq!(retained.into_iter().map(|message| message.id).collect::<Vec<_>>(), [4]);
    store.close().await.unwrap();
}

#[tokio::test]
async fn on_a_full_disk_a_message_is_refused_and_acknowledgements_make_room() {
    let folder = tempfile::tempdir().unwrap();
    let small = Options { max_pages: Some(400), ..options(folder.path()) };
    let store = begun(small).await;
    let phone = seated(&store, "phone").await;
    let large =
        |id| NewMessage { payload: vec![b'x'; 20_000].into(), retain: Retain::No, ..planted(id, &[phone]) };
    let mut kept = 0;
    let full = loop {
        match store.apps().publish(&[large(kept + 1), large(kept + 2)]).await {
            Ok(_) => kept += 2,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, Error::Full), "{full:?}");
    assert!(kept > 4);
    store.apps().done(&[(phone, vec![1, 2])]).await.unwrap();
    store.apps().publish(&[large(kept + 1), large(kept + 2)]).await.unwrap();
    store.close().await.unwrap();
}
