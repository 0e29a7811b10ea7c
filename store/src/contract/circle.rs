//! Whom people know, and whom they keep away.

use super::bench::*;
use crate::{Befriended, Circle, Kept, Pair, Person, Tie};
use chat::{EventKind, Handle, RoomKind, Timestamp, UserId};

fn pair(user: UserId, other: UserId) -> Pair {
    let person = |user| Person { user, handle: called(user) };
    Pair { user: person(user), other: person(other), now: Timestamp(1_000) }
}

impl Scene {
    fn circle(&self) -> &dyn Circle {
        self.store.circle()
    }

    async fn befriends(&self, user: UserId, other: UserId) -> Befriended {
        self.circle().befriend(&pair(user, other), 10).await.expect("it is tried")
    }

    async fn keeps_away(&self, user: UserId, other: UserId) {
        let kept = self.circle().keep_away(&pair(user, other), 10).await.expect("it is tried");
        assert_eq!(kept, Kept::Away);
    }

    async fn tied(&self, user: UserId, other: UserId) -> Option<Tie> {
        self.circle().tie(user, other).await.expect("it is read")
    }

    /// What somebody was told of contacts and blocks: about whom, and what.
    async fn told_of(&self, user: UserId, kind: EventKind) -> Vec<(Handle, String)> {
        let events = self.told(user).await.into_iter().filter(|event| event.kind == kind);
        events.map(|event| (event.user.expect("somebody"), event.data.expect("something").into())).collect()
    }
}

