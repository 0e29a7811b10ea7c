//! An outbound without a socket: what the command line and the tests of an application use.

use crate::stage::*;
use broker::application::{Acknowledged, Outcome};
use broker::outbound::{Answer, Limits, Offer, detached};
use mqtt::ReasonCode;
use mqtt::packet::{Qos, Version};
use tokio::time::timeout;

#[tokio::test]
async fn a_reader_gets_what_is_offered_and_acknowledges_it() {
    let (outbound, mut reader) = detached(Limits::new(Version::V5));
    assert_eq!(outbound.offer(delivery(1)), Offer::Taken);
    assert_eq!(outbound.offer(delivery_at(2, Qos::AtMostOnce)), Offer::Taken);
    assert_eq!(outbound.notice(delivery(90)), Offer::Taken);
    let mut marks = Vec::new();
    for _ in 0..3 {
        marks.push(reader.next().await.unwrap().mark);
    }
    assert_eq!(marks, [mark(90), mark(1), mark(2)]);
    assert_eq!(reader.acknowledge(mark(1)), Some(Acknowledged { mark: mark(1), by_device: true }));
    assert_eq!(reader.acknowledge(mark(1)), None);
    assert_eq!(reader.written(), [Acknowledged { mark: mark(2), by_device: false }]);
    let mut left = Vec::new();
    outbound.unacknowledged(|mark| left.push(mark));
    assert_eq!(left, [mark(90)]);
}

#[tokio::test]
async fn a_waiting_reader_is_woken() {
    let (outbound, mut reader) = detached(Limits::new(Version::V5));
    let reading = tokio::spawn(async move { reader.next().await.map(|delivery| delivery.mark) });
    tokio::task::yield_now().await;
    assert_eq!(outbound.offer(delivery(1)), Offer::Taken);
    outbound.wake();
    assert_eq!(timeout(PATIENCE, reading).await.unwrap().unwrap(), Some(mark(1)));
}

#[tokio::test]
async fn a_reader_ends_with_its_connection_and_the_connection_with_its_reader() {
    let (outbound, mut reader) = detached(Limits::new(Version::V5));
    outbound.end(ReasonCode::AdministrativeAction);
    assert!(reader.next().await.is_none());

    let (outbound, reader) = detached(Limits::new(Version::V5));
    drop(reader);
    assert!(outbound.is_closed());
    assert_eq!(outbound.offer(delivery(1)), Offer::Closed);
    timeout(PATIENCE, outbound.ready()).await.expect("never ready");
}

#[tokio::test]
async fn an_answer_can_go_to_a_caller() {
    let (answer, heard) = Answer::to_caller();
    assert!(answer.is_heard());
    answer.give(Outcome { code: ReasonCode::NotAuthorized, ..Outcome::success() });
    assert_eq!(heard.await.unwrap().code, ReasonCode::NotAuthorized);

    let (answer, heard) = Answer::to_caller();
    answer.give_up();
    assert!(heard.await.is_err());
    assert!(!Answer::nowhere().is_heard());
}
