//! Topics that are none of chat's: what waits for sessions, and what stays at its topic.

use super::bench::*;
use super::device::*;
use crate::{
    AccountChange, AccountState, AppSession, Grant, NewMessage, Opening, Queued, Receiver, Retain,
    SessionEnd, SessionId, StoredMessage, Taken, Turn, Waiting,
};
use bytes::Bytes;
use chat::{RoomId, Seq, Timestamp, UserId};

/// Before anything of these tests expires.
const NOW: Timestamp = Timestamp(2_000);

/// A message for nobody.
fn message(id: i64, topic: &str, payload: &str) -> NewMessage {
    NewMessage {
        id,
        topic: topic.to_owned(),
        payload: Bytes::copy_from_slice(payload.as_bytes()),
        properties: b"packed".to_vec(),
        qos: 1,
        at: Timestamp(1_000),
        expires_at: None,
        retain: Retain::No,
        receivers: Vec::new(),
        inbound: None,
    }
}

pub(super) const ONCE: Queued = Queued { qos: 1, retain: false, subscription_ids: Vec::new(), turn: None };

/// A message that waits for these, and says its number.
pub(super) fn waits(id: i64, sessions: &[SessionId]) -> NewMessage {
    let receivers = sessions.iter().map(|session| Receiver { session: *session, how: ONCE }).collect();
    NewMessage { receivers, ..message(id, "apps/oven/warm", &format!("number {id}")) }
}

/// A message that its topic retains.
fn stays(id: i64, topic: &str) -> NewMessage {
    NewMessage { retain: Retain::Keep, ..message(id, topic, &format!("number {id}")) }
}

/// What is found of it.
fn found(new: &NewMessage) -> StoredMessage {
    let NewMessage { id, topic, payload, properties, qos, at, expires_at, .. } = new.clone();
    StoredMessage { id, topic, payload, properties, qos, at, expires_at }
}

impl Scene {
    /// A device of the user's takes its seat.
    pub(super) async fn device(&self, client_id: &'static str, user: UserId) -> SessionId {
        let opened = self.seat(Opening { client_id, ..phone(user, 1) }).await;
        opened.id.expect("it is kept")
    }

    pub(super) async fn publish(&self, batch: &[NewMessage]) -> Vec<Taken> {
        self.store.apps().publish(batch).await.expect("it is published")
    }

    async fn waiting(&self, session: SessionId, after: i64, limit: u32) -> Vec<Waiting> {
        self.store.apps().waiting(session, after, limit, NOW).await.expect("it is read")
    }

    /// Numbers of what waits.
    pub(super) async fn queue(&self, session: SessionId) -> Vec<i64> {
        numbers(&self.waiting(session, 0, 500).await)
    }

    pub(super) async fn done(&self, session: SessionId, ids: &[i64]) {
        self.store.apps().done(&[(session, ids.to_vec())]).await.expect("they leave the queue");
    }

    pub(super) async fn pick(&self, session: SessionId, ids: &[i64]) -> Vec<Waiting> {
        self.store.apps().pick(session, ids).await.expect("they are read")
    }

    /// Numbers and topics of all that is retained, by number, read in pages of two.
    async fn retained(&self) -> Vec<(i64, String)> {
        let mut all: Vec<(i64, String)> = Vec::new();
        loop {
            let after = all.last().map(|(_, topic)| topic.as_str());
            let page = self.store.apps().retained(after, 2, NOW).await.expect("it is read");
            if page.is_empty() {
                all.sort();
                return all;
            }
            assert!(page.len() <= 2);
            all.extend(page.into_iter().map(|message| (message.id, message.topic)));
        }
    }

    pub(super) async fn sweep(&self, now: i64, limit: u32) -> u32 {
        self.store.apps().sweep(Timestamp(now), limit).await.expect("it is swept")
    }

    pub(super) async fn save_filters(&self, id: SessionId, epoch: u64, changes: &[(&str, Option<&[u8]>)]) {
        let changes: Vec<_> =
            changes.iter().map(|(filter, how)| ((*filter).to_owned(), how.map(<[u8]>::to_vec))).collect();
        self.store.apps().save_filters(id, epoch, &changes).await.expect("they are saved");
    }

