//! How far messages have come to people.

use super::bench::*;
use super::device::end;
use crate::{Delivered, NewEntry, Pair, Person, Progress, ReadMark, RoomSize};
use chat::{LARGE, RoomId, Seq, Timestamp, UserId};

const HALL: RoomId = RoomId(7_009);
/// The first of the many.
const DEE: UserId = UserId(10_001);

/// Who it is, how far messages came to them, how far they read.
type Seen = (UserId, u64, u64);

fn seen(progress: Progress) -> Seen {
    (progress.user, progress.delivered.0, progress.read.0)
}

fn mark(user: UserId, room: RoomId, seq: u64) -> Delivered {
    Delivered { user, room, seq: Seq(seq) }
}

impl Scene {
    /// Who moved in tea by these marks.
    async fn delivers(&self, marks: &[(UserId, u64)]) -> Vec<Seen> {
        let marks: Vec<_> = marks.iter().map(|(user, seq)| mark(*user, TEA, *seq)).collect();
        let moved = self.store.receipts().deliver(&marks).await.expect("marks are moved");
        assert!(moved.iter().all(|one| one.room == TEA));
        let mut moved: Vec<_> = moved.into_iter().map(seen).collect();
        moved.sort_unstable();
        moved
    }

    /// How far who is in tea is.
    async fn progress(&self) -> Vec<Seen> {
        let found = self.store.receipts().progress(TEA, None, 1_000).await.expect("it is read");
        found.into_iter().map(|one| (one.person.user, one.delivered.0, one.read.0)).collect()
    }
}

/// A mark grows, stops at the end of the log, is told when it moved, and is there after a restart.
pub async fn delivered_marks_only_move_forward_and_not_past_the_end(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let batch: Vec<_> = (0..5).map(|i| say(ANN, &i.to_string())).collect();
    scene.commit(&batch).await;
    assert_eq!(scene.delivers(&[(BO, 4)]).await, [(BO, 4, 0)]);
    assert_eq!(scene.delivers(&[(BO, 4), (BO, 3)]).await, []);
    assert_eq!(scene.progress().await, [(ANN, 6, 6), (BO, 4, 0)]);
    assert_eq!(scene.delivers(&[(BO, 1_000)]).await, [(BO, 6, 0)]);
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.progress().await, [(ANN, 6, 6), (BO, 6, 0)]);
}

/// Who read something, or said something after it, has it; then a delivered mark says nothing new.
pub async fn what_was_read_was_delivered(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.commit(&[say(ANN, "one"), say(BO, "two"), say(ANN, "three"), say(ANN, "four")]).await;
    assert_eq!(scene.progress().await, [(ANN, 5, 5), (BO, 3, 3)]);
    let read = ReadMark { user: BO, room: TEA, seq: Seq(4) };
    let moved = scene.store.mark_read(&[read]).await.expect("a mark is moved");
    assert_eq!(moved, [Progress::of(BO, TEA, Seq(4), Seq(4))]);
    assert_eq!(scene.store.mark_read(&[read]).await.expect("it is asked for"), []);
    assert_eq!(scene.delivers(&[(BO, 4)]).await, []);
    assert_eq!(scene.delivers(&[(BO, 5)]).await, [(BO, 5, 4)]);
    // Of what was said a moment ago, too.
    scene.commit(&[say(BO, "five"), say(ANN, "six")]).await;
    assert_eq!(scene.delivers(&[(BO, 7)]).await, [(BO, 7, 6)]);
    assert_eq!(scene.unread(BO).await, (6, 1), "that it came to a device is not to have read it");
}

/// Marks of a moment that belong to one person count once, and the furthest.
pub async fn of_several_delivered_marks_the_furthest_counts(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.commit(&[say(ANN, "one"), say(ANN, "two")]).await;
    scene.delivers(&[(BO, 2), (BO, 3), (BO, 1)]).await;
    assert_eq!(scene.progress().await, [(ANN, 3, 3), (BO, 3, 0)]);
}

/// Who is not in a room leaves no trace there.
pub async fn who_is_not_in_a_room_has_no_delivered_mark_there(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.put(say(ANN, "one")).await;
    assert_eq!(scene.delivers(&[(CY, 2)]).await, []);
    let nowhere = scene.store.receipts().deliver(&[mark(ANN, RoomId(404), 1)]).await;
    assert_eq!(nowhere.expect("it is asked for"), []);
    scene.commit(&[join(CY), judged(say(ANN, "two"), 2)]).await;
    let found = scene.store.receipts().progress(TEA, None, 10).await.expect("it is read");
    let cy = found.last().expect("cy came");
    assert_eq!((cy.person.user, cy.joined, cy.delivered), (CY, Seq(3), Seq(3)));
    assert_eq!(scene.delivers(&[(CY, 4)]).await, [(CY, 4, 3)]);
    scene.put(judged(leave(CY), 2)).await;
    assert_eq!(scene.delivers(&[(CY, 5)]).await, []);
    assert_eq!(scene.progress().await, [(ANN, 4, 4), (BO, 0, 0)]);
}

