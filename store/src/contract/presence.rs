//! How people show that they are there, and who may see it.

use super::bench::*;
use crate::{
    AccountChange, AccountState, KeptPresence, NewEntry, NewRoom, Pair, Person, PresenceChange, Presences,
};
use chat::{Origin, Presence, PresenceText, RoomId, RoomKind, Timestamp, UserId, Visibility};

impl Scene {
    fn presences(&self) -> &dyn Presences {
        self.store.presences()
    }

    async fn keeps(&self, user: UserId, change: PresenceChange) -> bool {
        self.presences().keep(user, &change).await.expect("it is kept")
    }

    async fn shows(&self, user: UserId) -> Option<KeptPresence> {
        self.presences().kept(&[user]).await.expect("it is read").pop()
    }

    async fn lets_see(&self, user: UserId, visibility: Visibility) {
        assert!(self.keeps(user, PresenceChange { visibility: Some(visibility), ..no_change() }).await);
    }

    async fn sees(&self, seer: UserId, seen: UserId) -> bool {
        self.presences().sights(&[(seer, seen)]).await.expect("it is judged")[0]
    }

    async fn around(&self, user: UserId, largest: u32) -> Vec<UserId> {
        self.presences().around(user, largest, 10).await.expect("it is read")
    }

    async fn are_contacts(&self, one: UserId, other: UserId) {
        for pair in [pair(one, other), pair(other, one)] {
            self.store.circle().befriend(&pair, 10).await.expect("it is wanted");
        }
    }

    async fn is_kept_away(&self, user: UserId, by: UserId) {
        self.store.circle().keep_away(&pair(by, user), 10).await.expect("it is kept");
    }
}

fn no_change() -> PresenceChange {
    PresenceChange::default()
}

fn words(text: &str) -> PresenceText {
    PresenceText::new(text).expect("a text in a test is one")
}

fn pair(user: UserId, other: UserId) -> Pair {
    let person = |user| Person { user, handle: called(user) };
    Pair { user: person(user), other: person(other), now: Timestamp(1_000) }
}

/// What somebody says and set is there as it was kept, also after the store was opened again; what they left out stays.
pub async fn what_somebody_says_of_being_there_is_kept(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let nothing = scene.shows(BO).await.expect("bo is there");
    let fresh = (nothing.visibility, nothing.text, nothing.last_seen, nothing.devices);
    assert_eq!(fresh, (Visibility::Known, None, None, Vec::new()));
    let (phone, watch) = ((Origin(-5), Presence::Busy), (Origin(6), Presence::Away));
    assert!(scene.keeps(BO, PresenceChange { text: Some(Some(words("at tea"))), ..no_change() }).await);
    assert!(scene.keeps(BO, PresenceChange { devices: Some(vec![phone, watch]), ..no_change() }).await);
    scene.lets_see(BO, Visibility::Nobody).await;
    let scene = scene.reopened(bench).await;
    let kept = scene.shows(BO).await.expect("bo is there");
    assert_eq!(
        (kept.handle, kept.visibility, kept.text),
        (name("bo"), Visibility::Nobody, Some(words("at tea")))
    );
    assert_eq!(kept.devices, [phone, watch]);
    assert_eq!(scene.presences().with_devices(None, 10).await.expect("they are listed"), [BO]);
    assert_eq!(scene.presences().with_devices(Some(BO), 10).await.expect("they are listed"), []);
    let clear = PresenceChange { text: Some(None), devices: Some(Vec::new()), ..no_change() };
    assert!(scene.keeps(BO, clear).await);
    let kept = scene.shows(BO).await.expect("bo is there");
    assert_eq!((kept.visibility, kept.text, kept.devices), (Visibility::Nobody, None, Vec::new()));
    assert!(!scene.keeps(UserId(999), no_change()).await, "of nobody nothing is kept");
    assert_eq!(scene.shows(UserId(999)).await, None);
}

/// When somebody was here last only grows, and is there after the store was opened again.
pub async fn when_somebody_was_here_last_is_noted(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let at = Timestamp;
    for seen in [&[(ANN, at(5)), (BO, at(7)), (UserId(999), at(8))][..], &[(BO, at(6)), (ANN, at(9))]] {
        scene.presences().saw(seen).await.expect("it is noted");
    }
    let scene = scene.reopened(bench).await;
    let mut kept = scene.presences().kept(&[BO, CY, ANN]).await.expect("it is read");
    kept.sort_by_key(|one| one.user);
    let seen: Vec<_> = kept.into_iter().map(|one| (one.user, one.last_seen)).collect();
    assert_eq!(seen, [(ANN, Some(at(9))), (BO, Some(at(7))), (CY, None)]);
}

