//! What a crash between two writes of cursors may not take: messages that were sent and not acknowledged.
//!
//! A write of cursors forgets what the row says of messages in flight, since the cursors tell it from then on. So it
//! has to tell of all of them.

use crate::company::Company;
use crate::device::Manner;
use bridge::Config;
use std::time::Duration;

/// Cursors are written without delay, so that a test waits for nothing but the write itself.
async fn company() -> Company {
    let config = Config { say_rate: None, cursor_interval: Duration::from_millis(5), ..Config::default() };
    let company = Company::with(&["ann", "bo"], config).await;
    company.room("tea", &["ann", "bo"]).await;
    company.room("den", &["ann", "bo"]).await;
    company
}

/// Bo's phone goes while it has not acknowledged what it was sent.
async fn bo_goes_with(company: &Company, texts: [&str; 2]) {
    let mut bo = company.connect("bo", "phone").await;
    bo.subscribe("plain/rooms/+/said").await;
    for text in texts {
        company.say("ann", "tea", text).await;
        assert_eq!(bo.next().await.payload, text);
    }
    bo.vanish().await;
}

async fn bo_hears_after_a_crash(company: Company, texts: [&str; 2]) {
    let company = company.crash().await;
    let last = company.say("ann", "tea", "after the crash").await;
    let mut bo = company.connect("bo", "phone").await;
    let heard = bo.take_until(company.room_id("tea").await, last).await;
    let heard: Vec<&str> = heard.iter().map(|got| got.payload.as_str()).collect();
    assert!(heard.starts_with(&texts), "{heard:?}");
}

#[tokio::test]
async fn what_comes_again_is_not_passed_by_a_cursor_before_its_connection_has_it() {
    let company = company().await;
    bo_goes_with(&company, ["one", "two"]).await;

    let bo = company.welcome("bo", "phone", &Manner::default()).await;
    company.store.written(company.room_id("tea").await).await;
    drop(bo);

    bo_hears_after_a_crash(company, ["one", "two"]).await;
}

#[tokio::test]
async fn what_comes_again_is_not_forgotten_when_its_cursor_could_not_be_written() {
    let company = company().await;
    bo_goes_with(&company, ["one", "two"]).await;

    company.store.refuse_cursors(true);
    let mut bo = company.connect("bo", "phone").await;
    company.store.refused(company.room_id("tea").await).await;
    company.store.refuse_cursors(false);
    company.say("ann", "den", "elsewhere").await;
    let [_, _, elsewhere] = [bo.next().await, bo.next().await, bo.next().await];
    assert_eq!(elsewhere.payload, "elsewhere");
    bo.acknowledge(elsewhere.mark);
    company.store.written(company.room_id("den").await).await;
    bo.forget();

    bo_hears_after_a_crash(company, ["one", "two"]).await;
}

/// An edit is no entry any more once its message was recalled.
#[tokio::test]
async fn what_a_device_hears_after_a_lost_connection_names_what_it_heard_before_and_not_what_was_erased() {
    let company = company().await;
    let (ann, tea) = (company.connect("ann", "desk").await, company.room_id("tea").await);
    let mut bo = company.connect("bo", "phone").await;
    bo.subscribe("rooms/tea/said").await;
    let (one, two) = (company.say("ann", "tea", "one").await, company.say("ann", "tea", "two").await);
    bo.take_until(tea, two).await;
    bo.vanish().await;
    for of in [one, two] {
        ann.say("rooms/tea/say", &format!(r#"{{"kind":"edit","of":{of},"body":"more"}}"#)).await;
        ann.say("rooms/tea/say", &format!(r#"{{"kind":"recall","of":{of}}}"#)).await;
    }
    let mut bo = company.connect("bo", "phone").await;
    let first = bo.next().await;
    assert_eq!(first.prev, Some(two.0));
    // The second recall is in the queue by now, and is lost with the connection.
    bo.vanish().await;

    let mut bo = company.connect("bo", "phone").await;
    let heard = [bo.take().await, bo.take().await];
    assert_eq!(heard[0].mark, first.mark);
    assert_eq!((heard[1].seq(), heard[1].prev), (company.last_seq("tea").await.0, Some(first.seq())));
}
