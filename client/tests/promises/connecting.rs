//! Who is let in, and stays.

use super::*;
use client::{Content, SayError};

#[tokio::test]
async fn who_is_not_let_in_is_told_why() {
    let (world, ..) = tea().await;
    let (host, port) = (world.mqtt.ip().to_string(), world.mqtt.port());
    let stranger = Options::new(handle("ann"), "a wrong guess", "tablet").server(&host, port);
    assert_eq!(Client::connect(stranger).await.err(), Some(Offline::NotAuthorized));
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
