//! Who only listens, and a server that hangs up on them.

use crate::peer::Peer;
use crate::{folk, listener, natter, report};
use bench::{Idle, Load};
use mqtt::packet::Packet;
use tokio::net::TcpListener;

/// Keeps one connection and hangs up on the other, once both listen.
async fn serve(listener: TcpListener) {
    let mut kept = Vec::new();
    for _ in 0..2 {
        let mut peer = Peer::accept(&listener).await;
        let Some(Packet::Subscribe(subscribe)) = peer.next().await else {
            panic!("somebody did not subscribe")
        };
        peer.grant(&subscribe).await;
        kept.push(peer);
    }
    kept.pop();
    // Until the other goes.
    kept[0].next().await;
}

#[tokio::test]
async fn a_connection_that_did_not_stay_is_complained_of() {
    let (listener, server) = listener().await;
    tokio::spawn(serve(listener));
    let natter = natter(server);
    let idle = Idle { connections: 2, rooms: 1, members: 2, websocket: false, seconds: 1, natter };
    let load = Load::Idle(idle);
    let complaint = report(&load, server, &folk(&load)).await.complaint().unwrap();
    assert_eq!(complaint, "1 of the connections broken (the server closed it)");
}
