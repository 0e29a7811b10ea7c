//! The last words, and what the application hears about them.

use super::attached::Attached;
use super::packets::{Client, Inbound};
use super::{Io, scratch};
use crate::application::{Application, Departure, Farewell};
use crate::config::Config;
use crate::counters::Event;
use crate::outbound::{Ending, Limits};
use bytes::BytesMut;
use futures_util::FutureExt;
use mqtt::packet::{Packet, Version};
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::SystemTime;
use tokio::io::{AsyncWriteExt, ReadBuf};
use tokio::time::timeout;
use tracing::{debug, error};

impl<A: Application, S: Io> Attached<A, S> {
    /// Says goodbye, tells the application, frees the seat, and only then waits for the client to close.
    pub(super) async fn leave(mut self: Box<Self>, ending: Ending) {
        let config = &Arc::clone(&self.client.house).config;
        if ending.farewell == Farewell::Draining {
            // Whoever is not quick enough is sent again by its client after the restart.
            let _ = timeout(config.farewell_within, self.owed_answers()).await;
        }
        // A client that does not listen has had its time.
        let _ = timeout(config.farewell_within, self.last_words(ending)).await;
        let Attached { io, client, inbound, seat, permit, .. } = *self;
        client.tell(&inbound.done);
        depart(client, inbound, ending.farewell).await;
        drop(seat);
        if ending.code.is_some() {
            linger(io, config).await;
        }
        drop(permit);
    }

    /// Waits for the answers to what was handed over: a server that shuts down in order owes them.
    async fn owed_answers(&mut self) -> std::io::Result<()> {
        poll_fn(|cx| {
            let shared = self.client.shared();
            shared.task.register(cx.waker());
            let mut answers = BytesMut::new();
            shared.fill_owed(&mut answers, SystemTime::now());
            self.writer.append(&answers);
            ready!(self.writer.poll_rest(cx, &mut self.io))?;
            if shared.owes_answers() { Poll::Pending } else { Poll::Ready(Ok(())) }
        })
        .await
    }

    /// What is due, a DISCONNECT, and the end of our side. A client that has gone hears nothing.
    async fn last_words(&mut self, ending: Ending) -> std::io::Result<()> {
        let shared = self.client.shared();
        if ending.code.is_some() {
            let mut words = BytesMut::new();
            shared.fill_owed(&mut words, SystemTime::now());
            let Limits { version, .. } = shared.limits;
            if let Some(mut disconnect) = ending.disconnect(version, &self.client.house)
                && mqtt::encode::fit(&mut disconnect, version, shared.limits.most_bytes())
            {
                mqtt::encode(&disconnect, version, &mut words);
            }
            self.writer.append(&words);
            poll_fn(|cx| self.writer.poll_rest(cx, &mut self.io)).await?;
            self.client.tell(&self.client.shared().written());
        }
        self.io.shutdown().await
    }
}

/// The application hears of it, even if an earlier call of it panicked.
async fn depart<A: Application>(client: Client<A>, inbound: Inbound, farewell: Farewell) {
    let Client { house, session, outbound, .. } = client;
    house.counters.count(farewell.into());
    if let Farewell::Broke(code) | Farewell::Ended(code) = farewell {
        house.counters.told(code);
    }
    debug!(?farewell, "a connection ended");
    let left = outbound.0.close();
    let departure = Departure {
        farewell,
        session_expiry: inbound.session_expiry,
        in_flight: left.in_flight,
        received: left.received,
        queued: left.queued,
        notices: left.notices,
        will: inbound.will.filter(|_| fires_will(farewell)),
    };
    let gone = house.application.gone(session, departure);
    if AssertUnwindSafe(gone).catch_unwind().await.is_err() {
        house.counters.count(Event::Panicked);
        error!("the application panicked while a connection ended");
    }
}

/// `[MQTT5-3.1.2-8]`: every end but an orderly one. A server that shuts down is no reason either: its clients are
/// about to come back. Whether a will with a delay is due is the application's to know.
fn fires_will(farewell: Farewell) -> bool {
    !matches!(farewell, Farewell::ClientLeft | Farewell::Draining)
}

/// Tells a connection that did not begin why, and ends it.
pub(super) async fn refuse<S: Io>(mut io: S, told: Option<(Version, Packet)>, config: &Config) {
    let mut words = BytesMut::new();
    if let Some((version, connack)) = told {
        mqtt::encode(&connack, version, &mut words);
    }
    let telling = async {
        io.write_all(&words).await?;
        io.flush().await?;
        io.shutdown().await
    };
    if let Ok(Ok(())) = timeout(config.farewell_within, telling).await {
        linger(io, config).await;
    }
}

/// Waits for the other side to close, and throws away what it still says. Closing a socket with unread bytes
/// resets it, which may destroy our last words on their way.
async fn linger<S: Io>(mut io: S, config: &Config) {
    let end = poll_fn(|cx| {
        loop {
            let read = scratch::reading(|buffer| {
                let mut into = ReadBuf::new(buffer);
                let read = std::pin::Pin::new(&mut io).poll_read(cx, &mut into);
                read.map(|read| if read.is_ok() { into.filled().len() } else { 0 })
            });
            if ready!(read) == 0 {
                return Poll::Ready(());
            }
        }
    });
    // However it ends, the socket is closed now.
    let _ = timeout(config.linger, end).await;
}
