//! Whom messages call, and how many of those calls are not read.

use super::bench::*;
use crate::NewEntry;
use chat::{Content, Deed, Mention, Seq, UserId, Wording};

fn calling(sender: UserId, mentions: &[&str]) -> NewEntry {
    let mentions = mentions.iter().map(|who| Mention::new(who).expect("it is one")).collect();
    let content = Content { mentions, ..Content::text("you") };
    NewEntry { act: crate::NewAct::Say(content), ..say(sender, "") }
}

fn worded(sender: UserId, of: u64, mentions: &[&str]) -> NewEntry {
    let mentions = mentions.iter().map(|who| Mention::new(who).expect("it is one")).collect();
    does(sender, Deed::Edit { of: Seq(of), wording: Wording { mentions, ..Wording::text("or you") } }, MEMBER)
}

impl Scene {
    async fn calls(&self, user: UserId) -> u64 {
        self.conversation(user, TEA).await.mentions
    }
}

/// A call is one until it is read, and one however often a message names somebody.
pub async fn a_message_calls_whom_it_names_until_they_read_it(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene
        .commit(&[
            calling(ANN, &["bo"]),
            say(ANN, "nobody"),
            calling(ANN, &["bo", "bo", "ann"]),
            calling(BO, &["ann"]),
        ])
        .await;
    assert_eq!((scene.calls(BO).await, scene.calls(ANN).await), (0, 1), "who says something has read");
    scene.commit(&[calling(ANN, &["bo"]), calling(ANN, &["bo"]), calling(ANN, &["bo"])]).await;
    assert_eq!((scene.calls(BO).await, scene.calls(ANN).await), (3, 0));
    scene.mark(BO, 6).await;
    assert_eq!(scene.calls(BO).await, 2);
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.calls(BO).await, 2);
    scene.mark(BO, 99).await;
    assert_eq!(scene.calls(BO).await, 0);
}

/// Each is called once, however they were named beside, and nobody who comes in later.
pub async fn everybody_is_called_by_one_word(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.commit(&[calling(ANN, &["@all", "bo"]), join(CY), judged(calling(ANN, &["@all"]), 2)]).await;
    assert_eq!([scene.calls(ANN).await, scene.calls(BO).await, scene.calls(CY).await], [0, 2, 1]);
}

/// Not before they came, not after they went, not at all if there is no such user; and in the batch of their coming.
pub async fn who_is_not_in_the_room_is_not_called(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.commit(&[calling(ANN, &["cy", "nobody"]), join(CY), judged(calling(ANN, &["cy"]), 2)]).await;
    assert_eq!(scene.calls(CY).await, 1);
    scene.commit(&[judged(leave(CY), 2), judged(calling(ANN, &["cy"]), 3)]).await;
    scene
        .commit(&[judged(join(CY), 3), judged(calling(ANN, &["cy"]), 4), judged(calling(BO, &["cy"]), 4)])
        .await;
    assert_eq!(scene.calls(CY).await, 2);
}

/// The last wording counts, at the place of the message; in one batch as in several.
pub async fn an_edit_calls_whom_it_names_and_nobody_else(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.commit(&[join(CY), judged(calling(ANN, &["bo"]), 2), judged(worded(ANN, 3, &["cy"]), 2)]).await;
    assert_eq!((scene.calls(BO).await, scene.calls(CY).await), (0, 1));
    scene.put(judged(worded(ANN, 3, &["@all"]), 2)).await;
    assert_eq!((scene.calls(BO).await, scene.calls(CY).await), (1, 1));
    scene.mark(CY, 3).await;
    scene.put(judged(worded(ANN, 3, &["bo", "cy"]), 2)).await;
    assert_eq!((scene.calls(BO).await, scene.calls(CY).await), (1, 0), "who has read it is not called again");
    scene.commit(&[judged(worded(ANN, 3, &["bo"]), 2), judged(worded(ANN, 3, &[]), 2)]).await;
    assert_eq!((scene.calls(BO).await, scene.calls(CY).await), (0, 0));
}

/// What is taken back calls nobody, whoever takes it back.
pub async fn a_message_that_was_recalled_calls_nobody(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene
        .commit(&[calling(ANN, &["bo"]), calling(ANN, &["@all"]), calling(ANN, &["bo"]), recall(ANN, 4)])
        .await;
    assert_eq!(scene.calls(BO).await, 2);
    scene.put(recall(ANN, 2)).await;
    assert_eq!(scene.calls(BO).await, 1);
    scene.commit(&[worded(ANN, 3, &["bo"]), recall(ANN, 3)]).await;
    assert_eq!(scene.calls(BO).await, 0);
}