    /// Filters of each session, sorted.
    pub(super) async fn listening(&self) -> Vec<(SessionId, Vec<(String, Vec<u8>)>)> {
        let sessions = self.store.apps().sessions(SessionId(0), 100).await.expect("they are read");
        let sorted = |mut filters: Vec<_>| {
            filters.sort();
            filters
        };
        sessions.into_iter().map(|session| (session.id, sorted(session.subscriptions))).collect()
    }
}

pub(super) fn numbers(waiting: &[Waiting]) -> Vec<i64> {
    waiting.iter().map(|one| one.message.id).collect()
}

/// After the connection and after the process; for each as it asked for it.
pub async fn a_message_is_found_as_it_was_published(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let (one, other) = (scene.device("phone", ANN).await, scene.device("watch", ANN).await);
    let turn = Turn { shares: vec!["$share/cooks/apps/#".into(), "$share/maids/+/#".into()], retained: true };
    let how = Queued { qos: 2, retain: true, subscription_ids: vec![7, 268_435_455], turn: Some(turn) };
    let receivers = vec![Receiver { session: one, how: how.clone() }, Receiver { session: other, how: ONCE }];
    let said = NewMessage {
        qos: 2,
        expires_at: Some(Timestamp(9_000)),
        retain: Retain::Keep,
        receivers,
        ..message(i64::MAX, "apps/oven/warm", "220 °C")
    };
    let empty = NewMessage { properties: Vec::new(), qos: 0, ..message(3, "apps/oven/cold", "") };
    let empty = NewMessage { receivers: vec![Receiver { session: other, how: ONCE }], ..empty };
    assert_eq!(scene.publish(&[empty.clone(), said.clone()]).await, [Taken::Fresh, Taken::Fresh]);
    let scene = scene.reopened(bench).await;
    let waiting = |message: &NewMessage, how| Waiting { message: found(message), how };
    assert_eq!(scene.waiting(one, 0, 10).await, [waiting(&said, how)]);
    assert_eq!(scene.waiting(other, 0, 10).await, [waiting(&empty, ONCE), waiting(&said, ONCE)]);
    let retained = scene.store.apps().retained(None, 10, NOW).await.expect("it is read");
    assert_eq!(retained, [found(&said)]);
}

/// Whatever the order of the batches; each session has its own queue.
pub async fn messages_wait_in_their_order_page_by_page(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let (one, other) = (scene.device("phone", ANN).await, scene.device("phone", BO).await);
    scene.publish(&[waits(10, &[one]), waits(11, &[one, other]), waits(12, &[one])]).await;
    scene.publish(&[waits(20, &[other]), waits(21, &[one])]).await;
    assert_eq!(numbers(&scene.waiting(one, 0, 2).await), [10, 11]);
    assert_eq!(numbers(&scene.waiting(one, 11, 2).await), [12, 21]);
    assert_eq!(numbers(&scene.waiting(one, 21, 2).await), [0; 0]);
    assert_eq!(scene.queue(other).await, [11, 20]);
    assert_eq!(scene.queue(SessionId(other.0 + 1)).await, [0; 0]);
}

/// A batch of any size, for any number of sessions.
pub async fn a_large_batch_is_taken_whole(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let mut sessions = Vec::new();
    for number in 0..40 {
        let client_id = format!("device-{number}");
        let opened = scene.seat(Opening { client_id: &client_id, devices: 100, ..phone(ANN, 1) }).await;
        sessions.push(opened.id.expect("it is kept"));
    }
    let batch: Vec<_> =
        (1..=512).map(|id| waits(id, if id % 20 == 0 { &sessions } else { &sessions[..1] })).collect();
    assert_eq!(scene.publish(&batch).await, [Taken::Fresh; 512]);
    assert_eq!(numbers(&scene.waiting(sessions[0], 0, 500).await), (1..=500).collect::<Vec<_>>());
    assert_eq!(scene.queue(sessions[39]).await, (1..=25).map(|n| n * 20).collect::<Vec<_>>());
    let all: Vec<i64> = (1..=512).rev().collect();
    assert_eq!(numbers(&scene.pick(sessions[0], &all).await), all);
    scene.done(sessions[0], &all).await;
    assert_eq!(scene.queue(sessions[0]).await, [0; 0]);
    assert_eq!(scene.queue(sessions[1]).await.len(), 25);
}