/// One asks, the other agrees by asking back, either ends it; both are told each time.
pub async fn a_contact_is_wanted_by_both(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    assert_eq!(scene.befriends(ANN, BO).await, Befriended::Tied(Tie::Waiting));
    assert_eq!(scene.befriends(ANN, BO).await, Befriended::Tied(Tie::Waiting), "asked is asked");
    assert_eq!(scene.tied(BO, ANN).await, Some(Tie::Asked));
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.befriends(BO, ANN).await, Befriended::Tied(Tie::Contact));
    assert_eq!(
        (scene.tied(ANN, BO).await, scene.tied(BO, ANN).await),
        (Some(Tie::Contact), Some(Tie::Contact))
    );
    assert!(scene.circle().part_ways(&pair(ANN, BO)).await.expect("it is ended"));
    assert!(!scene.circle().part_ways(&pair(ANN, BO)).await.expect("it is tried"));
    assert_eq!((scene.tied(ANN, BO).await, scene.tied(BO, ANN).await), (None, None));
    let told = |who: &str, states: [&str; 3]| {
        states.map(|state| (name(who), format!(r#"{{"state":"{state}"}}"#))).to_vec()
    };
    assert_eq!(scene.told_of(ANN, EventKind::Contact).await, told("bo", ["waiting", "contact", "none"]));
    assert_eq!(scene.told_of(BO, EventKind::Contact).await, told("ann", ["asked", "contact", "none"]));
    assert_eq!(scene.befriends(ANN, ANN).await, Befriended::NoSuchUser);
}

/// Contacts are listed by handle, page by page, all or those of one sort; there are so many and no more.
pub async fn contacts_are_listed_page_by_page(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.befriends(ANN, BO).await;
    scene.befriends(CY, ANN).await;
    let circle = scene.circle();
    let list = |tie, after: Option<&'static str>, limit| async move {
        let after = after.map(name);
        let found = circle.contacts(ANN, tie, after.as_ref(), limit).await.expect("they are listed");
        found.into_iter().map(|one| (one.person.handle.to_string(), one.tie)).collect::<Vec<_>>()
    };
    let (bo, cy) = (("bo".to_owned(), Tie::Waiting), ("cy".to_owned(), Tie::Asked));
    assert_eq!(list(None, None, 10).await, [bo.clone(), cy.clone()]);
    assert_eq!((list(None, None, 1).await, list(None, Some("bo"), 1).await), (vec![bo], vec![cy.clone()]));
    assert_eq!(list(Some(Tie::Asked), None, 10).await, [cy]);
    assert_eq!(list(Some(Tie::Contact), None, 10).await, []);
    let one_more = circle.befriend(&pair(BO, CY), 1).await.expect("it is tried");
    assert_eq!(one_more, Befriended::TooMany);
    let agreed = circle.befriend(&pair(BO, ANN), 1).await.expect("it is tried");
    assert_eq!(agreed, Befriended::Tied(Tie::Contact), "who agrees knows nobody more");
}

/// Who is kept away finds nobody, and what was between the two is over.
pub async fn who_is_kept_away_finds_nobody(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.befriends(ANN, BO).await;
    scene.keeps_away(ANN, BO).await;
    scene.keeps_away(ANN, BO).await;
    assert_eq!((scene.tied(ANN, BO).await, scene.tied(BO, ANN).await), (None, None));
    assert_eq!(scene.befriends(BO, ANN).await, Befriended::NoSuchUser);
    assert_eq!(scene.befriends(ANN, BO).await, Befriended::KeptAway);
    let scene = scene.reopened(bench).await;
    let circle = scene.circle();
    assert_eq!(circle.keepers(BO, &[ANN, CY]).await.expect("they are read"), [ANN]);
    assert_eq!(circle.keepers(ANN, &[BO, CY]).await.expect("they are read"), []);
    let kept = circle.kept_away(ANN, None, 10).await.expect("they are listed");
    assert_eq!(kept.into_iter().map(|one| one.person.handle).collect::<Vec<_>>(), [name("bo")]);
    assert_eq!(circle.kept_away(ANN, Some(&name("bo")), 10).await.expect("they are listed"), []);
    let full = circle.keep_away(&pair(ANN, CY), 1).await.expect("it is tried");
    assert_eq!(full, Kept::TooMany);
    assert!(circle.let_near(&pair(ANN, BO)).await.expect("it is ended"));
    assert!(!circle.let_near(&pair(ANN, BO)).await.expect("it is tried"));
    assert_eq!(scene.befriends(BO, ANN).await, Befriended::Tied(Tie::Waiting));
    let told = [true, false].map(|away| (name("bo"), format!(r#"{{"blocked":{away}}}"#)));
    assert_eq!(scene.told_of(ANN, EventKind::Block).await, told);
    assert_eq!(scene.told_of(BO, EventKind::Block).await, []);
}

/// The room of two is closed while one keeps the other away, and what was judged before is judged again.
pub async fn the_room_of_two_is_closed_while_one_keeps_the_other_away(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let id = chat::RoomId(7_002);
    let new = crate::NewRoom { kind: RoomKind::Direct, handle: id.handle(), ..room(id, "x", &[ANN, BO]) };
    scene.store.find_or_make_direct((ANN, BO), &new).await.expect("it is made");
    let standing = async |user| {
        let found = scene.store.standing(&id.handle(), user).await.expect("it is read");
        let found = found.expect("it is there");
        (found.closed, found.rules.0)
    };
    let say = |rules| crate::NewEntry { room: id, ..judged(say(BO, "hello"), rules) };
    assert_eq!(standing(BO).await, (false, 1));
    assert!(matches!(scene.put(say(1)).await, crate::Fate::Stored { .. }));
    scene.keeps_away(ANN, BO).await;
    assert_eq!((standing(ANN).await, standing(BO).await), ((true, 2), (true, 2)));
    assert_eq!(scene.put(say(1)).await, crate::Fate::Stale);
    assert!(matches!(scene.put(say(2)).await, crate::Fate::Stored { .. }), "the rest is the rule's affair");
    scene.circle().let_near(&pair(ANN, BO)).await.expect("it is ended");
    assert_eq!(standing(BO).await, (false, 3));
    scene.keeps_away(ANN, BO).await;
    assert_eq!(standing(BO).await, (true, 4));
    let gone = crate::AccountChange::State(crate::AccountState::Deleted);
    scene.store.people().change_account(ANN, &gone).await.expect("ann goes");
    assert_eq!(standing(BO).await, (false, 5), "who went for good keeps nobody away");
}

/// Who goes for good is in nobody's list.
pub async fn who_goes_for_good_is_in_nobodys_circle(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.befriends(CY, ANN).await;
    scene.keeps_away(CY, BO).await;
    let gone = crate::AccountChange::State(crate::AccountState::Deleted);
    scene.store.people().change_account(CY, &gone).await.expect("cy goes");
    assert_eq!(scene.circle().contacts(ANN, None, None, 10).await.expect("they are listed"), []);
    assert_eq!(scene.circle().kept_away(CY, None, 10).await.expect("they are listed"), []);
}