/// By name, so many as are asked for.
pub async fn how_far_members_are_is_read_page_by_page(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.put(join(CY)).await;
    let page = async |after: Option<&str>, limit| {
        let after = after.map(name);
        let found = scene.store.receipts().progress(TEA, after.as_ref(), limit).await.expect("it is read");
        found.into_iter().map(|one| one.person.handle.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(page(None, 2).await, ["ann", "bo"]);
    assert_eq!(page(Some("bo"), 2).await, ["cy"]);
    assert_eq!(page(Some("cy"), 2).await, [""; 0]);
}

/// A large room has none, so that a message to a hundred thousand is not as many writes. What people read counts there.
pub async fn a_large_room_has_no_delivered_marks(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let crowd: Vec<UserId> = (0..LARGE).map(|one| UserId(DEE.0 + one)).collect();
    for user in &crowd {
        scene.store.add_account(&account(*user)).await.expect("an account is made");
    }
    scene.make(room(HALL, "hall", &[&[ANN], &crowd[..]].concat())).await;
    scene.put(NewEntry { room: HALL, ..say(ANN, "hello") }).await;
    let deliver =
        async || scene.store.receipts().deliver(&[mark(DEE, HALL, 2)]).await.expect("it is asked for");
    assert_eq!(deliver().await, []);
    let read = ReadMark { user: DEE, room: HALL, seq: Seq(2) };
    assert_eq!(scene.store.mark_read(&[read]).await.expect("it is read").len(), 1);
    let mut sizes = scene.store.receipts().sizes(&[HALL, RoomId(404), TEA]).await.expect("they are read");
    sizes.sort_by_key(|one| one.room);
    let size = |room, handle: &str, members| RoomSize { room, handle: name(handle), members };
    assert_eq!(sizes, [size(TEA, "tea", 2), size(HALL, "hall", 1_001)]);
    scene.put(NewEntry { room: HALL, ..judged(leave(UserId(DEE.0 + 1)), 1) }).await;
    scene.put(NewEntry { room: HALL, ..judged(say(ANN, "fewer"), 2) }).await;
    let moved = scene.store.receipts().deliver(&[mark(DEE, HALL, 4)]).await.expect("it is asked for");
    assert_eq!(moved, [Progress::of(DEE, HALL, Seq(4), Seq(2))], "a thousand are not many");
}

/// The newest of a stretch, and messages only.
pub async fn who_said_the_newest_messages_is_told(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.commit(&[say(ANN, "2"), say(BO, "3"), react(ANN, 2, "+1"), say(BO, "5"), say(ANN, "6")]).await;
    let sayers = async |after, upto, each| {
        let stretches = [(TEA, Seq(after), Seq(upto)), (RoomId(404), Seq(0), Seq(9))];
        let mut found = scene.store.receipts().sayers(&stretches, each).await.expect("it is read");
        found.sort_unstable();
        found.into_iter().map(|(room, seq, user)| (room == TEA, seq.0, user)).collect::<Vec<_>>()
    };
    assert_eq!(sayers(2, 5, 8).await, [(true, 3, BO), (true, 5, BO)]);
    assert_eq!(sayers(0, 100, 2).await, [(true, 5, BO), (true, 6, ANN)]);
    assert_eq!(sayers(3, 4, 8).await, []);
}

/// Sessions that were left, and what of a room each has.
pub async fn how_far_devices_are_is_told(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let commits = [say(ANN, "2"), say(ANN, "3"), say(ANN, "4"), say(ANN, "5")];
    scene.commit(&commits).await;
    let opened = scene.open(BO, 1_000).await;
    scene.close(end(&opened)).await;
    scene.open(CY, 1_000).await;
    let found = scene.store.receipts().devices(TEA, &[ANN, BO]).await.expect("it is read");
    let [phone] = &found[..] else { panic!("bo has one: {found:?}") };
    assert_eq!((phone.user, Some(phone.session), &*phone.client_id), (BO, opened.id, "phone"));
    assert_eq!((phone.resume, phone.delivered, &phone.in_flight[..]), (Some(Seq(4)), Seq(3), &[Seq(4)][..]));
    let elsewhere = scene.store.receipts().devices(HALL, &[BO, CY]).await.expect("it is read");
    assert!(elsewhere.iter().all(|one| one.resume.is_none() && one.in_flight.is_empty()));
    assert_eq!(elsewhere.len(), 2);
}

/// Each pair of which one keeps the other away, from the one who does.
pub async fn who_keeps_whom_away_among_many_is_told(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let person = |user| Person { user, handle: called(user) };
    let pair = Pair { user: person(BO), other: person(ANN), now: Timestamp(1_000) };
    scene.store.circle().keep_away(&pair, 10).await.expect("ann is kept away");
    let apart = async |among: &[UserId]| scene.store.circle().apart(among).await.expect("it is read");
    assert_eq!(apart(&[ANN, BO, CY]).await, [(BO, ANN)]);
    assert_eq!(apart(&[ANN, CY]).await, []);
    assert_eq!(apart(&[BO]).await, []);
}
