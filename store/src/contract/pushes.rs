//! Who is told when they are away, what each device is to be told, and what came of it.

use super::bench::*;
use crate::{
    Candidate, Cursor, Delivery, Due, Habits, NewNote, NewPushDevice, Note, Opening, Outcome, PUSH,
    PUSH_AFTER_GRACE, PushAddress, PushDecision, PushDevice, PushDeviceId, PushLevel, PushRegistered, Pushes,
    Question, Quiet, Seat, SessionEnd, SessionState, SettingsChange, Settled, Settling, Take,
};
use chat::{Content, Mention, RoomId, Seq, Timestamp, UserId};
use std::time::Duration;

/// After everything that a scene says.
const NOW: Timestamp = Timestamp(10_000);
const PHONE: PushDeviceId = PushDeviceId(501);
const PAD: PushDeviceId = PushDeviceId(502);

fn device(id: PushDeviceId, user: UserId, device: &str) -> PushDevice {
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

fn note(device: PushDeviceId, user: UserId, from: u64, seq: u64) -> NewNote {
    let (from, seq) = (Seq(from), Seq(seq));
    NewNote { device, user, provider: "fcm".into(), from, seq, since: Timestamp(1_000) }
}

fn decided(to: u64, notes: Vec<NewNote>) -> PushDecision {
    let (again, read) = (None, Vec::new());
    PushDecision { kind: PUSH.kind, room: TEA, to: Seq(to), notes, again, read, now: NOW }
}

fn came(note: &Note, what: Settling, word: &'static str, number: i64) -> Settled {
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

fn calling(sender: UserId, who: &str) -> crate::NewEntry {
    let mentions = vec![Mention::new(who).expect("it is one")];
    let content = Content { mentions, ..Content::text("you") };
    crate::NewEntry { act: crate::NewAct::Say(content), ..say(sender, "") }
}

impl Scene {
    fn pushes(&self) -> &dyn Pushes {
        self.store.pushes()
    }

    async fn registered(&self, device: PushDevice) -> PushRegistered {
        self.pushes().register_push(&NewPushDevice(device), 3).await.expect("it is tried")
    }

    async fn devices(&self, user: UserId) -> Vec<PushDevice> {
        self.pushes().push_devices(user).await.expect("they are read")
    }

    async fn due(&self, kind: u8, now: Timestamp) -> Vec<(RoomId, u64, u64)> {
        let due = self.pushes().push_due(kind, now, 10).await.expect("it is read");
        due.into_iter().map(|Due { room, from, last, .. }| (room, from.0, last.0)).collect()
    }

    async fn asked(&self, from: u64, to: u64, large: bool) -> Vec<Candidate> {
        let (from, to, senders, after) = (Seq(from), Seq(to), vec![ANN], (UserId(0), PushDeviceId(0)));
        let question = Question { room: TEA, from, to, senders, large, after, limit: 500 };
        self.pushes().candidates(&question).await.expect("they are read")
    }

    async fn decide(&self, decision: PushDecision) {
        self.pushes().decide(&[decision]).await.expect("it is written");
    }

    async fn taken(&self, by: i64, now: Timestamp) -> Vec<Note> {
        let hold = Duration::from_secs(60);
        let take = Take { provider: "fcm".into(), by, now, hold, limit: 10 };
        self.pushes().take_notes(&take).await.expect("they are taken")
    }

    async fn settled(&self, settled: Settled) {
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

/// Of each device comes all that a decision needs.
pub async fn who_might_be_told_is_told_with_all_that_counts(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.registered(device(PHONE, BO, "phone")).await;
    scene.registered(device(PushDeviceId(503), CY, "elsewhere")).await;
    scene.commit(&[say(ANN, "one"), calling(ANN, "bo"), say(ANN, "three")]).await;
    let bare = scene.asked(2, 4, false).await;
    let [bo] = &bare[..] else { panic!("only bo is in the room and has a device: {bare:?}") };
    let expected = Candidate {
        id: PHONE,
        user: BO,
        device: "phone".into(),
        provider: "fcm".into(),
        hears_from: Seq(1),
        read: Seq(0),
        level: None,
        muted_until: None,
        quiet: None,
        called: Some(Seq(3)),
        keeps_away: vec![],
        seat: None,
        done: Seq(0),
    };
    assert_eq!(*bo, expected);

    let quiet = Quiet { from: 22 * 60, to: 7 * 60, zone: "Europe/Berlin".into() };
    let habits = Habits { quiet: Some(quiet.clone()) };
    scene.pushes().set_habits(BO, &habits).await.expect("it is set");
    assert_eq!(scene.pushes().habits(BO).await.expect("it is read"), habits);
    let until = Timestamp(90_000);
    let change = SettingsChange {
        muted_until: Some(Some(until)),
        push_level: Some(Some(PushLevel::Mentions)),
        ..SettingsChange::default()
    };
    assert!(scene.store.conversations().set(BO, TEA, &change).await.expect("it is set"));
    scene.mark(BO, 2).await;
    let person = |user| crate::Person { user, handle: called(user) };
    let pair = crate::Pair { user: person(BO), other: person(ANN), now: NOW };
    scene.store.circle().keep_away(&pair, 10).await.expect("she is kept away");
    seated(&scene, true).await;
    scene.decide(decided(4, vec![note(PHONE, BO, 2, 3)])).await;
    let [taken] = &scene.taken(7, NOW).await[..] else { panic!("there is one note") };
    scene.settled(came(taken, Settling::Told, "sent", 1)).await;
    let expected = Candidate {
        read: Seq(2),
        level: Some(PushLevel::Mentions),
        muted_until: Some(until),
        quiet: Some(quiet),
        keeps_away: vec![ANN],
        seat: Some(Seat { running: false, delivered: Seq(3) }),
        done: Seq(3),
        ..expected
    };
    assert_eq!(scene.asked(2, 4, false).await, [expected]);
    scene.pushes().set_habits(BO, &Habits::default()).await.expect("it is set");
    assert_eq!(scene.pushes().habits(BO).await.expect("it is read"), Habits::default());
}

/// Bo's phone was here, acknowledged up to 3 and went, if it went.
async fn seated(scene: &Scene, went: bool) {
    let opening = Opening {
        user: BO,
        client_id: "phone",
        clean_start: false,
        keep: Some(3_600),
        devices: 20,
        will: None,
        now: NOW,
    };
    let opened = scene.store.open_session(opening).await.expect("it is opened");
    let (id, epoch) = (opened.id.expect("it has a row"), opened.epoch);
    let cursors = vec![(TEA, Cursor { resume: 3, delivered: 3 })];
    match went {
        true => {
            let state = SessionState { cursors, ..SessionState::default() };
            let end = SessionEnd { id, epoch, state, expires_at: None, will: None, at: NOW };
            scene.store.close_sessions(&[end]).await.expect("it is closed");
        }
        false => scene.store.save_cursors(&[(id, epoch, cursors)]).await.expect("they are saved"),
    }
}

/// Whose connection nobody saw end may still be here.
pub async fn who_is_here_is_told_from_who_went(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.registered(device(PHONE, BO, "phone")).await;
    scene.put(say(ANN, "one")).await;
    seated(&scene, false).await;
    let here = scene.asked(2, 2, false).await;
    assert_eq!(here[0].seat, Some(Seat { running: true, delivered: Seq(3) }));
    seated(&scene, true).await;
    let went = scene.asked(2, 2, false).await;
    assert_eq!(went[0].seat, Some(Seat { running: false, delivered: Seq(3) }));
}

/// In a large room nobody goes through all members, unless all of them are called.
pub async fn in_a_large_room_only_those_are_asked_who_are_called_or_want_everything(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.registered(device(PHONE, BO, "phone")).await;
    scene.registered(device(PAD, ANN, "pad")).await;
    scene.put(say(ANN, "one")).await;
    assert_eq!(scene.asked(2, 2, true).await, []);
    scene.put(calling(ANN, "bo")).await;
    let of = |found: Vec<Candidate>| found.into_iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!(of(scene.asked(2, 3, true).await), [PHONE]);
    assert_eq!(of(scene.asked(2, 2, true).await), []);
    let all = SettingsChange { push_level: Some(Some(PushLevel::All)), ..SettingsChange::default() };
    assert!(scene.store.conversations().set(ANN, TEA, &all).await.expect("it is set"));
    assert_eq!(of(scene.asked(2, 2, true).await), [PAD]);
    scene.put(calling(ANN, Mention::ALL)).await;
    assert_eq!(of(scene.asked(4, 4, true).await), [PAD, PHONE]);
    // Page by page.
    let (from, to, senders, after) = (Seq(4), Seq(4), vec![], (ANN, PAD));
    let question = Question { room: TEA, from, to, senders, large: true, after, limit: 1 };
    assert_eq!(of(scene.pushes().candidates(&question).await.expect("they are read")), [PHONE]);
}

/// A note is somebody's for a while; if they do not settle it, it is taken again, and then what they say of it counts no
/// more.
pub async fn a_note_is_taken_once_and_again_when_nobody_settles_it(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.registered(device(PHONE, BO, "phone")).await;
    scene.commit(&[say(ANN, "one"), say(ANN, "two")]).await;
    scene.decide(decided(3, vec![note(PHONE, BO, 2, 3)])).await;
    assert_eq!(scene.pushes().next_note("fcm").await.expect("it is read"), Some(NOW));
    let first = scene.taken(7, NOW).await;
    let [taken] = &first[..] else { panic!("there is one note: {first:?}") };
    assert_eq!((taken.what, taken.attempts, taken.since), (Some((Seq(2), Seq(3))), 0, Timestamp(1_000)));
    assert_eq!(taken.device.address, PushAddress("the address of phone".into()));
    assert_eq!(scene.taken(8, Timestamp(NOW.0 + 59_999)).await, []);
    let scene = scene.reopened(bench).await;
    let again = scene.taken(8, Timestamp(NOW.0 + 60_000)).await;
    assert_eq!(again.len(), 1);
    scene.settled(came(taken, Settling::Told, "sent", 1)).await;
    assert_eq!(scene.asked(2, 3, false).await[0].done, Seq(0), "it is another's by now");
    scene.settled(came(&again[0], Settling::Later(Timestamp(99_000)), "later", 2)).await;
    assert_eq!(scene.taken(9, Timestamp(98_999)).await, []);
    let later = scene.taken(9, Timestamp(99_000)).await;
    assert_eq!(later[0].attempts, 1);
    scene.settled(came(&later[0], Settling::Waits(Timestamp(99_500)), "held", 4)).await;
    let later = scene.taken(9, Timestamp(99_500)).await;
    assert_eq!(later[0].attempts, 1, "nobody was asked");
    scene.settled(came(&later[0], Settling::Dropped, "dead", 3)).await;
    assert_eq!(scene.taken(9, Timestamp(999_000)).await, []);
    assert_eq!(scene.pushes().next_note("fcm").await.expect("it is read"), None);
    assert_eq!(scene.asked(2, 3, false).await[0].done, Seq(3));
}

/// What is said while something is told waits for its own turn.
pub async fn what_is_said_while_something_is_told_is_told_next(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.registered(device(PHONE, BO, "phone")).await;
    scene.commit(&[say(ANN, "one"), say(ANN, "two"), say(ANN, "three")]).await;
    scene.decide(decided(2, vec![note(PHONE, BO, 2, 2)])).await;
    let first = scene.taken(7, NOW).await;
    scene.decide(decided(4, vec![note(PHONE, BO, 3, 4)])).await;
    scene.settled(came(&first[0], Settling::Told, "sent", 1)).await;
    let waits = scene.pushes().pushed((TEA, Seq(3)), &[BO]).await.expect("it is read");
    assert_eq!(waits, [(BO, 0, 1)]);
    let next = scene.taken(7, Timestamp(NOW.0 + 500)).await;
    assert_eq!((next[0].what.map(|(_, to)| to), next[0].told), (Some(Seq(4)), Seq(2)));
    scene.settled(came(&next[0], Settling::Told, "sent", 2)).await;
    assert_eq!(scene.taken(7, Timestamp(NOW.0 + 999)).await, []);
    let pushed = |seq| scene.pushes().pushed((TEA, Seq(seq)), &[ANN, BO]);
    assert_eq!(pushed(4).await.expect("it is read"), [(BO, 1, 0)]);
    for other in [1, 5] {
        assert_eq!(pushed(other).await.expect("it is read"), [(BO, 0, 0)]);
    }
}

/// What a device shows is taken back once it is read elsewhere, also when that happened while it was told; whoever says
/// something has read.
pub async fn what_was_read_elsewhere_is_taken_back(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.registered(device(PHONE, BO, "phone")).await;
    scene.commit(&[say(ANN, "one"), say(ANN, "two")]).await;
    scene.decide(decided(3, vec![note(PHONE, BO, 2, 3)])).await;
    let first = scene.taken(7, NOW).await;
    scene.settled(came(&first[0], Settling::Told, "sent", 1)).await;
    scene.mark(BO, 2).await;
    assert_eq!(scene.pushes().next_note("fcm").await.expect("it is read"), None, "3 is still shown");
    scene.mark(BO, 3).await;
    let at = scene.pushes().next_note("fcm").await.expect("it is read").expect("it is to be taken back");
    let back = scene.taken(7, at).await;
    assert_eq!((back[0].what, back[0].told), (None, Seq(3)));
    scene.settled(came(&back[0], Settling::TakenBack, "withdrawn", 2)).await;
    assert_eq!(scene.pushes().next_note("fcm").await.expect("it is read"), None);

    scene.put(say(ANN, "three")).await;
    scene.decide(decided(4, vec![note(PHONE, BO, 4, 4)])).await;
    let second = scene.taken(7, NOW).await;
    scene.mark(BO, 4).await;
    scene.settled(came(&second[0], Settling::Told, "sent", 3)).await;
    let back = scene.taken(7, Timestamp(NOW.0 + 500)).await;
    assert_eq!((back[0].what, back[0].told), (None, Seq(4)), "it was read while it was told");
    scene.settled(came(&back[0], Settling::TakenBack, "withdrawn", 4)).await;

    scene.put(say(ANN, "four")).await;
    scene.decide(decided(5, vec![note(PHONE, BO, 5, 5)])).await;
    let third = scene.taken(7, NOW).await;
    scene.settled(came(&third[0], Settling::Told, "sent", 5)).await;
    scene.decide(PushDecision { read: vec![(BO, Seq(6))], ..decided(6, vec![]) }).await;
    assert_eq!(scene.taken(7, NOW).await.len(), 1, "who says something has read");
}

/// A device that is gone is forgotten, unless it came back after that; one that can't be used waits until it registers
/// again.
pub async fn a_device_that_is_gone_is_told_nothing_more(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.registered(device(PHONE, BO, "phone")).await;
    scene.registered(device(PAD, BO, "pad")).await;
    scene.put(say(ANN, "one")).await;
    scene.decide(decided(2, vec![note(PHONE, BO, 2, 2), note(PAD, BO, 2, 2)])).await;
    let notes = scene.taken(7, NOW).await;
    let of = |id| notes.iter().find(|note| note.device.id == id).expect("there is one for each");
    scene.settled(came(of(PHONE), Settling::Gone(Timestamp(900)), "gone", 1)).await;
    assert_eq!(scene.devices(BO).await.len(), 2, "it registered at that moment");
    scene.settled(came(of(PHONE), Settling::Gone(Timestamp(901)), "gone", 2)).await;
    scene.settled(came(of(PAD), Settling::Disabled("BadDeviceToken".into()), "disabled", 3)).await;
    let left = scene.devices(BO).await;
    let why = Some(("BadDeviceToken".to_owned(), Timestamp(NOW.0 + 500)));
    assert_eq!(left, [PushDevice { disabled: why, ..device(PAD, BO, "pad") }]);
    assert_eq!((scene.asked(2, 2, false).await, scene.taken(8, Timestamp(999_000)).await), (vec![], vec![]));
    scene.registered(device(PAD, BO, "pad")).await;
    assert_eq!(scene.asked(2, 2, false).await.len(), 1);
}

/// A person sees what their devices were told lately, and who looks after the server what was told to nobody.
pub async fn what_came_of_it_is_kept_within_bounds(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.registered(device(PHONE, BO, "phone")).await;
    scene.put(say(ANN, "one")).await;
    scene.decide(decided(2, vec![note(PHONE, BO, 2, 2)])).await;
    let note = scene.taken(7, NOW).await.remove(0);
    let backlog = scene.pushes().backlog().await.expect("it is read");
    let waits = (backlog[0].provider.as_str(), backlog[0].waiting, backlog[0].retried, backlog[0].oldest);
    assert_eq!(waits, ("fcm", 1, 0, Some(Timestamp(1_000))));
    let many = i64::from(Delivery::KEPT) + 10;
    let settled: Vec<_> = (1..=many)
        .map(|number| {
            let word = if number == 1 { "dead" } else { "sent" };
            Settled { by: 0, ..came(&note, Settling::Told, word, number) }
        })
        .collect();
    scene.pushes().settle(&settled).await.expect("it is written");
    let kept = scene.pushes().deliveries(PHONE).await.expect("they are read");
    assert_eq!((kept.len(), kept[0].number), (Delivery::KEPT as usize, many));
    let one = &kept[0];
    let outcome = ("sent".to_owned(), "so".to_owned(), "a-1".to_owned());
    assert_eq!((&one.outcome, one.place, one.user), (&outcome, (TEA, Seq(2)), BO));
    let dead = scene.pushes().dead_letters(None, 10).await.expect("they are read");
    assert_eq!(dead.iter().map(|one| one.number).collect::<Vec<_>>(), [1]);
    assert_eq!(scene.pushes().dead_letters(Some(1), 10).await.expect("they are read"), []);
    let scene = scene.reopened(bench).await;
    let outcomes = scene.pushes().outcomes().await.expect("they are read");
    let counted: Vec<_> = outcomes.iter().map(|one| (one.outcome.as_str(), one.times, one.age)).collect();
    let age = Duration::from_millis(9_500);
    assert_eq!(counted, [("dead", 1, age), ("sent", many.unsigned_abs() - 1, age)]);
}

/// The number on an icon is all that is unread where it may ring.
pub async fn the_badge_is_what_is_unread_in_rooms_that_may_ring(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let den = RoomId(7_002);
    scene.make(room(den, "den", &[ANN, BO])).await;
    scene.commit(&[say(ANN, "one"), say(ANN, "two"), say(ANN, "three")]).await;
    scene.put(crate::NewEntry { room: den, ..say(ANN, "four") }).await;
    let asked = [(BO, TEA), (BO, den), (CY, TEA), (ANN, TEA)];
    let contexts = scene.pushes().note_contexts(&asked, NOW).await.expect("they are read");
    let seen: Vec<_> = contexts
        .iter()
        .flatten()
        .map(|one| (one.handle.as_str(), one.is_member, one.read.0, one.badge))
        .collect();
    assert_eq!(seen, [("tea", true, 0, 4), ("den", true, 0, 4), ("tea", false, 0, 0), ("tea", true, 4, 0)]);
    scene.mark(BO, 3).await;
    let mutes = SettingsChange { muted_until: Some(Some(Timestamp(90_000))), ..SettingsChange::default() };
    assert!(scene.store.conversations().set(BO, den, &mutes).await.expect("it is set"));
    let contexts = scene.pushes().note_contexts(&[(BO, TEA)], NOW).await.expect("they are read");
    assert_eq!(contexts[0].as_ref().map(|one| (one.read.0, one.badge)), Some((3, 1)));
    let gone = scene.pushes().note_contexts(&[(BO, RoomId(9))], NOW).await.expect("they are read");
    assert_eq!(gone, [None]);
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
