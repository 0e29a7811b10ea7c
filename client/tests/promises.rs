//! What the SDK promises, with the real server: one test for each promise.

use client::{
    Client, Connection, Content, Event, Events, Handle, Offline, Options, Refused, Said, SayError, Seq,
};
use std::collections::VecDeque;
use std::time::Duration;
use tests::{World, within};

const COME_BACK: Duration = Duration::from_millis(50);

fn handle(name: &str) -> Handle {
    Handle::new(name).expect("it is a handle")
}

fn options(world: &World, user: &str, device: &str) -> Options {
    let (host, port) = (world.mqtt.ip().to_string(), world.mqtt.port());
    Options::new(handle(user), world.token(user), device)
        .server(&host, port)
        .reconnect(COME_BACK, COME_BACK * 4)
}

async fn connect(world: &World, user: &str) -> Client {
    let connecting = Client::connect(options(world, user, "phone"));
    within(format!("{user} to connect"), connecting).await.expect("everybody with a token is let in")
}

async fn next(events: &Events) -> Option<Event> {
    within("an event", events.next()).await
}

/// The next message; what the room tells of itself is taken, a gap is none that was expected.
async fn message(events: &Events) -> Said {
    loop {
        match next(events).await {
            Some(Event::Said(said)) if said.text().is_some() => return said,
            Some(Event::Said(mut said)) => said.taken(),
            Some(Event::Connection(_)) => {}
            other => panic!("expected a message, got {other:?}"),
        }
    }
}

async fn takes(events: &Events, words: &str) -> Seq {
    let mut said = message(events).await;
    assert_eq!(said.text(), Some(words));
    said.taken();
    said.seq
}

async fn is_up(events: &Events) -> bool {
    loop {
        if let Some(Event::Connection(Connection::Up { session_present })) = next(events).await {
            return session_present;
        }
    }
}

/// Ann and bo in the tea room, connected.
async fn tea() -> (World, Client, Client) {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let (ann, bo) = (connect(&world, "ann").await, connect(&world, "bo").await);
    (world, ann, bo)
}