/// About 1 MiB of them, so that a queue of large messages is read as safely as one of small ones.
pub async fn a_page_of_large_messages_is_short_and_never_empty(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let id = scene.device("phone", ANN).await;
    let large = |number: i64, kib: usize| NewMessage {
        payload: vec![b'x'; kib * 1_024].into(),
        topic: format!("apps/oven/{number}"),
        retain: Retain::Keep,
        ..waits(number, &[id])
    };
    scene
        .publish(&[large(1, 300), large(2, 300), large(3, 300), large(4, 300), large(5, 2_048), large(6, 1)])
        .await;
    let mut pages = Vec::new();
    let mut after = 0;
    loop {
        let page = numbers(&scene.waiting(id, after, 500).await);
        let Some(last) = page.last() else { break };
        after = *last;
        pages.push(page);
    }
    assert_eq!(pages, [vec![1, 2, 3], vec![4], vec![5], vec![6]]);
    assert_eq!(scene.retained().await.len(), 6);
}

/// In flight when the connection ended, they are sent again.
pub async fn picked_messages_come_in_their_order_and_from_this_queue(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let (one, other) = (scene.device("phone", ANN).await, scene.device("phone", BO).await);
    let expires = NewMessage { expires_at: Some(Timestamp(1_500)), ..waits(3, &[one]) };
    scene.publish(&[waits(1, &[one]), waits(2, &[other]), expires, waits(4, &[one])]).await;
    assert_eq!(scene.queue(one).await, [1, 4], "what has expired is sent no more");
    assert_eq!(
        numbers(&scene.pick(one, &[4, 9, 3, 2, 1]).await),
        [4, 3, 1],
        "but what was sent is sent again"
    );
    assert_eq!(scene.pick(one, &[]).await, []);
}

/// What one has acknowledged still waits for the others.
pub async fn what_is_acknowledged_waits_no_more(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let sessions =
        [scene.device("phone", ANN).await, scene.device("watch", ANN).await, scene.device("phone", BO).await];
    let [one, two, three] = sessions;
    scene.publish(&[waits(1, &[one]), waits(2, &sessions), waits(3, &sessions), waits(4, &sessions)]).await;
    scene.done(one, &[1, 2]).await;
    scene.done(one, &[2, 77]).await;
    let both = [(two, vec![2, 3]), (three, vec![3, 4]), (SessionId(900), vec![2])];
    scene.store.apps().done(&both).await.expect("they leave the queues");
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.queue(one).await, [3, 4]);
    assert_eq!(scene.queue(two).await, [4]);
    assert_eq!(numbers(&scene.pick(three, &[2, 3]).await), [2]);
    scene.store.apps().done(&[]).await.expect("nothing is nothing");
}

/// It may have ended while the message was on its way.
pub async fn who_is_gone_is_left_out(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let (one, other) = (scene.device("phone", ANN).await, scene.device("phone", BO).await);
    scene.store.end_session(one, 1).await.expect("it is ended");
    let nobody = NewMessage { inbound: Some((one, 5)), ..waits(1, &[one]) };
    let some = waits(2, &[one, other, SessionId(900)]);
    assert_eq!(scene.publish(&[nobody, some]).await, [Taken::Fresh, Taken::Fresh]);
    assert_eq!(scene.queue(one).await, [0; 0]);
    assert_eq!(scene.queue(other).await, [2]);
    scene.done(other, &[2]).await;
    assert_eq!(scene.sweep(i64::MAX, 10).await, 0);
    assert!(!scene.store.release(one, 5).await.expect("it is asked for"), "nobody would release it");
}

/// A publisher that did not hear our PUBREC asks again.
pub async fn a_packet_that_comes_again_stores_nothing(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let (from, to) = (scene.device("phone", ANN).await, scene.device("phone", BO).await);
    let packet = |id, packet_id| NewMessage {
        qos: 2,
        retain: Retain::Keep,
        inbound: Some((from, packet_id)),
        ..waits(id, &[to])
    };
    let taken = scene.publish(&[packet(1, 5), packet(2, 5), packet(3, 6)]).await;
    assert_eq!(taken, [Taken::Fresh, Taken::Again, Taken::Fresh]);
    let clears = NewMessage { retain: Retain::Clear, ..packet(4, 6) };
    assert_eq!(scene.publish(&[clears]).await, [Taken::Again]);
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.publish(&[packet(5, 5)]).await, [Taken::Again]);
    assert_eq!((scene.queue(to).await, scene.retained().await[0].0), (vec![1, 3], 3));
    let nowhere = |packet_id| (packet_id, RoomId(0), Seq(0));
    assert_eq!(scene.found(ANN, 2).await.unreleased, [nowhere(5), nowhere(6)]);
    assert!(scene.store.release(from, 5).await.expect("it is released"));
    assert_eq!(scene.publish(&[packet(7, 5), packet(8, 6)]).await, [Taken::Fresh, Taken::Again]);
    let another = NewMessage { inbound: Some((to, 6)), ..waits(9, &[to]) };
    assert_eq!(scene.publish(&[another]).await, [Taken::Fresh], "of another session it is another packet");
    assert_eq!(scene.queue(to).await, [1, 3, 7, 9]);
}

