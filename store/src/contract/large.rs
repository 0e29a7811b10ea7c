//! Rooms of thousands, where few are told who comes, goes or likes something.

use super::bench::*;
use crate::{Fate, NewAct, NewEntry, Uncounted};
use chat::{Act, LARGE, Reach, RoomId, Seq, Sign, Timestamp, UserId};
use tokio::task::JoinSet;

const HALL: RoomId = RoomId(7_009);
/// One of the many.
const DEE: UserId = UserId(10_001);

/// A scene with the room `hall`, in which ann, bo and a thousand others are, and cy is not.
async fn hall(bench: &dyn Bench) -> Scene {
    let scene = Scene::set(bench).await;
    let crowd: Vec<UserId> = (0..LARGE).map(|one| UserId(DEE.0 + one)).collect();
    // Asked for together, they are few transactions.
    let mut making = JoinSet::new();
    for user in crowd.clone() {
        let store = scene.store.clone();
        making.spawn(async move { store.add_account(&account(user)).await });
    }
    let made = making.join_all().await;
    assert!(made.into_iter().all(|made| made.expect("an account is made")));
    scene.make(room(HALL, "hall", &[&[ANN, BO], &crowd[..]].concat())).await;
    scene
}

fn here(entry: NewEntry) -> NewEntry {
    NewEntry { room: HALL, ..entry }
}

fn few(seq: u64, n: u64, before: u64) -> Fate {
    Fate::Stored { seq: Seq(seq), n, reach: Reach { few: true, before: Seq(before) } }
}

fn all(seq: u64, n: u64, before: u64) -> Fate {
    Fate::Stored { seq: Seq(seq), n, reach: Reach { few: false, before: Seq(before) } }
}

fn counted(of: u64, upto: u64, signs: &[(&str, u64)]) -> NewEntry {
    let signs = signs.iter().map(|(sign, people)| (sign_of(sign), *people)).collect();
    here(NewEntry { act: NewAct::Count { of: Seq(of), signs, upto: Seq(upto) }, ..say(BO, "") })
}

impl Scene {
    async fn uncounted(&self) -> Vec<(u64, UserId, u64, Vec<(Sign, u64)>)> {
        let found = self.store.places().uncounted(10, 100).await.expect("it is read");
        found
            .into_iter()
            .map(|one| {
                let Uncounted { room, handle, of, by, from, upto, signs } = one;
                assert_eq!((room, handle, from), (HALL, name("hall"), called(by)));
                (of.0, by, upto.0, signs)
            })
            .collect()
    }
}

/// Each entry says who is told of it and what everybody was told before, and goes on saying it.
pub async fn in_a_large_room_few_are_told_who_comes_and_goes_and_who_likes_what(bench: &dyn Bench) {
    let scene = hall(bench).await;
    let entries = vec![here(say(ANN, "hello")), here(join(CY)), here(judged(react(CY, 2, "+1"), 2))];
    let mut proofs = scene.proofs(entries).await;
    let scene = scene.reopened(bench).await;
    let entries = vec![
        here(judged(say(BO, "welcome"), 2)),
        here(judged(leave(DEE), 2)),
        here(judged(say(BO, "bye"), 3)),
    ];
    proofs.extend(scene.proofs(entries).await);
    let read = scene.store.read(HALL, Seq(1), Seq(9), 10, Timestamp(1_000)).await.expect("it is read");
    let reach: Vec<_> =
        read.iter().map(|entry| (entry.seq.0, entry.reach.few, entry.reach.before.0)).collect();
    assert_eq!(
        reach,
        [(2, false, 1), (3, true, 2), (4, true, 2), (5, false, 2), (6, true, 5), (7, false, 5)]
    );
    for (entry, proof) in read.iter().zip(proofs) {
        assert_eq!(*entry, proof.as_entry(entry.from.clone()));
    }
}

/// A room that shrinks tells everybody again.
pub async fn a_room_of_a_thousand_is_not_large(bench: &dyn Bench) {
    let scene = hall(bench).await;
    let leaves = (0..3).map(|one| here(judged(leave(UserId(DEE.0 + one)), 1 + one))).collect::<Vec<_>>();
    let fates = scene.commit(&[&leaves[..], &[here(judged(say(BO, "quiet"), 4))]].concat()).await;
    assert_eq!(fates, [few(2, 0, 1), few(3, 0, 1), all(4, 0, 1), all(5, 1, 4)]);
}

