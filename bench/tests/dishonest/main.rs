//! A server that breaks its promises is found out: it loses one message, repeats one, delays one, brings one to the
//! wrong room, hangs up on who still waits, and forgets who was away.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod peer; // a connection of the server

mod pair; // while all are there

mod history; // when somebody reads it again

mod returning; // when they were not

mod idle; // when nothing is said

use bench::report::Report;
use bench::{Crowd, Folk, House, Load, Lookout, Natter, Place, Server, Talk};
use bytes::Bytes;
use mqtt::packet::Password;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// What it does with the message of this number, which it acknowledges in any case.
fn deliver(number: usize, payload: Bytes, delayed: &mut Option<Bytes>) -> Vec<Bytes> {
    match number {
        2 => vec![of_another_room(&payload), payload],
        3 => Vec::new(),
        5 => vec![payload.clone(), payload],
        7 => {
            *delayed = Some(payload);
            Vec::new()
        }
        _ => std::iter::once(payload).chain(delayed.take()).collect(),
    }
}

/// The message as if it had been said elsewhere: the room is the second number of its mark.
fn of_another_room(payload: &Bytes) -> Bytes {
    let text = std::str::from_utf8(payload).unwrap();
    let mut words: Vec<&str> = text.split(' ').collect();
    assert_eq!(words[2], "00000000", "{text}");
    words[2] = "00000bad";
    words.join(" ").into()
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn place(server: SocketAddr) -> Place {
    let server = Some(server.to_string());
    Place { server, tls: false, ca: None, any_host: false, server_pid: None, json: false }
}

fn natter(server: SocketAddr) -> Natter {
    Natter { house: House { data: "unused".into(), people: None }, place: place(server) }
}

/// Small messages for a second.
fn talk(server: SocketAddr) -> Talk {
    Talk { size: 64, seconds: 1, natter: natter(server) }
}

/// Whom a load takes.
fn folk(load: &Load) -> Folk {
    let crowd = Crowd::of(load).unwrap();
    Folk::of(crowd, vec![Password(Bytes::from_static(b"tea")); crowd.len()])
}

async fn report(load: &Load, server: SocketAddr, folk: &Folk) -> Report {
    let server = Server { address: server, tls: None };
    bench::run(load, &server, folk, &Lookout::default()).await.unwrap()
}