/// Of who goes for good nothing is left, and nothing is kept again.
pub async fn who_goes_for_good_shows_nothing_any_more(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.keeps(BO, PresenceChange { text: Some(Some(words("at tea"))), ..no_change() }).await;
    let gone = AccountChange::State(AccountState::Deleted);
    scene.store.people().change_account(BO, &gone).await.expect("bo goes");
    assert_eq!(scene.shows(BO).await, None);
    assert!(!scene.keeps(BO, no_change()).await && !scene.sees(ANN, BO).await);
    scene.presences().saw(&[(BO, Timestamp(5))]).await.expect("nobody is noted");
    assert_eq!(scene.shows(BO).await, None);
}

/// One is seen by whom one lets see it: everybody, contacts and people in common rooms, or nobody but oneself.
pub async fn who_may_see_somebody_is_theirs_to_say(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    assert!(scene.sees(ANN, BO).await, "they are in one room");
    assert!(!scene.sees(CY, BO).await && !scene.sees(CY, UserId(999)).await && scene.sees(CY, CY).await);
    scene.are_contacts(BO, CY).await;
    assert!(scene.sees(CY, BO).await && scene.sees(BO, CY).await, "they are contacts");
    scene.lets_see(BO, Visibility::Nobody).await;
    assert!(!scene.sees(CY, BO).await && !scene.sees(ANN, BO).await && scene.sees(BO, BO).await);
    scene.lets_see(ANN, Visibility::Everyone).await;
    let pairs = [(CY, ANN), (CY, BO), (BO, CY), (ANN, CY)];
    assert_eq!(scene.presences().sights(&pairs).await.expect("they are judged"), [true, false, true, false]);
    scene.commit(&[leave(BO)]).await;
    scene.lets_see(BO, Visibility::Known).await;
    assert!(!scene.sees(ANN, BO).await, "who left a room is seen by nobody there");
}

/// Who is kept away sees nobody and is not seen, whatever was set.
pub async fn who_is_kept_away_is_out_of_sight(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.lets_see(ANN, Visibility::Everyone).await;
    scene.lets_see(BO, Visibility::Everyone).await;
    scene.is_kept_away(BO, ANN).await;
    assert!(!scene.sees(ANN, BO).await && !scene.sees(BO, ANN).await && scene.sees(CY, ANN).await);
    for (user, other) in [(ANN, BO), (BO, ANN)] {
        let apart = scene.store.circle().apart_from(user, &[CY, other]).await.expect("it is read");
        assert_eq!(apart, [other]);
        assert_eq!(scene.around(user, 100).await, []);
    }
}

/// Around somebody are their contacts and who is in small rooms with them, each once.
pub async fn around_somebody_are_contacts_and_people_in_small_rooms(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    assert_eq!((scene.around(ANN, 2).await, scene.around(ANN, 1).await), (vec![BO], vec![]));
    scene.make(room(RoomId(7_002), "milk", &[ANN, BO, CY])).await;
    assert_eq!((scene.around(ANN, 3).await, scene.around(CY, 2).await), (vec![BO, CY], vec![]));
    scene.are_contacts(CY, BO).await;
    assert_eq!(scene.around(CY, 2).await, [BO]);
    assert_eq!(scene.presences().around(ANN, 3, 1).await.expect("it is read"), [BO], "so many and no more");
    scene.commit(&[leave(BO)]).await;
    assert_eq!(scene.around(ANN, 2).await, []);
}

/// Who writes to somebody does not see them by that; who answers is seen.
pub async fn a_stranger_is_seen_only_once_they_answered(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let id = RoomId(7_009);
    let pair = NewRoom { kind: RoomKind::Direct, ..room(id, "pair", &[BO, CY]) };
    scene.store.find_or_make_direct((BO, CY), &pair).await.expect("it is made");
    let says = async |sender| scene.commit(&[NewEntry { room: id, ..say(sender, "hello") }]).await;
    says(CY).await;
    assert_eq!((scene.sees(CY, BO).await, scene.sees(BO, CY).await), (false, true));
    assert_eq!((scene.around(CY, 100).await, scene.around(BO, 2).await), (vec![], vec![ANN, CY]));
    says(BO).await;
    assert!(scene.sees(CY, BO).await);
    assert_eq!(scene.around(CY, 100).await, [BO]);
}