/// It is counted until everybody was told; what came after what they are told is counted again.
pub async fn signs_that_few_were_told_of_are_counted_for_everybody(bench: &dyn Bench) {
    let scene = hall(bench).await;
    scene.commit(&[here(say(ANN, "cake?")), here(say(ANN, "tea?"))]).await;
    assert_eq!(scene.uncounted().await, []);
    scene.commit(&[here(react(BO, 2, "+1")), here(react(DEE, 2, "+1")), here(react(DEE, 3, "🍵"))]).await;
    let one = |sign, people| vec![(sign_of(sign), people)];
    assert_eq!(scene.uncounted().await, [(2, DEE, 5, one("+1", 2)), (3, DEE, 6, one("🍵", 1))]);
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.put(counted(3, 6, &[("🍵", 1)])).await, all(7, 2, 3));
    assert_eq!(scene.put(here(unreact(BO, 2, "+1"))).await, few(8, 2, 7));
    assert_eq!(scene.put(counted(2, 5, &[("+1", 2)])).await, all(9, 2, 7));
    assert_eq!(scene.uncounted().await, [(2, BO, 8, one("+1", 1))]);
    assert_eq!(scene.put(here(unreact(DEE, 2, "+1"))).await, few(10, 2, 9));
    assert_eq!(scene.uncounted().await, [(2, DEE, 10, vec![])]);
    assert_eq!(scene.put(counted(2, 10, &[])).await, all(11, 2, 9));
    assert_eq!(scene.uncounted().await, []);
    let told = scene.store.read(HALL, Seq(6), Seq(7), 10, Timestamp(1_000)).await.expect("it is read");
    assert_eq!(told[0].act, Act::Reactions { of: Seq(3), signs: one("🍵", 1) });
}

/// What nobody can see any more is counted no more.
pub async fn the_signs_of_what_was_recalled_are_not_told(bench: &dyn Bench) {
    let scene = hall(bench).await;
    scene.commit(&[here(say(ANN, "cake?")), here(react(BO, 2, "+1")), here(recall(ANN, 2))]).await;
    assert_eq!(scene.put(counted(2, 3, &[("+1", 1)])).await, Fate::Unchanged);
    assert_eq!(scene.uncounted().await, []);
}

/// One room in which everything is liked at once does not keep the others waiting.
pub async fn of_each_room_a_few_messages_are_counted_at_once(bench: &dyn Bench) {
    let scene = hall(bench).await;
    let says: Vec<_> = (0..4).map(|_| here(say(ANN, "cake?"))).collect();
    scene.commit(&says).await;
    scene.commit(&[5, 2, 3, 4].map(|of| here(react(BO, of, "+1")))).await;
    let found = async |each, most| {
        let found = scene.store.places().uncounted(each, most).await.expect("it is read");
        found.into_iter().map(|one| one.of.0).collect::<Vec<_>>()
    };
    assert_eq!(found(3, 100).await, [5, 2, 3]);
    assert_eq!(found(100, 2).await, [5, 2]);
}

/// Who looks at their rooms is shown what was said last, not who came; who has just come, their own coming.
pub async fn the_list_shows_of_a_large_room_what_everybody_was_told_last(bench: &dyn Bench) {
    let scene = hall(bench).await;
    scene.commit(&[here(say(ANN, "hello")), here(join(CY))]).await;
    let last = async |user| {
        let shown = scene.conversation(user, HALL).await;
        (shown.last_seq.0, shown.last.map(|entry| words(&entry)), shown.unread)
    };
    assert_eq!(last(BO).await, (2, Some("hello".to_owned()), 1));
    assert_eq!(last(CY).await, (3, Some("cy came".to_owned()), 0));
    scene.commit(&[here(judged(say(BO, "welcome"), 2))]).await;
    assert_eq!(last(CY).await, (4, Some("welcome".to_owned()), 1));
}

/// Rooms stand where what they show was said, so that a page goes on where the one before it ended.
pub async fn no_page_of_the_list_passes_over_a_room_in_which_few_were_told_something_since(
    bench: &dyn Bench,
) {
    let scene = hall(bench).await;
    let at = |entry: NewEntry, at| NewEntry { at: Timestamp(at), ..entry };
    scene
        .commit(&[at(here(say(ANN, "hello")), 7_100), at(say(ANN, "tea?"), 7_200), at(here(join(CY)), 7_300)])
        .await;
    let page = async |user, after| {
        let found = scene.store.conversations().list(user, None, after, 1, Timestamp(9_000)).await;
        let found = found.expect("it is read").pop().expect("there is one");
        (found.last_at, found.room)
    };
    let first = page(BO, None).await;
    assert_eq!(first, (Timestamp(7_200), TEA));
    assert_eq!(page(BO, Some(first)).await, (Timestamp(7_100), HALL));
    assert_eq!(page(CY, None).await, (Timestamp(7_300), HALL), "who has just come sees it at the top");
}

/// Who asks for the newest few is shown so many of what everybody is told.
pub async fn the_newest_of_a_large_room_are_those_that_everybody_is_told(bench: &dyn Bench) {
    let scene = hall(bench).await;
    scene.commit(&[here(say(ANN, "one")), here(say(ANN, "two"))]).await;
    let leaves: Vec<_> = (0..4).map(|one| here(judged(leave(UserId(DEE.0 + one)), 1 + one))).collect();
    scene.commit(&[&leaves[..2], &[here(judged(say(ANN, "three"), 3))], &leaves[2..]].concat()).await;
    let begin =
        async |upto, most| scene.store.places().newest(HALL, Seq(upto), most).await.expect("it is read").0;
    assert_eq!([begin(8, 3).await, begin(8, 4).await, begin(8, 5).await], [6, 3, 2]);
    assert_eq!([begin(5, 1).await, begin(4, 2).await, begin(8, 100).await], [3, 2, 1]);
}
