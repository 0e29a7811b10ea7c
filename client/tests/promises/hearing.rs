//! What others said.

use super::*;
use client::Content;
use std::collections::VecDeque;

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
    let Event::Gap(gap) = next(&events).await else { panic!("expected a gap") };
    assert_eq!((gap.from, gap.to), (heard.seq.next(), newest.seq.before()));
    assert_eq!(takes(&events, "three").await, newest.seq);
}
