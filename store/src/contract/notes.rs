//! What each device is to be told, and what came of it.

use super::bench::*;
use super::pushes::{NOW, PAD, PHONE, came, decided, device, note};
use crate::{Delivery, PushAddress, PushDecision, PushDevice, SettingsChange, Settled, Settling};
use chat::{RoomId, Seq, Timestamp};
use std::time::Duration;

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
