//! Rows that are not what we wrote: nobody is kept from the others by them.

use super::*;

#[tokio::test]
async fn a_damaged_body_is_told_once_and_keeps_nobody_from_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = begun(options(folder.path())).await;
    let spoken: Vec<_> = (2..=9).map(|n| say(ANN, &format!("number {n}"))).collect();
    store.commit(&spoken).await.unwrap();
    store.close().await.unwrap();
    // The last byte belongs to what proves that a body is whole.
    let touched = "update message set body = cast(substr(body, 1, length(body) - 1)
                       || case hex(substr(body, -1)) when '00' then x'01' else x'00' end as blob)
                   where seq in (3, 4) returning seq";
    assert_eq!(directly(folder.path(), touched).await, [3, 4]);
    let store = SqliteStore::open(options(folder.path())).await.unwrap();
    let page = async |after: u64, to: u64, limit: u32| {
        let page = store.read(TEA, chat::Seq(after), chat::Seq(to), limit, ANN_CAME).await.unwrap();
        page.iter().map(|entry| (entry.seq.0, words(entry))).collect::<Vec<_>>()
    };
    let said = |seqs: &[u64]| seqs.iter().map(|n| (*n, format!("number {n}"))).collect::<Vec<_>>();
    assert_eq!(page(1, 9, 10).await, said(&[2, 5, 6, 7, 8, 9]));
    assert_eq!(page(1, 9, 2).await, said(&[2, 5]), "a page with less in it would be the last");
    assert_eq!(page(2, 9, 2).await, said(&[5, 6]));
    assert_eq!(page(2, 4, 1).await, []);
    let picked = store.pick(&[(TEA, chat::Seq(4)), (TEA, chat::Seq(5))]).await.unwrap();
    assert_eq!(picked.iter().map(words).collect::<Vec<_>>(), ["number 5"]);
    assert_eq!(store.damaged_entries(), 2);
    assert_eq!(store.commit(&[say(ANN, "still")]).await.unwrap(), [Fate::stored(chat::Seq(10), 9)]);
    store.close().await.unwrap();
}

#[tokio::test]
async fn what_this_program_cannot_read_for_another_reason_is_not_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let store = begun(options(folder.path())).await;
    store.commit(&[say(ANN, "the kettle is on")]).await.unwrap();
    store.close().await.unwrap();
    let unheard_of = "update message set kind = 255 where seq = 2 returning seq";
    assert_eq!(directly(folder.path(), unheard_of).await, [2]);
    let store = SqliteStore::open(options(folder.path())).await.unwrap();
    let read = store.read(TEA, chat::Seq(1), chat::Seq(9), 10, ANN_CAME).await;
    assert!(matches!(read, Err(Error::Damaged(_))), "{read:?}");
    store.close().await.unwrap();
}

#[tokio::test]
async fn damaged_wills_and_answers_keep_no_device_out_and_no_other_will_in() {
    let folder = tempfile::tempdir().unwrap();
    let store = begun(options(folder.path())).await;
    let will = StoredWill {
        topic: "gone".into(),
        payload: vec![],
        qos: 1,
        delay: 0,
        properties: vec![],
        retain: false,
        said: vec![],
    };
    let end = async |client_id: &'static str| {
        let opened = store.open_session(device(client_id)).await.unwrap();
        let state = SessionState { replies: vec!["refused".into()], ..SessionState::default() };
        let (id, epoch, will) = (opened.id.unwrap(), opened.epoch, Some((will.clone(), ANN_CAME)));
        let end = SessionEnd { id, epoch, state, expires_at: None, will, at: ANN_CAME };
        store.close_sessions(&[end]).await.unwrap();
    };
    end("phone").await;
    end("laptop").await;
    store.close().await.unwrap();
    let touched = "update session set will = zeroblob(60), replies = zeroblob(60) where client_id = 'phone' returning id";
    assert_eq!(directly(folder.path(), touched).await.len(), 1);
    let store = SqliteStore::open(options(folder.path())).await.unwrap();
    let taken = store.take_due_wills(ANN_CAME, 10).await.unwrap();
    assert_eq!(taken.into_iter().map(|(_, _, device, _)| device).collect::<Vec<_>>(), ["laptop"]);
    assert!(store.take_due_wills(ANN_CAME, 10).await.unwrap().is_empty());
    assert_eq!(store.open_session(device("phone")).await.unwrap().found.unwrap().state.replies.len(), 0);
    assert_eq!(store.open_session(device("laptop")).await.unwrap().found.unwrap().state.replies.len(), 1);
    store.close().await.unwrap();
}
