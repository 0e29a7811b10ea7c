//! One connection from its first byte to its last: one task, no buffer while it is idle.
//!
//! ```text
//! greeting ──CONNECT──▶ arrival ──CONNACK──▶ attached ──any end──▶ farewell
//! ```
//! Attached, the task does two things at once: it hands packets to the application, one after the other, and
//! it writes what waits. While the application takes its time with a packet the socket is not read, but it is
//! written. A panic in any of it ends this connection and no other.
//!
//! Start at [`run`], then [`attached`].

mod scratch; // one buffer for each worker, not for each connection

mod reader; // bytes become packets

mod writer; // what waits becomes bytes

mod greeting; // the first packet

mod turned_away; // there is no place

mod arrival; // who is it, and may they sit down

mod connack; // what they are told

mod attached; // both ways at once

mod clock; // silence, and proofs that run out

mod packets; // each packet becomes a call

mod aliases; // short names of topics

mod farewell; // the last words

#[cfg(test)]
mod tests;

pub(crate) use turned_away::turn_away;

use crate::application::{Application, Farewell};
use crate::broker::{House, Permit, Visitor};
use crate::counters::Event;
use crate::outbound::Ending;
use futures_util::FutureExt;
use mqtt::ReasonCode;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tracing::error;

/// A socket, or whatever else carries bytes both ways.
pub(crate) trait Io: AsyncRead + AsyncWrite + Unpin + Send + 'static {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Io for S {}

/// Serves a connection to its end. What it does once, it does in a box that is gone afterwards: the task of an idle
/// connection holds little more than the way to it.
pub(crate) fn run<A: Application, S: Io>(
    house: Arc<House<A>>,
    io: S,
    visitor: Visitor,
    permit: Permit,
) -> impl Future<Output = ()> + Send {
    let peer = visitor.peer;
    let arriving = Box::pin(arrival::arrive(Arc::clone(&house), io, visitor, permit));
    let live = async move {
        let Some(mut attached) = arriving.await else { return };
        let ending = match AssertUnwindSafe(attached.serve()).catch_unwind().await {
            Ok(ending) => ending,
            Err(_) => {
                count_panic(&attached.client.house, peer);
                Ending::because(ReasonCode::UnspecifiedError)
            }
        };
        Box::pin(attached.leave(ending)).await;
    };
    async move {
        if AssertUnwindSafe(live).catch_unwind().await.is_err() {
            count_panic(&house, peer);
        }
    }
}

fn count_panic<A>(house: &House<A>, peer: SocketAddr) {
    house.counters.count(Event::Panicked);
    error!(%peer, "a connection panicked and is closed; others are not affected");
}

impl Ending {
    /// The client is not there to hear anything.
    fn unheard(farewell: Farewell) -> Ending {
        Ending { code: None, farewell }
    }

    /// The client broke the protocol, and is told.
    fn broke(code: ReasonCode) -> Ending {
        Ending { code: Some(code), farewell: Farewell::Broke(code) }
    }
}
