//! Devices that can be pushed to, what is due to be decided, and the words that candidates and notes are told in.

use super::bench::*;
use crate::{
    Candidate, Due, NewNote, NewPushDevice, Note, Opening, Outcome, PUSH, PUSH_AFTER_GRACE, PushAddress,
    PushDecision, PushDevice, PushDeviceId, PushRegistered, Pushes, Question, SessionEnd, SessionState,
    Settled, Settling, Take,
};
use chat::{RoomId, Seq, Timestamp, UserId};
use std::time::Duration;

/// After everything that a scene says.
pub(super) const NOW: Timestamp = Timestamp(10_000);
pub(super) const PHONE: PushDeviceId = PushDeviceId(501);
pub(super) const PAD: PushDeviceId = PushDeviceId(502);

pub(super) fn device(id: PushDeviceId, user: UserId, device: &str) -> PushDevice {
    PushDevice {
        id,
        user,
        device: device.into(),
        app: "natter".into(),
        provider: "fcm".into(),
        how: "as it likes".into(),
        address: PushAddress(format!("the address of {device}")),
        registered_at: Timestamp(900),
        disabled: None,
    }
}

pub(super) fn note(device: PushDeviceId, user: UserId, from: u64, seq: u64) -> NewNote {
    let (from, seq) = (Seq(from), Seq(seq));
    NewNote { device, user, provider: "fcm".into(), from, seq, since: Timestamp(1_000) }
}

pub(super) fn decided(to: u64, notes: Vec<NewNote>) -> PushDecision {
    let (again, read) = (None, Vec::new());
    PushDecision { kind: PUSH.kind, room: TEA, to: Seq(to), notes, again, read, now: NOW }
}

pub(super) fn came(note: &Note, what: Settling, word: &'static str, number: i64) -> Settled {
    let outcome = Outcome { number, word, reason: "so".into(), id: "a-1".into(), is_dead: word == "dead" };
    Settled {
        device: note.device.id,
        user: note.device.user,
        way: (note.device.app.clone(), note.device.provider.clone()),
        room: note.room,
        seq: note.what.map_or(note.told, |(_, to)| to),
        since: note.since,
        by: note.by,
        what,
        outcome: Some(outcome),
        at: Timestamp(NOW.0 + 500),
    }
}

impl Scene {
    pub(super) fn pushes(&self) -> &dyn Pushes {
        self.store.pushes()
    }

    pub(super) async fn registered(&self, device: PushDevice) -> PushRegistered {
        self.pushes().register_push(&NewPushDevice(device), 3).await.expect("it is tried")
    }

    pub(super) async fn devices(&self, user: UserId) -> Vec<PushDevice> {
        self.pushes().push_devices(user).await.expect("they are read")
    }

    pub(super) async fn due(&self, kind: u8, now: Timestamp) -> Vec<(RoomId, u64, u64)> {
        let due = self.pushes().push_due(kind, now, 10).await.expect("it is read");
        due.into_iter().map(|Due { room, from, last, .. }| (room, from.0, last.0)).collect()
    }

    pub(super) async fn asked(&self, from: u64, to: u64, large: bool) -> Vec<Candidate> {
        let (from, to, senders, after) = (Seq(from), Seq(to), vec![ANN], (UserId(0), PushDeviceId(0)));
        let question = Question { room: TEA, from, to, senders, large, after, limit: 500 };
        self.pushes().candidates(&question).await.expect("they are read")
    }

    pub(super) async fn decide(&self, decision: PushDecision) {
        self.pushes().decide(&[decision]).await.expect("it is written");
    }

    pub(super) async fn taken(&self, by: i64, now: Timestamp) -> Vec<Note> {
        let hold = Duration::from_secs(60);
        let take = Take { provider: "fcm".into(), by, now, hold, limit: 10 };
        self.pushes().take_notes(&take).await.expect("they are taken")
    }

    pub(super) async fn settled(&self, settled: Settled) {
        self.pushes().settle(&[settled]).await.expect("it is written");
    }
}

/// A device is known by what it said last, and an address is one device's at a time.
pub async fn a_device_is_reached_where_it_said_last(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    assert_eq!(scene.registered(device(PHONE, BO, "phone")).await, PushRegistered::New);
    let later = PushDevice {
        registered_at: Timestamp(950),
        address: PushAddress("another".into()),
        ..device(PAD, BO, "phone")
    };
    assert_eq!(scene.registered(later.clone()).await, PushRegistered::Renewed);
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.devices(BO).await, [PushDevice { id: PHONE, ..later.clone() }]);
    // The phone is ann's now.
    let anns = PushDevice { id: PAD, user: ANN, device: "mine".into(), ..later };
    assert_eq!(scene.registered(anns.clone()).await, PushRegistered::New);
    assert_eq!((scene.devices(BO).await, scene.devices(ANN).await), (vec![], vec![anns]));
    assert!(scene.pushes().unregister_push(ANN, "mine", Some("natter")).await.expect("it is tried"));
    assert!(!scene.pushes().unregister_push(ANN, "mine", None).await.expect("it is tried"));
}

