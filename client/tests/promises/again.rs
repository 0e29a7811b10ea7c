//! What was heard before, heard again.

use super::*;
use client::{Content, ReplayError};

/// Bo hears this next: the words, and whether they come again.
async fn hears(events: &Events, words: &str, again: bool) -> Seq {
    let mut said = message(events).await;
    assert_eq!((said.text(), said.again), (Some(words), again));
    said.taken();
    said.seq
}

async fn says<const N: usize>(ann: &Client, words: [&'static str; N]) {
    for words in words {
        ann.say(&handle("tea"), Content::text(words)).await.expect("it is taken");
    }
}

#[tokio::test]
async fn a_room_can_be_heard_again_and_goes_on_as_if_nothing_had_happened() {
    let (world, ann, bo) = tea().await;
    // Other rooms are not touched by it.
    world.join("den", ["ann", "bo"]).await;
    ann.say(&handle("den"), Content::text("elsewhere")).await.unwrap();
    let events = bo.said();
    // Between rooms no order is promised, so the next words wait for these.
    hears(&events, "elsewhere", false).await;
    says(&ann, ["one", "two", "three"]).await;
    let one = hears(&events, "one", false).await;
    hears(&events, "two", false).await;
    hears(&events, "three", false).await;

    bo.replay(&handle("tea"), one).await.unwrap();
    says(&ann, ["four"]).await;
    hears(&events, "two", true).await;
    hears(&events, "three", true).await;
    hears(&events, "four", false).await;
    says(&ann, ["five"]).await;
    hears(&events, "five", false).await;
}

#[tokio::test]
async fn of_a_room_the_newest_can_be_heard_behind_a_gap() {
    let (world, ann, _bo) = tea().await;
    world.join("den", ["bo"]).await;
    says(&ann, ["one", "two", "three", "four"]).await;
    let bo = Client::connect(options(&world, "bo", "a new phone")).await.unwrap();
    let events = bo.said();
    bo.replay_newest(&handle("tea"), 2).await.unwrap();
    let gap = loop {
        match next(&events).await {
            Event::Gap(gap) => break gap,
            Event::Connection(_) => {}
            other => panic!("expected a gap, got {other:?}"),
        }
    };
    assert_eq!(gap.from, Seq(1));
    drop(gap);
    hears(&events, "three", false).await;
    hears(&events, "four", false).await;
    says(&ann, ["five"]).await;
    hears(&events, "five", false).await;
}

#[tokio::test]
async fn a_replay_that_is_cut_by_a_crash_of_the_server_goes_on_to_its_end() {
    const MESSAGES: u64 = 600;
    let (mut world, ann, bo) = tea().await;
    let receipts: Vec<_> =
        (0..MESSAGES).map(|i| ann.say(&handle("tea"), Content::text(format!("message {i}")))).collect();
    let events = bo.said();
    let first = hears(&events, "message 0", false).await;
    for i in 1..MESSAGES {
        hears(&events, &format!("message {i}"), false).await;
    }
    drop(receipts);
    bo.replay(&handle("tea"), first).await.unwrap();
    for i in 1..MESSAGES {
        if i == 300 {
            world.kill_9();
            world.restart().await;
        }
        hears(&events, &format!("message {i}"), true).await;
    }
    says(&ann, ["and so on"]).await;
    hears(&events, "and so on", false).await;
}

#[tokio::test]
async fn a_replay_that_is_asked_for_while_the_room_is_still_being_caught_up_with_skips_nothing() {
    const MESSAGES: u64 = 1000;
    const TAKEN: u64 = 200;
    let (world, ann, bo) = tea().await;
    says(&ann, ["first"]).await;
    let first = hears(&bo.said(), "first", false).await;
    bo.close().await;
    // Long ones: the server's queue for a device holds a part of them.
    let page = "x".repeat(1000);
    let words = |i: u64| format!("{i} {page}");
    let receipts: Vec<_> = (1..MESSAGES).map(|i| ann.say(&handle("tea"), Content::text(words(i)))).collect();
    for receipt in receipts {
        receipt.await.unwrap();
    }
    let bo = connect(&world, "bo").await;
    let events = bo.said();
    for i in 1..=TAKEN {
        hears(&events, &words(i), false).await;
    }
    bo.replay(&handle("tea"), first).await.unwrap();
    says(&ann, ["and so on"]).await;
    let (mut once, mut again) = (Vec::new(), Vec::new());
    loop {
        let mut said = message(&events).await;
        said.taken();
        if said.text() == Some("and so on") {
            break;
        }
        let heard = if said.again { &mut again } else { &mut once };
        heard.push(said.seq);
    }
    // What had been taken when the replay began comes a second time, what was still to come comes once.
    let all: Vec<Seq> = (1..MESSAGES).map(|i| Seq(first.0 + i)).collect();
    assert_eq!(once, all[TAKEN as usize..]);
    assert_eq!(again.get(..TAKEN as usize), Some(&all[..TAKEN as usize]));
    assert!(again.is_sorted() && again.iter().all(|seq| all.contains(seq)), "{again:?}");
}

#[tokio::test]
async fn a_room_of_others_can_not_be_heard_again() {
    let (mut world, _ann, bo) = tea().await;
    world.room("cellar", ["cy"]).await;
    for room in ["cellar", "nowhere"] {
        assert_eq!(bo.replay(&handle(room), Seq::ZERO).await, Err(ReplayError::NotAMember));
    }
    let closing = bo.clone();
    closing.close().await;
    assert_eq!(bo.replay(&handle("tea"), Seq::ZERO).await, Err(ReplayError::Closed));
}
