//! Who reads the log from its beginning, and a server that does not give them all of it.

use crate::peer::Peer;
use crate::{folk, listener, report, talk};
use bench::report::{Flaws, Report};
use bench::{Latency, Load};
use bytes::Bytes;
use mqtt::packet::{Packet, Publish, Subscribe};
use tokio::net::TcpListener;

/// Messages there are before a reader is given any.
const SAID: usize = 8;

/// The first entry of every log.
const CREATED: &[u8] = br#"{"room":"bench-2-0","seq":1,"kind":"created","n":0,"prev":0}"#;

fn begins_again(subscribe: &Subscribe) -> bool {
    subscribe.user_properties == [("since".to_owned(), "0".to_owned())]
}

/// What a reader is given of the log: not all, some twice, some later, and some of another room.
fn damaged(log: &[Bytes]) -> Vec<Bytes> {
    let stray = crate::of_another_room(&log[0]);
    let kept = [0, 2, 2, 4, 3, 5].map(|number: usize| log[number].clone());
    [vec![Bytes::from_static(CREATED), stray], kept.to_vec(), log[6..].to_vec()].concat()
}

/// Serves a pair honestly, and a reader until it has begun for the second time: then it hangs up.
async fn serve(listener: TcpListener) {
    let (mut hears, mut says) = Peer::accept_pair(&listener).await;
    let mut reads = Peer::accept(&listener).await;
    let Some(Packet::Subscribe(subscribe)) = reads.next().await else { panic!("nobody reads") };
    assert!(begins_again(&subscribe), "{subscribe:?}");
    let mut log = Vec::new();
    while log.len() < SAID {
        log.push(said(&mut says, &mut hears).await.unwrap().payload);
    }
    reads.grant(&subscribe).await;
    for entry in damaged(&log) {
        reads.hear(entry).await;
    }
    // At the live end the reader asks for the beginning.
    assert!(matches!(reads.next().await, Some(Packet::Subscribe(subscribe)) if begins_again(&subscribe)));
    drop(reads);
    while said(&mut says, &mut hears).await.is_some() {}
    // Who hears goes when all has come, and is not hung up on.
    while hears.next().await.is_some() {}
}

/// The next message, which is heard and acknowledged; `None` after the last.
async fn said(says: &mut Peer, hears: &mut Peer) -> Option<Box<Publish>> {
    let Packet::Publish(publish) = says.next().await? else { return None };
    hears.hear(publish.payload.clone()).await;
    says.take(&publish).await;
    Some(publish)
}

#[tokio::test]
async fn a_server_whose_history_is_not_what_was_said_is_complained_of() {
    let (listener, server) = listener().await;
    tokio::spawn(serve(listener));
    let load = Load::Latency(Latency { pairs: 1, rooms_each: 1, rate: 50, replaying: 1, talk: talk(server) });
    let report = report(&load, server, &folk(&load)).await;
    let Report::Talk(talk) = &report else { panic!("a load of speakers has a report of them") };
    assert_eq!(talk.flaws, Flaws::default(), "those who were there heard all: {talk:?}");
    let replay = talk.replay.as_ref().unwrap();
    let flaws = &replay.flaws;
    assert_eq!((flaws.lost, flaws.doubled, flaws.reordered, flaws.strayed), (1, 1, 1, 1), "{replay:?}");
    assert_eq!((replay.readers, replay.rounds, flaws.broken), (1, 1, 1), "{replay:?}");
    let complaint = report.complaint().unwrap();
    assert!(complaint.contains("among those who read history 1 lost"), "{complaint}");
}