/// More devices than a user may have are not taken; one that is known is.
pub async fn a_user_has_so_many_devices_and_no_more(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    for (id, name) in [(1, "a"), (2, "b"), (3, "c")] {
        assert_eq!(scene.registered(device(PushDeviceId(id), BO, name)).await, PushRegistered::New);
    }
    assert_eq!(scene.registered(device(PushDeviceId(4), BO, "d")).await, PushRegistered::TooMany);
    assert_eq!(scene.registered(device(PushDeviceId(5), BO, "c")).await, PushRegistered::Renewed);
}

/// What was said is due once for each room, from its first entry on, until it is decided; what was said meanwhile stays.
pub async fn what_is_said_is_due_until_it_is_decided(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.commit(&[say(ANN, "one"), say(BO, "two")]).await;
    scene.put(say(ANN, "three")).await;
    assert_eq!(scene.due(PUSH.kind, Timestamp(999)).await, []);
    assert_eq!(scene.due(PUSH.kind, NOW).await, [(TEA, 2, 4)]);
    let again = Some((Seq(2), Timestamp(21_000)));
    scene.decide(PushDecision { again, ..decided(3, vec![]) }).await;
    assert_eq!(scene.due(PUSH.kind, NOW).await, [(TEA, 4, 4)]);
    scene.decide(decided(4, vec![])).await;
    assert_eq!(scene.due(PUSH.kind, NOW).await, []);
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.due(PUSH_AFTER_GRACE, Timestamp(20_999)).await, []);
    assert_eq!(scene.due(PUSH_AFTER_GRACE, Timestamp(21_000)).await, [(TEA, 2, 4)]);
    scene.decide(PushDecision { kind: PUSH_AFTER_GRACE, ..decided(4, vec![]) }).await;
    assert_eq!(scene.due(PUSH_AFTER_GRACE, Timestamp(30_000)).await, []);
    scene.put(react(BO, 2, "👍")).await;
    assert_eq!(scene.due(PUSH.kind, NOW).await, [], "a sign is nothing that was said");
}

/// Of a room is told whether anybody in it could be told something.
pub async fn a_room_in_which_nobody_can_be_told_says_so(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.put(say(ANN, "one")).await;
    let anybody = async || {
        let due = scene.pushes().push_due(PUSH.kind, NOW, 10).await.expect("it is read");
        due[0].anybody
    };
    scene.registered(device(PHONE, CY, "phone")).await;
    assert!(!anybody().await, "cy is not in the room");
    scene.registered(device(PAD, BO, "pad")).await;
    assert!(anybody().await);
}

/// Who may not come in any more is told nothing: a device whose credential ended, a user who went for good.
pub async fn who_may_not_come_in_is_told_nothing(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.registered(device(PHONE, BO, "phone")).await;
    scene.registered(device(PAD, BO, "pad")).await;
    scene.added(credential(1, BO, crate::CredentialKind::Login, Some("phone"))).await;
    let which = crate::Which::One(crate::CredentialId(1));
    scene.store.people().end_credentials(BO, which).await.expect("it is ended");
    assert_eq!(scene.devices(BO).await.len(), 1);
    let goes = crate::AccountChange::State(crate::AccountState::Deleted);
    scene.store.people().change_account(BO, &goes).await.expect("it is changed");
    assert_eq!(scene.devices(BO).await, []);
}

/// One device too many takes the place of one that is not pushed to, however long the others were away.
pub async fn a_device_that_is_pushed_to_is_the_last_that_makes_room(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.registered(device(PHONE, BO, "phone")).await;
    let opens = async |name: &str, now: i64| {
        let (now, will) = (Timestamp(now), None);
        let opening = Opening {
            user: BO,
            client_id: name,
            clean_start: false,
            keep: Some(3_600),
            devices: 2,
            will,
            now,
        };
        scene.store.open_session(opening).await.expect("it is opened")
    };
    let mut ids = Vec::new();
    for (name, at) in [("phone", 1_000), ("browser", 2_000)] {
        let opened = opens(name, at).await;
        let (id, epoch) = (opened.id.expect("it has a row"), opened.epoch);
        let state = SessionState::default();
        let end = SessionEnd { id, epoch, state, expires_at: None, will: None, at: Timestamp(at + 1) };
        scene.store.close_sessions(&[end]).await.expect("it is closed");
        ids.push(id);
    }
    assert_eq!(opens("tablet", 3_000).await.crowded_out, Some(ids[1]));
    assert!(opens("phone", 4_000).await.found.is_some(), "the phone is there though it was away longer");
}
