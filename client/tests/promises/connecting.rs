//! Who is let in, and stays.

use super::*;
use client::{Content, Proof, SayError};
use mqtt::packet::Packet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[tokio::test]
async fn who_is_not_let_in_is_told_why() {
    let (world, ..) = tea().await;
    let stranger = at(world.mqtt, Options::new(handle("ann"), "a wrong guess", "tablet"));
    assert_eq!(Client::connect(stranger).await.err(), Some(Offline::NotAuthorized));
}

#[tokio::test]
async fn a_device_that_connects_somewhere_else_is_told_and_stays_away() {
    let (world, _ann, first) = tea().await;
    let events = first.said();
    let _second = connect(&world, "bo").await;
    assert_eq!(is_down(&events).await, (Offline::TakenOver, None));
    assert_eq!(first.say(&handle("tea"), Content::text("still here?")).await, Err(SayError::Closed));
}

#[tokio::test]
async fn a_token_that_runs_out_is_followed_by_a_new_one_and_nothing_is_missed() {
    let (mut world, ann, bo) = tea().await;
    drop(bo);
    let asked = Arc::new(AtomicUsize::new(0));
    let (tokens, count) = (short_tokens(&world, 2).await, asked.clone());
    let provider = move || {
        let token = tokens[count.fetch_add(1, Ordering::Relaxed).min(1)].clone();
        async move { Ok::<_, String>(Proof::new(token)) }
    };
    let renewing = at(world.mqtt, Options::renewing(handle("bo"), provider, "tablet"));
    let bo =
        within("bo to connect", Client::connect(renewing.reconnect(COME_BACK, COME_BACK))).await.unwrap();
    let events = bo.said();
    assert!(!is_up(&events).await);
    assert_eq!(is_down(&events).await.0, Offline::ProofEnded);
    ann.say(&handle("tea"), Content::text("the kettle is on")).await.unwrap();
    takes(&events, "the kettle is on").await;
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    // A connection that is lost otherwise goes on with the proof that is good.
    world.kill_9();
    world.restart().await;
    ann.say(&handle("tea"), Content::text("black?")).await.unwrap();
    takes(&events, "black?").await;
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

/// The first is good for seconds, the others for a day.
async fn short_tokens(world: &World, count: usize) -> Vec<String> {
    let mut tokens = vec![world.natter(&["token", "bo", "--ttl", "2s"]).await.trim().to_owned()];
    tokens.resize(count, world.token("bo"));
    tokens
}

#[tokio::test]
async fn a_proof_that_can_not_be_had_is_told_and_asked_for_again() {
    let (world, ..) = tea().await;
    let token = world.token("bo");
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let provider = move || {
        let token = (count.fetch_add(1, Ordering::Relaxed) > 0).then(|| token.clone());
        async move { token.map(Proof::new).ok_or("the account server is away") }
    };
    let renewing = at(world.mqtt, Options::renewing(handle("bo"), provider, "tablet"));
    let bo = Client::start(renewing.reconnect(COME_BACK, COME_BACK)).await.unwrap();
    let events = bo.said();
    let Event::Connection(Connection::Down { why, .. }) = next(&events).await else {
        panic!("it has no proof")
    };
    assert_eq!(why, Offline::NoProof("the account server is away".to_owned()));
    assert!(!is_up(&events).await);
}

/// A listener that refuses every connection with this CONNACK.
async fn refuses_with(connack: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            socket.read_u8().await.ok();
            socket.write_all(&connack).await.ok();
            // Until the client has read it and closes.
            socket.read_to_end(&mut Vec::new()).await.ok();
        }
    });
    address
}

/// CONNACK 0x9C, with a Server Reference.
fn use_another_server(server: SocketAddr) -> Vec<u8> {
    let reference = server.to_string();
    let length = u8::try_from(reference.len()).expect("an address is short");
    [&[0x20, length + 6, 0, 0x9C, length + 3, 0x1C, 0, length], reference.as_bytes()].concat()
}

#[tokio::test]
async fn where_a_server_sends_us_we_go_if_the_program_allows_it() {
    let (world, ..) = tea().await;
    let signpost = refuses_with(use_another_server(world.mqtt)).await;
    let sent = at(signpost, options(&world, "bo", "tablet"));
    let stays = within("an answer", Client::connect(sent.clone())).await;
    assert_eq!(stays.err(), Some(Offline::Refused("UseAnotherServer".to_owned())));
    let follows = within("bo to connect", Client::connect(sent.follow(true))).await.unwrap();
    follows.say(&handle("tea"), Content::text("found you")).await.unwrap();
}

#[tokio::test]
async fn a_server_that_shuts_down_says_how_long_to_stay_away() {
    let (mut world, _ann, bo) = tea().await;
    let mut wire = world.device("ann", "wire").connect().await;
    let events = bo.said();
    assert!(!is_up(&events).await);
    let (_, down) = tokio::join!(world.terminate(), next(&events));
    let Event::Connection(Connection::Down { why, again }) = down else {
        panic!("expected the end, got {down:?}")
    };
    assert_eq!(why, Offline::Ended("ServerShuttingDown".to_owned()));
    assert!(again >= Some(Duration::from_millis(500)), "{again:?}");
    let Packet::Disconnect(disconnect) = wire.answer().await else { panic!("expected a DISCONNECT") };
    let word = disconnect.user_properties.iter().find(|(name, _)| name == "retry_after_ms");
    let ms: u64 = word.expect("it is told").1.parse().expect("it is a number");
    assert!((500..=1000).contains(&ms), "{ms} ms for a handful of clients");
    world.restart().await;
    assert!(is_up(&events).await);
}

/// A server that lets everybody in, grants one subscription, and then neither reads nor says a word.
async fn falls_silent() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        let mut silent = Vec::new();
        while let Ok((mut socket, _)) = listener.accept().await {
            let _connect = packet(&mut socket).await;
            socket.write_all(&[0x20, 3, 0, 0, 0]).await.expect("the client reads CONNACK");
            let subscribe = packet(&mut socket).await;
            let suback = [0x90, 4, subscribe[0], subscribe[1], 0, 1];
            socket.write_all(&suback).await.expect("the client reads SUBACK");
            silent.push(socket);
        }
    });
    address
}

/// The body of a packet, which is a few hundred bytes at most.
async fn packet(socket: &mut tokio::net::TcpStream) -> Vec<u8> {
    let _kind = socket.read_u8().await.expect("a packet comes");
    let mut length = usize::from(socket.read_u8().await.expect("it has a length"));
    if length > 127 {
        length = length - 128 + 128 * usize::from(socket.read_u8().await.expect("it has a longer one"));
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await.expect("it comes whole");
    body
}

#[tokio::test]
async fn a_network_that_falls_silent_is_noticed_also_while_nothing_can_be_written() {
    let mut world = World::start().await;
    world.users(["ann"]).await;
    let options = at(falls_silent().await, options(&world, "ann", "phone"))
        .patience(Duration::from_secs(1), Duration::from_secs(1));
    let quiet = Client::connect(options.clone()).await.unwrap();
    // rumqttc's own question, or ours.
    let (why, _) = is_down(&quiet.said()).await;
    assert!(matches!(why, Offline::Silent | Offline::Lost(_)), "{why}");

    let loud = Client::connect(options).await.unwrap();
    for _ in 0..15 {
        drop(loud.say(&handle("tea"), Content::text(vec![b'x'; 1024 * 1024])));
    }
    assert_eq!(is_down(&loud.said()).await.0, Offline::Silent);
}
