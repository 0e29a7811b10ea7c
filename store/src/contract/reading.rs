//! Pages and marks.

use super::bench::*;
use crate::{NewEntry, RoomHead};
use chat::{RoomId, Seq, Timestamp};

/// After and up to, oldest first, not more than asked for.
pub async fn a_page_has_exactly_what_was_asked_for(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let batch: Vec<_> = (2..=9).map(|i| say(ANN, &i.to_string())).collect();
    scene.commit(&batch).await;
    let page = |after: u64, to: u64, limit: u32| {
        let scene = &scene;
        async move { scene.page(after, to, limit).await.iter().map(|entry| entry.seq.0).collect::<Vec<_>>() }
    };
    assert_eq!(page(3, 6, 10).await, [4, 5, 6]);
    assert_eq!(page(3, 6, 2).await, [4, 5]);
    assert_eq!(page(8, u64::MAX, 10).await, [9]);
    assert_eq!(page(9, u64::MAX, 10).await, [0; 0]);
    assert_eq!(page(6, 6, 10).await, [0; 0]);
    assert_eq!(page(0, 1, 10).await, [1]);
}

/// The last entry before a time, wherever that is; nothing is before the beginning.
pub async fn a_time_has_its_place_in_a_log(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let times = [600, 700, 700, 700, 900, 1_000, 1_000];
    let batch: Vec<_> = times.iter().map(|at| NewEntry { at: Timestamp(*at), ..say(ANN, "tick") }).collect();
    scene.commit(&batch).await;
    let place = async |at| scene.store.place_at(TEA, Timestamp(at)).await.expect("it is read").0;
    for (at, before) in
        [(0, 0), (500, 0), (501, 1), (700, 2), (701, 5), (901, 6), (1_000, 6), (1_001, 8), (i64::MAX, 8)]
    {
        assert_eq!(place(at).await, before, "before {at}");
    }
    let nowhere = scene.store.place_at(RoomId(404), Timestamp(700)).await.expect("it is read");
    assert_eq!(nowhere, Seq::ZERO);
}

/// An entry is read until its time, and not at it.
pub async fn what_expired_is_left_out(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let until = |text: &str, at: i64| NewEntry { expires_at: Some(Timestamp(at)), ..say(ANN, text) };
    scene.commit(&[until("gone", 2_000), until("still there", 2_001), say(ANN, "for ever")]).await;
    assert_eq!(scene.log(1).await, ["still there", "for ever"]);
}

/// Of what is asked for, in its order, what there is.
pub async fn picked_entries_come_in_the_order_asked_for(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let attic = RoomId(7_002);
    scene.make(room(attic, "attic", &[ANN])).await;
    scene.commit(&[say(ANN, "two"), say(ANN, "three")]).await;
    let places = [(TEA, Seq(3)), (attic, Seq(9)), (RoomId(404), Seq(1)), (attic, Seq(1)), (TEA, Seq(2))];
    let picked = scene.store.pick(&places).await.expect("they are read");
    assert_eq!(picked.iter().map(words).collect::<Vec<_>>(), ["three", "created", "two"]);
}

/// A mark grows, stops at the end of the log, and counts exactly.
pub async fn read_marks_only_move_forward_and_not_past_the_end(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let batch: Vec<_> = (0..5).map(|i| say(ANN, &i.to_string())).collect();
    scene.commit(&batch).await;
    assert_eq!(scene.unread(BO).await, (0, 5));
    scene.mark(BO, 4).await;
    assert_eq!(scene.unread(BO).await, (4, 2));
    scene.mark(BO, 3).await;
    assert_eq!(scene.unread(BO).await, (4, 2));
    scene.mark(BO, 1_000).await;
    assert_eq!(scene.unread(BO).await, (6, 0));
    scene.put(say(ANN, "more")).await;
    assert_eq!(scene.unread(BO).await, (6, 1));
}

/// Who is not in a room reads nothing there, and learns nothing of where it ends; a mark of a moment ago stays.
pub async fn who_is_not_in_a_room_moves_no_mark_there(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene
        .commit(&[join(CY), judged(say(ANN, "one"), 2), judged(leave(CY), 2), judged(say(ANN, "two"), 3)])
        .await;
    scene.mark(CY, 1_000).await;
    assert_eq!(scene.unread(CY).await, (2, 0), "as it was when they went");
    scene.put(judged(join(CY), 3)).await;
    scene.mark(CY, 1_000).await;
    assert_eq!(scene.unread(CY).await, (6, 0));
}

/// Who speaks has read what stood before.
pub async fn saying_marks_what_was_before_as_read(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.commit(&[say(ANN, "one"), say(BO, "two"), say(ANN, "three")]).await;
    assert_eq!(scene.unread(ANN).await, (4, 0));
    assert_eq!(scene.unread(BO).await, (3, 1));
}

/// What was said before somebody came is not unread for them, and neither is anything for one who left.
pub async fn who_comes_in_has_nothing_unread(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.commit(&[say(ANN, "one"), say(ANN, "two"), join(CY), judged(say(ANN, "three"), 2)]).await;
    assert_eq!(scene.unread(CY).await, (4, 1));
    scene.commit(&[judged(leave(CY), 2), judged(say(ANN, "four"), 3)]).await;
    assert_eq!(scene.unread(CY).await, (4, 0));
}

/// The ends of the rooms that are there.
pub async fn the_ends_of_logs_are_told(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.put(say(ANN, "two")).await;
    let heads = scene.store.heads(&[RoomId(404), TEA]).await.expect("they are read");
    assert_eq!(heads, [RoomHead { room: TEA, last_seq: Seq(2) }]);
}
