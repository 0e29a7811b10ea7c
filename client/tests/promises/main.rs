//! What the SDK promises, with the real server: one test for each promise.

mod saying; // from here to the server

mod outbox; // the file

mod hearing; // and back

mod again; // what was heard before

mod network; // when it fails

mod connecting; // who is let in, and stays

use client::{Client, Connection, Event, Events, Handle, Offline, Options, Said, Seq};
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
