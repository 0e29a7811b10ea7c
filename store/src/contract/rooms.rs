//! Rooms, members, accounts.

use super::bench::*;
use crate::{Interval, Made, Membership, NewRoom, create_room, direct_room};
use chat::{Act, RoomId, RoomKind, Seq, Timestamp, UserId};
use std::sync::Arc;

/// A handle is one user's for ever.
pub async fn an_account_is_made_once_and_found(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let taken = crate::NewAccount { id: UserId(999), ..account(ANN) };
    assert!(!scene.store.add_account(&taken).await.expect("it is tried"));
    let ann = scene.store.account(&called(ANN)).await.expect("it is read").expect("ann is there");
    assert_eq!((ann.id, ann.admin, ann.created_at), (ANN, true, Timestamp(ANN.0)));
    assert_eq!(ann.password_hash, account(ANN).password_hash);
    assert_eq!(scene.store.account(&name("nobody")).await.expect("it is read"), None);
}

/// The first entry of a room says who is in it, and a handle is one room's for ever.
pub async fn a_room_is_made_once_and_begins_with_its_members(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let first = scene.page(0, u64::MAX, 10).await;
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].act, Act::Created { members: vec![called(ANN), called(BO)] });
    assert_eq!((first[0].seq, first[0].n, first[0].sender), (Seq(1), 0, ANN));
    let again = create_room(&*scene.store, room(RoomId(7_009), "tea", &[CY])).await.expect("it is tried");
    assert_eq!(again, (Made::Taken(TEA), None));
    assert!(scene.store.memberships(CY, Timestamp(0)).await.expect("they are read").1.is_empty());
}

/// Whoever writes first, two people have one room.
pub async fn a_direct_room_is_one_however_many_make_it(bench: &dyn Bench) {
    let scene = Arc::new(Scene::set(bench).await);
    let make = |i: i64| {
        let (scene, id) = (scene.clone(), RoomId(8_000 + i));
        let pair = if i % 2 == 0 { (ANN, BO) } else { (BO, ANN) };
        let new = NewRoom { kind: RoomKind::Direct, handle: id.handle(), ..room(id, "x", &[ANN, BO]) };
        tokio::spawn(async move { direct_room(&*scene.store, pair, new).await.expect("it is found or made") })
    };
    let tasks: Vec<_> = (0..8).map(make).collect();
    let mut made = Vec::new();
    let mut proofs = 0;
    for task in tasks {
        let (id, proof) = task.await.expect("nobody panics");
        made.push(id);
        proofs += usize::from(proof.is_some());
    }
    assert!(made.iter().all(|id| *id == made[0]), "{made:?}");
    assert_eq!(proofs, 1);
    let direct = scene.store.direct((BO, ANN)).await.expect("it is read");
    assert_eq!(direct, Some(made[0].handle()));
    assert_eq!(scene.store.direct((ANN, CY)).await.expect("it is read"), None);
}

/// A member hears from their own coming to their own going, both included.
pub async fn a_membership_is_a_stretch_of_the_log(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let batch = [
        say(ANN, "before"),
        join(CY),
        judged(say(ANN, "during"), 2),
        judged(leave(CY), 2),
        judged(join(CY), 3),
    ];
    scene.commit(&batch).await;
    let of_cy = |since: i64| scene.store.memberships(CY, Timestamp(since));
    let stretch = |from: u64, to: Option<u64>| Membership {
        room: TEA,
        handle: name("tea"),
        kind: RoomKind::Group,
        interval: Interval { from_seq: Seq(from), joined: Seq(from), to_seq: to.map(Seq) },
    };
    assert_eq!(of_cy(1_000).await.expect("they are read").1, [stretch(3, Some(5)), stretch(6, None)]);
    assert_eq!(of_cy(1_001).await.expect("they are read").1, [stretch(6, None)]);
    let in_tea = scene.store.intervals(CY, TEA).await.expect("they are read");
    assert_eq!(in_tea, [stretch(3, Some(5)).interval, stretch(6, None).interval]);
    assert!(scene.store.intervals(CY, RoomId(7_009)).await.expect("they are read").is_empty());
    let standing = scene.store.standing(&name("tea"), ANN).await.expect("it is read").expect("tea is there");
    assert_eq!(standing.member.map(|member| member.from_seq), Some(Seq(1)));
}

/// Lists come by handle, each page after the last one.
pub async fn accounts_rooms_and_members_are_listed_page_by_page(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.make(room(RoomId(7_002), "attic", &[ANN])).await;
    let users = |after: Option<&'static str>, limit: u32| {
        let store = scene.store.clone();
        async move {
            let after = after.map(name);
            let users = store.accounts(after.as_ref(), limit).await.expect("they are read");
            users.iter().map(|user| user.handle.to_string()).collect::<Vec<_>>()
        }
    };
    assert_eq!(users(None, 2).await, ["ann", "bo"]);
    assert_eq!(users(Some("bo"), 2).await, ["cy"]);
    let rooms = scene.store.rooms(None, 1).await.expect("they are read");
    assert_eq!(rooms[0].handle, name("attic"));
    let rooms = scene.store.rooms(Some(&name("attic")), 10).await.expect("they are read");
    assert_eq!(rooms.iter().map(|room| room.id).collect::<Vec<_>>(), [TEA]);
    let members = scene.store.members(TEA, None, 1).await.expect("they are read");
    assert_eq!(members, [(ANN, called(ANN))]);
    let members = scene.store.members(TEA, Some(&called(ANN)), 10).await.expect("they are read");
    assert_eq!(members, [(BO, called(BO))]);
}

/// A node that missed a notice finds it by comparing versions.
pub async fn every_change_of_memberships_raises_the_version(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let version = |user: UserId| {
        let store = scene.store.clone();
        async move { store.memberships(user, Timestamp(0)).await.expect("they are read").0 }
    };
    let (ann, cy) = (version(ANN).await, version(CY).await);
    scene.commit(&[join(CY), judged(leave(CY), 2)]).await;
    assert_eq!(version(CY).await, cy + 2);
    assert_eq!(version(ANN).await, ann, "nothing of ann's changed");
    scene.make(room(RoomId(7_002), "attic", &[ANN])).await;
    assert_eq!(version(ANN).await, ann + 1);
    let account = scene.store.account(&called(ANN)).await.expect("it is read").expect("ann is there");
    assert_eq!(account.rooms_version, ann + 1);
}