/// One for each topic, until another takes its place or none does.
pub async fn a_topic_retains_what_was_said_last(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.publish(&[stays(1, "a"), stays(2, "a/b"), stays(3, "a"), stays(4, "A"), stays(5, "c")]).await;
    let left =
        |all: &[(i64, &str)]| all.iter().map(|(id, topic)| (*id, (*topic).to_owned())).collect::<Vec<_>>();
    assert_eq!(scene.retained().await, left(&[(2, "a/b"), (3, "a"), (4, "A"), (5, "c")]));
    scene.publish(&[message(6, "a", "passes by"), stays(7, "c")]).await;
    let clear = |id, topic| NewMessage { retain: Retain::Clear, ..message(id, topic, "") };
    scene.publish(&[clear(8, "a/b"), clear(9, "never"), stays(10, "d"), clear(11, "d")]).await;
    scene.publish(&[clear(12, "A"), stays(13, "A")]).await;
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.retained().await, left(&[(3, "a"), (7, "c"), (13, "A")]));
    let (words, at) = (b"number 7", Timestamp(1_000));
    let all = scene.store.apps().retained(None, 10, NOW).await.expect("it is read");
    let found = all.iter().find(|message| message.id == 7).expect("it is there");
    assert_eq!(
        (&found.payload[..], &found.properties[..], found.qos, found.at),
        (&words[..], &b"packed"[..], 1, at)
    );
}

/// What a page began with may be cleared before the next one is read.
pub async fn pages_of_what_is_retained_go_on_whatever_is_cleared(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let topics: Vec<String> = (0..9).map(|number| format!("apps/lamp/{number}")).collect();
    let all: Vec<_> = topics.iter().zip(1..).map(|(topic, id)| stays(id, topic)).collect();
    scene.publish(&all).await;
    let mut seen = Vec::new();
    while let Some(message) = {
        let after = seen.last().map(String::as_str);
        scene.store.apps().retained(after, 1, NOW).await.expect("it is read").pop()
    } {
        let clear = NewMessage { retain: Retain::Clear, id: 100 + message.id, ..all[0].clone() };
        scene.publish(&[NewMessage { topic: message.topic.clone(), ..clear }]).await;
        seen.push(message.topic);
    }
    seen.sort();
    assert_eq!(seen, topics);
}

/// Shown no more from its time on, and deleted in pieces.
pub async fn what_expired_is_swept_out(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let (one, other) = (scene.device("phone", ANN).await, scene.device("phone", BO).await);
    let until = |message: NewMessage, at| NewMessage { expires_at: Some(Timestamp(at)), ..message };
    scene
        .publish(&[
            until(waits(1, &[one, other]), 2_000),
            until(waits(2, &[one]), 2_001),
            until(stays(3, "a"), 2_000),
            until(stays(4, "b"), 2_001),
            waits(5, &[one]),
            stays(6, "c"),
        ])
        .await;
    assert_eq!((scene.queue(one).await, scene.queue(other).await), (vec![2, 5], vec![]));
    assert_eq!(scene.retained().await, [(4, "b".to_owned()), (6, "c".to_owned())]);
    assert_eq!(scene.sweep(1_999, 10).await, 0);
    assert_eq!(scene.sweep(2_000, 2).await, 2);
    assert_eq!(scene.sweep(2_000, 2).await, 1);
    assert_eq!(scene.pick(one, &[1, 2, 5]).await.len(), 2);
    assert_eq!(scene.sweep(i64::MAX, 100).await, 2);
    assert_eq!((scene.queue(one).await, scene.retained().await), (vec![5], vec![(6, "c".to_owned())]));
    assert_eq!(scene.sweep(i64::MAX, 100).await, 0);
}

