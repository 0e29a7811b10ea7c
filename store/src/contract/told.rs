//! What users are told: in their own rooms, and exactly if what it tells of was done.

use super::bench::*;
use crate::{Added, CredentialId, CredentialKind, Moved, NewEvent, Which};
use chat::{Act, Event, EventKind, Handle, Origin, RoomKind, Seq, Timestamp, UserId};

impl Scene {
    /// Tells somebody something.
    async fn tell(&self, user: UserId, data: &str) {
        let event = Event::new(EventKind::DeviceAdded).room(name("tea")).data(data);
        let new = NewEvent { origin: Some(Origin(7)), ..NewEvent::new(user, event, Timestamp(1_000)) };
        self.store.tell(&[new]).await.expect("it is told");
    }

    /// What somebody was told, oldest first.
    pub(super) async fn told(&self, user: UserId) -> Vec<Event> {
        let room = user.own_room();
        let read = self.store.read(room, Seq::ZERO, Seq(u64::MAX), 500, Timestamp(2_000)).await;
        let entries = read.expect("a log is read");
        assert!(entries.iter().enumerate().all(|(at, entry)| entry.seq == Seq(at as u64 + 1)), "no hole");
        let events = entries.into_iter().filter_map(|entry| match entry.act {
            Act::Told(event) => Some(event),
            _ => None,
        });
        events.collect()
    }
}

/// A user is told something in their own room, which is made for the first of it and which nobody else is in.
pub async fn what_a_user_is_told_is_in_their_own_room(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    assert_eq!(scene.told(ANN).await, []);
    scene.tell(ANN, r#"{"n":1}"#).await;
    assert_eq!(scene.store.told().next().await, [Moved { user: ANN, made: true, last: Seq(2) }]);
    scene.tell(ANN, r#"{"n":2}"#).await;
    scene.tell(BO, r#"{"n":3}"#).await;
    let moved = scene.store.told().next().await;
    let [ann, bo] =
        [(ANN, false, Seq(3)), (BO, true, Seq(2))].map(|(user, made, last)| Moved { user, made, last });
    assert_eq!(moved, [ann, bo]);

    let scene = scene.reopened(bench).await;
    let data = |events: Vec<Event>| events.into_iter().filter_map(|event| event.data).collect::<Vec<_>>();
    assert_eq!(data(scene.told(ANN).await), [r#"{"n":1}"#.into(), r#"{"n":2}"#.into()]);
    assert_eq!(scene.told(BO).await[0].room, Some(name("tea")));
    let entries = scene.store.pick(&[(ANN.own_room(), Seq(3))]).await.expect("it is read");
    assert_eq!((entries[0].sender, entries[0].origin), (ANN, Some(Origin(7))));
    let unread = scene.store.unread(ANN, ANN.own_room()).await.expect("it is read");
    assert_eq!(unread.1, 0, "it is no message");

    let (_, memberships) = scene.store.memberships(ANN, Timestamp(0)).await.expect("they are read");
    let own: Vec<&Handle> =
        memberships.iter().filter(|one| one.kind == RoomKind::Own).map(|one| &one.handle).collect();
    assert_eq!(own, [&Handle::own(ANN)]);
    let rooms = scene.store.rooms(None, 10).await.expect("they are listed");
    assert_eq!(rooms.into_iter().map(|room| room.handle).collect::<Vec<_>>(), [name("tea")]);
    let standing = scene.store.standing(&Handle::own(ANN), BO).await.expect("it is read");
    assert!(standing.expect("it is there").member.is_none());
}

/// Somebody who is not there, or no more, is told nothing, and nobody else goes without for it.
pub async fn who_has_no_account_is_told_nothing(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let nobody = UserId(999);
    let gone = crate::AccountChange::State(crate::AccountState::Deleted);
    scene.store.people().change_account(CY, &gone).await.expect("cy goes");
    let event = || Event::new(EventKind::DeviceEnded);
    let events = [nobody, CY, BO].map(|user| NewEvent::new(user, event(), Timestamp(1_000)));
    scene.store.tell(&events).await.expect("it is told");
    assert_eq!(scene.store.told().next().await, [Moved { user: BO, made: true, last: Seq(2) }]);
    assert_eq!((scene.told(nobody).await, scene.told(CY).await), (vec![], vec![]));
}

/// Nobody comes in by something new, and nothing stops being good, without its owner being told.
pub async fn a_credential_that_is_added_or_ended_is_told(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let login = |id, device| credential(id, ANN, CredentialKind::Login, Some(device));
    scene.added(login(1, "phone")).await;
    assert_eq!(scene.added(login(2, "phone")).await, Added::New(vec![CredentialId(1)]));
    scene.added(credential(3, ANN, CredentialKind::DeviceToken, Some("lamp"))).await;
    let refused = credential(4, ANN, CredentialKind::DeviceToken, Some("lamp"));
    assert_eq!(scene.added(refused).await, Added::DeviceTaken);
    scene.store.people().end_credentials(ANN, Which::One(CredentialId(3))).await.expect("it is ended");
    scene.store.people().end_credentials(ANN, Which::All).await.expect("they are ended");
    let words = scene.told(ANN).await.into_iter().map(|event| (event.kind, event.data.expect("it has some")));
    let added = |id: i64, kind, device| {
        let data = format!(r#"{{"id":"{id}","type":"{kind}","device":"{device}","label":"number {id}"}}"#);
        (EventKind::DeviceAdded, data.into())
    };
    let ended = |id: i64| (EventKind::DeviceEnded, format!(r#"{{"id":"{id}"}}"#).into());
    assert_eq!(
        words.collect::<Vec<_>>(),
        [
            added(1, "login", "phone"),
            ended(1),
            added(2, "login", "phone"),
            added(3, "device_token", "lamp"),
            ended(3),
            ended(2)
        ]
    );
}
