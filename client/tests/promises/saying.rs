//! From here to the server.

use super::*;
use client::{Content, Draft, Refused, SayError, To};

#[tokio::test]
async fn what_one_says_the_other_hears_under_the_number_of_the_receipt() {
    let (_world, ann, bo) = tea().await;
    let first = ann.say(&handle("tea"), Content::text("the kettle is on")).await.unwrap();
    let answer = Content {
        reply_to: Some(first.seq),
        mentions: vec![handle("ann").into()],
        data: Some(r#"{"sugar":2}"#.into()),
        forwarded: None,
        ..Content::text("black \"please\"\n\u{1f375}")
    };
    let second = ann.say(&handle("tea"), answer.clone()).await.unwrap();
    assert!(!first.duplicate && second.seq > first.seq);

    let events = bo.said();
    assert_eq!(takes(&events, "the kettle is on").await, first.seq);
    let said = message(&events).await;
    assert_eq!((said.seq, said.prev, said.at), (second.seq, first.seq, second.at));
    assert_eq!((said.from.as_str(), said.kind()), ("ann", "text"));
    assert_eq!(said.what, client::What::Message(answer));
}

#[tokio::test]
async fn bytes_that_are_no_text_are_heard_as_they_were_said() {
    let (_world, ann, bo) = tea().await;
    let sealed = Content { kind: client::Kind::Sealed, ..Content::text(vec![0xFF, 0, 0x7B]) };
    ann.say(&handle("tea"), sealed.clone()).await.unwrap();
    loop {
        if let Event::Said(said) = next(&bo.said()).await {
            assert_eq!(said.what, client::What::Message(sealed));
            return;
        }
    }
}

#[tokio::test]
async fn a_refusal_is_a_typed_error_and_what_comes_after_it_is_taken() {
    let (_world, ann, _bo) = tea().await;
    let cellar = ann.say(&handle("cellar"), Content::text("hello?")).await;
    assert!(matches!(cellar, Err(SayError::Refused(Refused::NotAMember(_)))), "{cellar:?}");
    let nothing = ann.say(&handle("tea"), Content::text("")).await;
    assert!(matches!(nothing, Err(SayError::Refused(Refused::Payload(_)))), "{nothing:?}");
    let novel = ann.say(&handle("tea"), Content::text(vec![b'x'; 65 * 1024])).await;
    assert!(matches!(novel, Err(SayError::Refused(Refused::TooLarge(_)))), "{novel:?}");
    let library = ann.say(&handle("tea"), Content::text(vec![b'x'; 64 * 1024 * 1024])).await;
    assert!(matches!(library, Err(SayError::Refused(Refused::TooLarge(_)))), "{library:?}");
    let read = ann.read(&handle("tea"), Seq(0)).await;
    assert!(matches!(read, Err(SayError::Refused(Refused::Payload(_)))), "{read:?}");
    ann.say(&handle("tea"), Content::text("sorry")).await.unwrap();
    ann.read(&handle("tea"), Seq(1)).await.unwrap();
}

#[tokio::test]
async fn what_is_said_while_the_server_is_away_is_taken_when_it_is_back_up_to_the_limit() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let ann = Client::connect(options(&world, "ann", "phone").outbox(2)).await.unwrap();
    let events = ann.said();
    assert!(!is_up(&events).await);
    world.kill_9();
    is_down(&events).await;

    let tea = handle("tea");
    let [one, two, three] = ["one", "two", "three"].map(|words| ann.say(&tea, Content::text(words)));
    assert_eq!(three.await, Err(SayError::OutboxFull));
    world.restart().await;
    let (one, two) = (within("a receipt", one).await.unwrap(), within("a receipt", two).await.unwrap());
    assert_eq!(two.seq, one.seq.next());
}

#[tokio::test]
async fn who_waits_for_a_receipt_when_the_client_is_closed_is_told() {
    let (mut world, ann, _bo) = tea().await;
    world.kill_9();
    let waiting = ann.say(&handle("tea"), Content::text("hello?"));
    within("the client to close", ann.close()).await;
    assert_eq!(waiting.await, Err(SayError::Closed));
}

#[tokio::test]
async fn a_direct_message_makes_the_room_of_the_two_and_the_receipt_names_it() {
    let (_world, ann, bo) = tea().await;
    let first = ann.say_to(&handle("bo"), Content::text("are you there?")).await.unwrap();
    let events = bo.said();
    let said = message(&events).await;
    assert_eq!((&said.room, said.seq, said.text()), (&first.room, first.seq, Some("are you there?")));
    let answer = bo.say_to(&handle("ann"), Content::text("yes")).await.unwrap();
    assert_eq!((answer.room, answer.seq), (first.room, first.seq.next()));
    let nobody = ann.say_to(&handle("nobody"), Content::text("hello?")).await;
    assert!(matches!(nobody, Err(SayError::Refused(Refused::NoSuchUser(_)))), "{nobody:?}");
}

#[tokio::test]
async fn a_draft_of_ones_own_said_twice_is_one_message_and_with_other_words_a_refusal() {
    let (_world, ann, bo) = tea().await;
    let (draft, tea) = (Draft::from_text("kettle-1"), To::Room(handle("tea")));
    let first = ann.say_as(draft, &tea, &Content::text("the kettle is on")).await.unwrap();
    let again = ann.say_as(draft, &tea, &Content::text("the kettle is on")).await.unwrap();
    assert_eq!(again, client::Receipt { duplicate: true, ..first.clone() });
    let other = ann.say_as(draft, &tea, &Content::text("the kettle is off")).await;
    assert!(matches!(other, Err(SayError::Refused(Refused::DraftReused(_)))), "{other:?}");
    let said = message(&bo.said()).await;
    assert_eq!((said.seq, said.draft), (first.seq, Some(draft)));
}