/// However it ended: its queue is deleted in pieces afterwards, and what it shared stays for the others.
pub async fn the_queue_of_a_session_that_ended_is_swept_out_in_pieces(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let stays = scene.device("phone", BO).await;
    let ends = ["cleaned", "ended", "expired", "crowded"];
    let mut sessions = Vec::new();
    for client_id in ends {
        sessions.push(scene.device(client_id, ANN).await);
    }
    for (id, session) in (1..).zip(&sessions) {
        let shared = waits(10 * id, &[*session, stays]);
        scene.publish(&[shared, waits(10 * id + 1, &[*session]), waits(10 * id + 2, &[*session])]).await;
        scene.save_filters(*session, 1, &[("apps/#", Some(b"1"))]).await;
    }
    let [_, ended, expired, crowded] = sessions[..] else { panic!("there are four") };
    scene.seat(Opening { client_id: "cleaned", clean_start: true, ..phone(ANN, 2) }).await;
    scene.store.end_session(ended, 1).await.expect("it is ended");
    let gone = |id, expires_at| SessionEnd { id, epoch: 1, state: state(), expires_at, will: None, at: NOW };
    scene.close(gone(expired, Some(Timestamp(3_000)))).await;
    assert_eq!(scene.expire(3_000, 10).await, [expired]);
    scene.close(gone(crowded, None)).await;
    scene.seat(Opening { client_id: "another", devices: 2, ..phone(ANN, 3) }).await;
    assert_eq!(scene.listening().await, [], "their filters went with them");
    assert_eq!(scene.sweep(0, 5).await, 5);
    let scene = scene.reopened(bench).await;
    assert_eq!([scene.sweep(0, 5).await, scene.sweep(0, 5).await, scene.sweep(0, 5).await], [5, 2, 0]);
    assert_eq!(scene.queue(stays).await, [10, 20, 30, 40]);
    for session in sessions {
        assert_eq!(scene.queue(session).await, [0; 0]);
    }
}

/// An acknowledgement that was on its way when the session ended is no trouble to the sweep.
pub async fn a_queue_that_got_empty_after_its_session_ended_is_forgotten(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let (one, other) = (scene.device("phone", ANN).await, scene.device("phone", BO).await);
    scene.publish(&[waits(1, &[one]), waits(2, &[other]), waits(3, &[other])]).await;
    scene.store.end_session(one, 1).await.expect("it is ended");
    scene.store.end_session(other, 1).await.expect("it is ended");
    scene.done(one, &[1]).await;
    assert_eq!([scene.sweep(0, 1).await, scene.sweep(0, 1).await, scene.sweep(0, 1).await], [1, 1, 0]);
}

/// Before SUBACK; who has lost the seat writes nothing.
pub async fn filters_are_durable_and_an_older_connection_writes_none(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let id = scene.device("phone", ANN).await;
    scene.save_filters(id, 1, &[("apps/a", Some(b"1")), ("apps/b", Some(b"2")), ("apps/c", None)]).await;
    let changes: [(&str, Option<&[u8]>); 4] =
        [("apps/a", None), ("apps/b", Some(b"3")), ("apps/d", Some(b"")), ("apps/b", Some(b"4"))];
    scene.save_filters(id, 1, &changes).await;
    let scene = scene.reopened(bench).await;
    let filters = [("apps/b".to_owned(), b"4".to_vec()), ("apps/d".to_owned(), Vec::new())];
    assert_eq!(scene.listening().await, [(id, filters.to_vec())]);
    assert_eq!(scene.device("phone", ANN).await, id);
    scene.save_filters(id, 1, &[("apps/b", None), ("apps/e", Some(b"late"))]).await;
    assert_eq!(scene.listening().await, [(id, filters.to_vec())]);
    scene.save_filters(id, 2, &[("apps/b", None), ("apps/d", None)]).await;
    assert_eq!(scene.listening().await, []);
    scene.save_filters(SessionId(900), 1, &[("apps/a", Some(b"1"))]).await;
    assert_eq!(scene.listening().await, []);
}

