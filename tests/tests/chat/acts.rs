//! What is done to what was said.

use crate::drafts::seq;
use crate::opening::{bo_listens, tea_for_two};
use mqtt::ReasonCode;
use mqtt::packet::{Acknowledge, Publish};
use tests::{Entry, publish, say};

fn edit(of: u64, body: &str) -> Publish {
    publish("rooms/tea/say", format!(r#"{{"kind": "edit", "of": {of}, "body": "{body}"}}"#))
}

fn recall(of: u64) -> Publish {
    publish("rooms/tea/say", format!(r#"{{"kind": "recall", "of": {of}}}"#))
}

/// What the refusal of a publish is called.
fn refused(puback: &Acknowledge) -> (ReasonCode, &str) {
    let word = puback.user_properties.iter().find(|(name, _)| name == "refused");
    (puback.code, word.map_or("", |(_, word)| word))
}

/// Kind, body, and what it is done to.
fn told(heard: &[Entry]) -> Vec<(String, String, String)> {
    heard.iter().map(|entry| (entry.kind(), entry.body(), entry.word("of"))).collect()
}

fn line(kind: &str, body: &str, of: &str) -> (String, String, String) {
    (kind.to_owned(), body.to_owned(), of.to_owned())
}

#[tokio::test]
async fn an_edit_and_a_recall_are_heard_by_everybody_in_their_order() {
    let (world, mut ann) = tea_for_two().await;
    let (_, mut bo) = bo_listens(&world).await;
    let mut plain = world.device("bo", "plain").connect().await;
    plain.listens("plain/rooms/+/said").await;

    let said = seq(&ann.is_taken(say("tea", "the kettle is on", &[])).await);
    let of = said.to_string();
    let edited = ann.is_taken(edit(said, "the kettle is off")).await;
    let recalled = ann.is_taken(say("tea", "", &[("kind", "recall"), ("of", &of)])).await;

    assert_eq!((seq(&edited), seq(&recalled)), (said + 1, said + 2), "they are entries like any other");
    let expected = [
        line("text", "the kettle is on", ""),
        line("edit", "the kettle is off", &of),
        line("recall", "", &of),
    ];
    for device in [&mut bo, &mut plain] {
        let heard = device.hear_all(3).await;
        assert_eq!(told(&heard), expected);
        assert_eq!(heard.iter().map(Entry::n).collect::<Vec<_>>(), [1, 1, 1], "none counts as a message");
        assert_eq!(heard.iter().map(Entry::prev).collect::<Vec<_>>(), [said - 1, said, said + 1]);
    }
}

#[tokio::test]
async fn who_was_away_hears_what_is_left_of_what_was_recalled() {
    let (world, mut ann) = tea_for_two().await;
    let (phone, bo) = bo_listens(&world).await;
    bo.leave().await;

    let on = seq(&ann.is_taken(say("tea", "the kettle is on", &[])).await);
    ann.is_taken(edit(on, "the kettle boils")).await;
    let secret = say("tea", "the spare key is under the mat", &[("draft", "secret-1")]);
    let secret = seq(&ann.is_taken(secret).await);
    ann.is_taken(edit(secret, "the spare key is in the shed")).await;
    ann.is_taken(say("tea", "tea?", &[])).await;
    ann.is_taken(recall(secret)).await;

    let mut bo = phone.connect().await;
    let heard = bo.hear_all(5).await;
    let expected = [
        line("text", "the kettle is on", ""),
        line("edit", "the kettle boils", &on.to_string()),
        line("recalled", "", ""),
        line("text", "tea?", ""),
        line("recall", "", &secret.to_string()),
    ];
    assert_eq!(told(&heard), expected);
    assert_eq!((heard[2].seq(), heard[2].n(), heard[2].from()), (secret, 2, "ann".into()));
    assert_eq!(heard[2].word("draft").len(), 36, "its sender knows it by its draft");
    assert_eq!(heard[3].prev(), secret, "the edit of it is no more, and no gap is in its place");
    assert!(heard.iter().all(|entry| !String::from_utf8_lossy(&entry.publish.payload).contains("spare key")));
    bo.is_quiet().await;
}

#[tokio::test]
async fn what_was_recalled_stays_so_after_kill_9() {
    let (mut world, mut ann) = tea_for_two().await;
    let said = seq(&ann.is_taken(say("tea", "never mind", &[("draft", "d")])).await);
    ann.is_taken(recall(said)).await;
    world.kill_9();
    world.restart().await;

    let mut ann = world.device("ann", "phone").connect().await;
    let again = ann.is_taken(say("tea", "never mind", &[("draft", "d")])).await;
    assert_eq!(seq(&again), said, "what is sent again does not come back");
    ann.subscribes_with("rooms/tea/said", &[("since", "1")]).await;
    let of = said.to_string();
    assert_eq!(told(&ann.hear_all(2).await), [line("recalled", "", ""), line("recall", "", &of)]);
    ann.is_quiet().await;
}

#[tokio::test]
async fn a_deed_sent_twice_is_done_once() {
    let (world, mut ann) = tea_for_two().await;
    let (_, mut bo) = bo_listens(&world).await;
    let said = seq(&ann.is_taken(say("tea", "hello", &[])).await);
    let back = publish("rooms/tea/say", format!(r#"{{"kind": "recall", "of": {said}, "draft": "back"}}"#));

    let first = ann.is_taken(back.clone()).await;
    let again = ann.is_taken(back).await;

    assert_eq!(seq(&again), seq(&first));
    let other = say("tea", "never mind", &[("draft", "back")]);
    assert_eq!(refused(&ann.publish(other).await).1, "draft_reused");
    assert_eq!(told(&bo.hear_all(2).await)[1], line("recall", "", &said.to_string()));
    bo.is_quiet().await;
}

#[tokio::test]
async fn what_may_not_be_done_to_a_message_is_refused_and_nobody_hears_of_it() {
    let (world, mut ann) = tea_for_two().await;
    let (_, mut bo) = bo_listens(&world).await;
    let anns = seq(&ann.is_taken(say("tea", "mine", &[])).await);
    let gone = seq(&ann.is_taken(say("tea", "gone", &[])).await);
    let recalled = seq(&ann.is_taken(recall(gone)).await);
    bo.hear_all(3).await;

    use ReasonCode::{ImplementationSpecificError as Impossible, NotAuthorized};
    for (act, expected) in [
        (edit(anns, "not mine"), (NotAuthorized, "not_yours")),
        (recall(anns), (NotAuthorized, "not_yours")),
        (edit(gone, "not mine"), (Impossible, "recalled")),
        (recall(1), (NotAuthorized, "no_such_message")),
        (recall(recalled), (NotAuthorized, "no_such_message")),
        (recall(recalled + 1), (NotAuthorized, "no_such_message")),
        (edit(anns, ""), (ReasonCode::PayloadFormatInvalid, "payload")),
    ] {
        assert_eq!(refused(&bo.publish(act.clone()).await), expected, "{act:?}");
    }
    assert_eq!(refused(&ann.publish(recall(gone)).await), (Impossible, "recalled"));
    assert_eq!(seq(&ann.is_taken(say("tea", "and on", &[])).await), recalled + 1);
    assert_eq!(bo.hear().await.body(), "and on");
}

#[tokio::test]
async fn the_owner_of_a_group_takes_back_what_others_said_and_nobody_does_in_a_room_of_two() {
    let (world, mut ann) = tea_for_two().await;
    let (_, mut bo) = bo_listens(&world).await;
    let bos = seq(&bo.is_taken(say("tea", "rude words", &[])).await);
    ann.is_taken(recall(bos)).await;
    let heard = bo.hear_all(2).await;
    assert_eq!((heard[1].kind(), heard[1].from()), ("recall".into(), "ann".into()));

    let direct = bo.is_taken(publish("users/ann/say", "between us")).await;
    let back = format!(r#"{{"kind": "recall", "of": {}}}"#, seq(&direct));
    assert_eq!(refused(&ann.publish(publish("users/bo/say", &back)).await).1, "not_yours");
    bo.is_taken(publish("users/ann/say", &back)).await;
}

#[tokio::test]
async fn who_came_later_reaches_nothing_that_was_said_before() {
    let (mut world, mut ann) = tea_for_two().await;
    world.users(["cy"]).await;
    let before = seq(&ann.is_taken(say("tea", "before", &[])).await);
    world.join("tea", ["cy"]).await;
    let mut cy = world.device("cy", "phone").connect().await;
    let there = refused(&cy.publish(recall(before)).await).1.to_owned();
    let nowhere = refused(&cy.publish(recall(before + 50)).await).1.to_owned();
    assert_eq!((there.as_str(), nowhere.as_str()), ("no_such_message", "no_such_message"));
}

#[tokio::test]
async fn signs_are_put_to_a_message_and_taken_back() {
    let (world, mut ann) = tea_for_two().await;
    let (_, mut bo) = bo_listens(&world).await;
    let said = seq(&ann.is_taken(say("tea", "tea?", &[])).await);
    let of = said.to_string();
    let sign = |kind: &str, sign: &str| {
        publish("rooms/tea/say", format!(r#"{{"kind": "{kind}", "of": {said}, "body": "{sign}"}}"#))
    };

    let first = seq(&bo.is_taken(sign("react", "🍵")).await);
    let again = seq(&bo.is_taken(sign("react", "🍵")).await);
    ann.is_taken(sign("react", "🍵")).await;
    bo.is_taken(sign("unreact", "🍵")).await;
    assert_eq!(again, first, "what stands already stands");
    assert_eq!(refused(&bo.publish(sign("unreact", "🍵")).await).1, "not_done");

    let told_from = |entry: &Entry| (entry.kind(), entry.from(), entry.word("of"), entry.body());
    let line = |kind: &str, from: &str| (kind.to_owned(), from.to_owned(), of.clone(), "🍵".to_owned());
    let heard: Vec<_> = bo.hear_all(4).await.iter().skip(1).map(told_from).collect();
    assert_eq!(heard, [line("react", "bo"), line("react", "ann"), line("unreact", "bo")]);
    bo.is_quiet().await;
}

#[tokio::test]
async fn a_message_is_pinned_by_the_owner_of_a_group_and_by_both_in_a_room_of_two() {
    let (world, mut ann) = tea_for_two().await;
    let (_, mut bo) = bo_listens(&world).await;
    let act = |kind: &str, of: u64| format!(r#"{{"kind": "{kind}", "of": {of}}}"#);
    let said = seq(&bo.is_taken(say("tea", "tea at five", &[])).await);

    let refused_pin = bo.publish(publish("rooms/tea/say", act("pin", said))).await;
    assert_eq!(refused(&refused_pin), (ReasonCode::NotAuthorized, "not_allowed"));
    let pinned = seq(&ann.is_taken(publish("rooms/tea/say", act("pin", said))).await);
    let again = ann.is_taken(publish("rooms/tea/say", act("pin", said))).await;
    assert_eq!(seq(&again), pinned);
    ann.is_taken(publish("rooms/tea/say", act("unpin", said))).await;
    let of = said.to_string();
    assert_eq!(told(&bo.hear_all(3).await)[1..], [line("pin", "", &of), line("unpin", "", &of)]);

    let direct = seq(&ann.is_taken(publish("users/bo/say", "the code is 42")).await);
    bo.is_taken(publish("users/ann/say", act("pin", direct))).await;
    ann.is_taken(publish("users/bo/say", act("unpin", direct))).await;
}
