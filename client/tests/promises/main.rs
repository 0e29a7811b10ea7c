//! What the SDK promises, with the real server: one test for each promise.

mod saying; // from here to the server

mod acts; // also about what was said before

mod outbox; // the file

mod hearing; // and back

mod again; // what was heard before

mod network; // when it fails

mod connecting; // who is let in, and stays

mod tls; // and by what

use client::{Client, Connection, Event, Events, Handle, Offline, Options, Said, Seq};
use std::net::SocketAddr;
use std::time::Duration;
use tests::{World, within};

const COME_BACK: Duration = Duration::from_millis(50);

fn handle(name: &str) -> Handle {
    Handle::new(name).expect("it is a handle")
}

fn options(world: &World, user: &str, device: &str) -> Options {
    at(world.mqtt, Options::new(handle(user), world.token(user), device)).reconnect(COME_BACK, COME_BACK * 4)
}

fn at(server: SocketAddr, options: Options) -> Options {
    options.server(&server.ip().to_string(), server.port())
}

async fn connect(world: &World, user: &str) -> Client {
    let connecting = Client::connect(options(world, user, "phone"));
    within(format!("{user} to connect"), connecting).await.expect("everybody with a token is let in")
}

/// The next event of a client that goes on.
async fn next(events: &Events) -> Event {
    within("an event", events.next()).await.expect("there are more events until a client is closed")
}

/// The next message; what the room tells of itself is taken, a gap is none that was expected.
async fn message(events: &Events) -> Said {
    loop {
        match next(events).await {
            Event::Said(said) if said.text().is_some() => return said,
            Event::Said(mut said) => said.taken(),
            Event::Connection(_) => {}
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
        if let Event::Connection(Connection::Up { session_present }) = next(events).await {
            return session_present;
        }
    }
}

/// The connection ends: why, and how long until the next attempt.
async fn is_down(events: &Events) -> (Offline, Option<Duration>) {
    loop {
        match next(events).await {
            Event::Connection(Connection::Down { why, again }) => return (why, again),
            Event::Said(mut said) => said.taken(),
            _ => {}
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