/// At its start a server learns who listens, and how much waits for them.
pub async fn sessions_that_listen_are_listed_page_by_page(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let one = scene.device("phone", ANN).await;
    let silent = scene.device("watch", ANN).await;
    let (two, three) = (scene.device("phone", BO).await, scene.device("phone", CY).await);
    for id in [one, two, three] {
        scene.save_filters(id, 1, &[("apps/#", Some(b"how"))]).await;
    }
    scene.publish(&[waits(1, &[one, two, silent]), waits(2, &[two])]).await;
    let page = async |after, limit| {
        scene.store.apps().sessions(SessionId(after), limit).await.expect("they are read")
    };
    let each =
        i64::try_from("apps/oven/warm".len() + "number 1".len() + "packed".len()).expect("it is small");
    let listens = |id, user, waiting: i64| AppSession {
        id,
        user,
        handle: called(user),
        client_id: "phone".into(),
        subscriptions: vec![("apps/#".into(), b"how".to_vec())],
        waiting: waiting.cast_unsigned(),
        waiting_bytes: (waiting * each).cast_unsigned(),
    };
    assert_eq!(page(0, 2).await, [listens(one, ANN, 1), listens(two, BO, 2)]);
    assert_eq!(page(two.0, 2).await, [listens(three, CY, 0)]);
    assert_eq!(page(three.0, 2).await, []);
}

/// Longer than any index of PostgreSQL would hold.
pub async fn a_topic_may_be_as_long_as_mqtt_allows(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let id = scene.device("phone", ANN).await;
    // Nothing that could be packed.
    let long = |seed: u32| {
        let numbers = std::iter::successors(Some(seed), |n| {
            Some(n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223))
        });
        let mut topic: String =
            numbers.flat_map(|n| format!("{n:08x}/").into_bytes()).map(char::from).take(65_535).collect();
        topic.replace_range(..5, "apps/");
        topic
    };
    let (one, other) = (long(1), long(2));
    let both = |number, topic: &String| NewMessage {
        retain: Retain::Keep,
        topic: topic.clone(),
        ..waits(number, &[id])
    };
    scene.publish(&[both(1, &one), both(2, &other)]).await;
    scene.publish(&[both(3, &one)]).await;
    let waiting = scene.waiting(id, 0, 10).await;
    assert!(waiting.iter().map(|one| &one.message.topic).eq([&one, &other, &one]));
    assert!(scene.retained().await == [(2, other.clone()), (3, one.clone())]);
    scene.save_filters(id, 1, &[(&one, Some(b"1")), (&other, Some(b"2"))]).await;
    scene.save_filters(id, 1, &[(&other, None)]).await;
    assert!(scene.listening().await == [(id, vec![(one, b"1".to_vec())])]);
}

/// Each user has one in each app, and so has everybody.
pub async fn grants_are_set_and_taken_away(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let grant = |app: &str, user, read: &[&str], write: &[&str]| {
        let list = |filters: &[&str]| filters.iter().map(|filter| (*filter).to_owned()).collect();
        Grant { app: app.into(), user, read: list(read), write: list(write) }
    };
    let put = async |scene: &Scene, grant: Grant| {
        scene.store.apps().put_grant(&grant).await.expect("it is put");
    };
    put(&scene, grant("oven", Some(BO), &["#"], &["+/set", "\"quoted\""])).await;
    put(&scene, grant("oven", None, &["warm"], &[])).await;
    put(&scene, grant("lamp", Some(ANN), &[], &["#"])).await;
    put(&scene, grant("lamp", Some(ANN), &["on"], &["#"])).await;
    put(&scene, grant("lamp", Some(CY), &["on"], &[])).await;
    put(&scene, grant("lamp", Some(CY), &[], &[])).await;
    put(&scene, grant("door", None, &[], &[])).await;
    let scene = scene.reopened(bench).await;
    let all = scene.store.apps().grants().await.expect("they are read");
    let expected = [
        grant("lamp", Some(ANN), &["on"], &["#"]),
        grant("oven", None, &["warm"], &[]),
        grant("oven", Some(BO), &["#"], &["+/set", "\"quoted\""]),
    ];
    assert_eq!(all, expected);
}

/// What everybody may, they might have; nobody is them any more.
pub async fn who_goes_for_good_has_no_grant(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let grant = |user| Grant { app: "oven".into(), user, read: vec!["#".into()], write: Vec::new() };
    for user in [None, Some(ANN), Some(BO)] {
        scene.store.apps().put_grant(&grant(user)).await.expect("it is put");
    }
    let change = |state| AccountChange::State(state);
    let people = scene.store.people();
    for (user, state) in [(ANN, AccountState::Deactivated), (BO, AccountState::Deleted)] {
        people.change_account(user, &change(state)).await.expect("it is changed");
    }
    let left = scene.store.apps().grants().await.expect("they are read");
    assert_eq!(left, [grant(None), grant(Some(ANN))]);
}
