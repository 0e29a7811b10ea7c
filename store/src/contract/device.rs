//! A device that comes and goes, for promises about what it leaves behind.

use super::bench::*;
use crate::{
    Cursor, InFlight, Opened, Opening, Reopened, SavedSubscription, SessionEnd, SessionId, SessionState,
    StoredWill,
};
use chat::{Timestamp, UserId};
use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

/// The user's phone, whose session is kept for ever.
pub(super) fn phone(user: UserId, now: i64) -> Opening<'static> {
    Opening {
        user,
        client_id: "phone",
        clean_start: false,
        keep: Some(u32::MAX),
        devices: 20,
        will: None,
        now: Timestamp(now),
    }
}

/// Something of everything a session has.
pub(super) fn state() -> SessionState {
    SessionState {
        subscriptions: vec![SavedSubscription {
            filter: "rooms/+/said".into(),
            qos: 1,
            no_local: true,
            retain_as_published: false,
            id: Some(7),
        }],
        cursors: vec![(TEA, at(4, 3))],
        in_flight: vec![InFlight { packet_id: 9, room: TEA.0, seq: 4, copy: 1, prev: 2 }],
        replies: vec![b"refused".as_slice().into(), b"".as_slice().into()],
    }
}

/// A place in a room.
pub(super) fn at(resume: u64, delivered: u64) -> Cursor {
    Cursor { resume, delivered }
}

/// A will with a delay of five seconds.
pub(super) fn will(topic: &str) -> StoredWill {
    StoredWill {
        topic: topic.into(),
        payload: b"gone".to_vec(),
        qos: 1,
        delay: 5,
        properties: vec![("content-type".into(), "text/plain".into())],
        retain: true,
        said: b"text/plain".to_vec(),
    }
}

/// The end of a connection, without a will and of a session that never expires.
pub(super) fn end(opened: &Opened) -> SessionEnd {
    let id = opened.id.expect("it is kept");
    SessionEnd { id, epoch: opened.epoch, state: state(), expires_at: None, will: None, at: Timestamp(1_000) }
}

impl Scene {
    /// A device takes its seat.
    pub(super) async fn seat(&self, opening: Opening<'_>) -> Opened {
        self.store.open_session(opening).await.expect("it is opened")
    }

    /// The user's phone takes its seat.
    pub(super) async fn open(&self, user: UserId, now: i64) -> Opened {
        self.seat(phone(user, now)).await
    }

    /// The same, where an earlier session is found.
    pub(super) async fn found(&self, user: UserId, now: i64) -> Reopened {
        self.open(user, now).await.found.expect("it is found")
    }

    /// A connection ends in order.
    pub(super) async fn close(&self, end: SessionEnd) {
        self.store.close_sessions(&[end]).await.expect("it is closed");
    }

    /// Topics of the wills that were due.
    pub(super) async fn wills(&self, now: i64) -> Vec<String> {
        let wills = self.store.take_due_wills(Timestamp(now), 10).await.expect("they are taken");
        wills.into_iter().map(|(_, _, _, will)| will.topic).collect()
    }

    /// Which sessions had expired.
    pub(super) async fn expire(&self, now: i64, limit: u32) -> Vec<SessionId> {
        self.store.expire_sessions(Timestamp(now), limit).await.expect("they are ended")
    }

    /// The process goes without a word to any device and comes again, at some time in this range of milliseconds.
    pub(super) async fn crashed(self, bench: &dyn Bench) -> (Scene, Range<i64>) {
        let start = clock();
        let scene = self.reopened(bench).await;
        (scene, start..clock())
    }
}

/// The clock of this machine, which a store that opens goes by.
fn clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970");
    i64::try_from(since.as_millis()).expect("it is no distant future")
}
