//! People who go for good, and what they said.

use super::bench::*;
use crate::{Parting, Upshot};
use chat::{Sign, Timestamp, UserId};

impl Scene {
    /// Erases what somebody said, a little at a time.
    async fn erase(&self, user: UserId) {
        for _ in 0..100 {
            if !self.store.people().erase(user, 1).await.expect("it is erased") {
                return;
            }
        }
        panic!("there is always more to erase");
    }

    async fn partings(&self) -> Vec<Parting> {
        self.store.people().partings(10).await.expect("they are read")
    }

    /// The signs at message 2, and how many people put each.
    async fn signs(&self) -> Vec<(Sign, u64)> {
        let upshots = self.store.upshots(TEA, &[chat::Seq(2)], ANN, Timestamp(2_000)).await;
        let upshots: Vec<Upshot> = upshots.expect("they are read");
        upshots.into_iter().flat_map(|one| one.signs).map(|one| (one.sign, one.people)).collect()
    }
}

/// What an erased person said is as if they had taken it back, in every room and also after the store was opened again;
/// what others said stays.
pub async fn what_an_erased_person_said_opens_for_nobody(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let milk = room(chat::RoomId(7_002), "milk", &[ANN, BO]);
    let milk_id = milk.id;
    scene.make(milk).await;
    scene
        .commit(&[say(ANN, "tea?"), say(BO, "gladly"), edit(BO, 3, "yes please"), say(ANN, "bo drinks")])
        .await;
    scene.commit(&[crate::NewEntry { room: milk_id, ..say(BO, "milk too") }, say(BO, "soon")]).await;
    let last = async || scene.conversation(ANN, milk_id).await.last.as_ref().map(words);
    assert_eq!(last().await.as_deref(), Some("milk too"));
    scene.erase(BO).await;
    assert_eq!(last().await.as_deref(), Some("recalled"), "a list that showed it shows it no more");
    let left = ["tea?", "recalled", "bo drinks", "recalled"];
    assert_eq!(scene.log(1).await, left, "an edit is nothing without its message");
    let picked = scene.store.pick(&[(milk_id, chat::Seq(2))]).await.expect("it is read");
    assert_eq!(picked.iter().map(words).collect::<Vec<_>>(), ["recalled"]);
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.log(1).await, left);
    assert_eq!(scene.unread(ANN).await, (5, 1), "it counts as it did");
}

/// The signs of an erased person are put by nobody; those of others are counted as before.
pub async fn the_signs_of_an_erased_person_are_not_counted(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.commit(&[say(ANN, "tea?"), react(BO, 2, "+1"), react(BO, 2, "tea"), react(ANN, 2, "+1")]).await;
    assert_eq!(scene.signs().await, [(sign_of("+1"), 2), (sign_of("tea"), 1)]);
    scene.erase(BO).await;
    assert_eq!(scene.signs().await, [(sign_of("+1"), 1)]);
    assert_eq!(scene.put(react(ANN, 2, "tea")).await, stored(6, 1));
    assert_eq!(scene.signs().await, [(sign_of("+1"), 1), (sign_of("tea"), 1)]);
}

/// That somebody goes is kept until they have gone, and that what they said goes too stays wished.
pub async fn who_goes_is_kept_until_they_are_gone(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let people = scene.store.people();
    for (user, erase, known) in
        [(BO, true, true), (BO, false, true), (ANN, false, true), (UserId(999), true, false)]
    {
        assert_eq!(people.will_part(Parting { user, erase }).await.expect("it is kept"), known);
    }
    let going = [Parting { user: ANN, erase: false }, Parting { user: BO, erase: true }];
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.partings().await, going);
    scene.store.people().parted(ANN).await.expect("it is noted");
    assert_eq!(scene.partings().await, going[1..]);
}