#[tokio::test]
async fn what_one_says_the_other_hears_under_the_number_of_the_receipt() {
    let (_world, ann, bo) = tea().await;
    let first = ann.say(&handle("tea"), Content::text("the kettle is on")).await.unwrap();
    let answer = Content {
        reply_to: Some(first.seq),
        mentions: vec![handle("ann")],
        data: Some(r#"{"sugar":2}"#.into()),
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
        if let Some(Event::Said(said)) = next(&bo.said()).await {
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
async fn everything_said_while_the_server_is_killed_is_heard_once_and_in_order() {
    const MESSAGES: usize = 200;
    const WINDOW: usize = 20;
    let (mut world, ann, bo) = tea().await;
    let words = |i: usize| format!("message {i}");
    let speaker = tokio::spawn(async move {
        let mut waiting = VecDeque::new();
        let mut seqs = Vec::new();
        for i in 0..MESSAGES {
            waiting.push_back(ann.say(&handle("tea"), Content::text(words(i))));
            if waiting.len() == WINDOW {
                seqs.push(waiting.pop_front().unwrap().await.unwrap().seq);
            }
        }
        for receipt in waiting {
            seqs.push(receipt.await.unwrap().seq);
        }
        seqs
    });
    let events = bo.said();
    let mut heard = Vec::new();
    for i in 0..MESSAGES {
        if [50, 90, 130].contains(&i) {
            world.kill_9();
            world.restart().await;
        }
        heard.push(takes(&events, &words(i)).await);
    }
    assert_eq!(within("every receipt", speaker).await.unwrap(), heard);
}

#[tokio::test]
async fn an_event_that_was_not_taken_comes_again_after_a_reconnect_and_one_that_was_does_not() {
    let (mut world, ann, bo) = tea().await;
    for words in ["one", "two", "three"] {
        ann.say(&handle("tea"), Content::text(words)).await.unwrap();
    }
    let events = bo.said();
    takes(&events, "one").await;
    drop(message(&events).await);
    takes(&events, "three").await;
    world.kill_9();
    world.restart().await;
    takes(&events, "two").await;
    ann.say(&handle("tea"), Content::text("four")).await.unwrap();
    takes(&events, "four").await;
}

#[tokio::test]
async fn a_program_that_starts_again_goes_on_behind_what_it_took() {
    let (world, ann, bo) = tea().await;
    for words in ["one", "two"] {
        ann.say(&handle("tea"), Content::text(words)).await.unwrap();
    }
    takes(&bo.said(), "one").await;
    bo.close().await;
    ann.say(&handle("tea"), Content::text("three")).await.unwrap();

    let bo = connect(&world, "bo").await;
    let events = bo.said();
    takes(&events, "two").await;
    takes(&events, "three").await;
    let receipt = bo.say(&handle("tea"), Content::text("I am back")).await.unwrap();
    assert_eq!(takes(&events, "I am back").await, receipt.seq);
}

#[tokio::test]
async fn who_is_forgotten_by_the_server_is_told_what_is_missing() {
    let (mut world, ann, _bo) = tea().await;
    let forgetful = options(&world, "bo", "tablet").session_expiry(Duration::ZERO);
    let bo = within("bo to connect", Client::connect(forgetful)).await.unwrap();
    let events = bo.said();
    let heard = ann.say(&handle("tea"), Content::text("one")).await.unwrap();
    assert_eq!(takes(&events, "one").await, heard.seq);
    world.kill_9();
    world.natter(&["say", "tea", "two", "--as", "ann"]).await;
    world.restart().await;
    assert!(!is_up(&events).await);

    let newest = ann.say(&handle("tea"), Content::text("three")).await.unwrap();
    let Some(Event::Gap(gap)) = next(&events).await else { panic!("expected a gap") };
    assert_eq!((gap.from, gap.to), (heard.seq.next(), newest.seq.before()));
    assert_eq!(takes(&events, "three").await, newest.seq);
}

#[tokio::test]
async fn what_is_said_while_the_server_is_away_is_taken_when_it_is_back_up_to_the_limit() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let ann = Client::connect(options(&world, "ann", "phone").outbox(2)).await.unwrap();
    let events = ann.said();
    assert!(!is_up(&events).await);
    world.kill_9();
    while !matches!(next(&events).await, Some(Event::Connection(Connection::Down { .. }))) {}

    let tea = handle("tea");
    let [one, two, three] = ["one", "two", "three"].map(|words| ann.say(&tea, Content::text(words)));
    assert_eq!(three.await, Err(SayError::OutboxFull));
    world.restart().await;
    let (one, two) = (within("a receipt", one).await.unwrap(), within("a receipt", two).await.unwrap());
    assert_eq!(two.seq, one.seq.next());
}

#[tokio::test]
async fn who_is_not_let_in_is_told_why() {
    let (world, ..) = tea().await;
    let (host, port) = (world.mqtt.ip().to_string(), world.mqtt.port());
    let stranger = Options::new(handle("ann"), "a wrong guess", "tablet").server(&host, port);
    assert_eq!(Client::connect(stranger).await.err(), Some(Offline::NotAuthorized));
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
async fn a_device_that_connects_somewhere_else_is_told_and_stays_away() {
    let (world, _ann, first) = tea().await;
    let events = first.said();
    let _second = connect(&world, "bo").await;
    let why = loop {
        match next(&events).await {
            Some(Event::Connection(Connection::Down { why })) => break why,
            Some(Event::Said(mut said)) => said.taken(),
            Some(_) => {}
            None => panic!("expected to be told why the connection ended"),
        }
    };
    assert_eq!(why, Offline::TakenOver);
    assert_eq!(first.say(&handle("tea"), Content::text("still here?")).await, Err(SayError::Closed));
}
