//! What was heard and not yet taken.
//!
//! An entry waits here until the program asks for it, then it is in the program's hands under a [`Ticket`], and
//! only a taken ticket sends the PUBACK. What a new connection brings again is recognised by room and `seq`: what
//! was taken is acknowledged and dropped; what still waits, or is in somebody's hands, only gets the new
//! connection's PUBACK; what was given back comes again.
//!
//! The server has at most [`WINDOW`] entries unacknowledged, and no connection is made while more than that are
//! here, so there are never more than twice as many. This module knows nothing of MQTT: a PUBACK is something to
//! call.
//!
//! A room that is asked for again goes back on its [`Path`], and comes again from there.
//!
//! Start at [`Inbox::hear`].

mod path; // how far a room was heard

use crate::event::{Answered, Connection, Event, Gap, Said};
use crate::inbox::path::Path;
use crate::payload::{Entry, Heard};
use chat::{Handle, Seq};
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::Arc;
use tokio::sync::Notify;

/// Receive Maximum: what the server keeps for a device at most.
pub(crate) const WINDOW: u16 = 256;

/// Sends a PUBACK, on the connection that it belongs to.
pub(crate) type Ack = Box<dyn FnOnce() + Send>;

/// Where it stands; in another life of the log the same room and number are another entry.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    life: u32,
    room: Handle,
    seq: Seq,
}

#[derive(Default)]
pub(crate) struct Inbox {
    inner: Mutex<Inner>,
    more: Notify,
    fewer: Notify,
}

#[derive(Default)]
struct Inner {
    queue: VecDeque<Waiting>,
    /// What was not acknowledged.
    out: HashMap<Place, Out>,
    /// How far each room was heard; as many as the user has rooms.
    paths: HashMap<Handle, Path>,
    /// Which life of the log that was; after a restore the numbers mean something else.
    incarnation: Option<String>,
    /// How many lives that were before it this program has seen.
    life: u32,
    is_closed: bool,
}

enum Waiting {
    Entry { entry: Entry, again: bool, place: Place },
    Marker { from: Seq, place: Place },
    Missing { room: Handle, from: Seq, to: Seq },
    Answered(Answered),
    Connection(Connection),
}

struct Out {
    /// One for each time that this connection brought it.
    acks: Vec<Ack>,
    /// The program dropped it without taking it.
    given_back: bool,
}

impl Inbox {
    /// Something came, with its PUBACK.
    pub(crate) fn hear(&self, heard: Heard, ack: Ack) {
        if let Some(again) = self.inner.lock().hear(heard, ack) {
            again();
        }
        self.more.notify_one();
    }

    /// A message of an earlier run was answered. There are no more of them than its outbox held.
    pub(crate) fn answered(&self, answered: Answered) {
        self.inner.lock().queue.push_back(Waiting::Answered(answered));
        self.more.notify_one();
    }

    /// The connection came or went. Of several in a row only the newest is kept, so that a program which doesn't
    /// look is not buried under them.
    pub(crate) fn connection(&self, connection: Connection) {
        let mut inner = self.inner.lock();
        if let Some(Waiting::Connection(newest)) = inner.queue.back_mut() {
            *newest = connection;
        } else {
            inner.queue.push_back(Waiting::Connection(connection));
        }
        drop(inner);
        self.more.notify_one();
    }

    /// A connection was accepted. Without a session nothing that was given back will come again; in another
    /// incarnation of the log no number means what it meant.
    pub(crate) fn accepted(&self, session_present: bool, incarnation: Option<String>) {
        let mut inner = self.inner.lock();
        let is_restored = inner.incarnation.is_some() && inner.incarnation != incarnation;
        if !session_present || is_restored {
            inner.out.retain(|_, out| !out.given_back);
        }
        // Their connection is gone; the entries come again on this one.
        inner.out.values_mut().for_each(|out| out.acks.clear());
        if is_restored {
            inner.paths.clear();
            inner.life += 1;
        }
        inner.incarnation = incarnation;
    }

    /// The server is about to be asked for this room from `since` on.
    pub(crate) fn will_rewind(&self, room: &Handle, since: Seq) {
        self.inner.lock().paths.entry(room.clone()).or_default().will_rewind(since);
    }

    /// It was refused.
    pub(crate) fn will_not_rewind(&self, room: &Handle) {
        if let Some(path) = self.inner.lock().paths.get_mut(room) {
            path.will_not_rewind();
        }
    }

    /// The next event; none when there will be no more.
    pub(crate) async fn next(self: &Arc<Self>) -> Option<Event> {
        loop {
            let more = self.more.notified();
            {
                let mut inner = self.inner.lock();
                if let Some(waiting) = inner.queue.pop_front() {
                    let is_more = !inner.queue.is_empty() || inner.is_closed;
                    drop(inner);
                    if is_more {
                        self.more.notify_one(); // another listener may wait
                    }
                    return Some(self.event(waiting));
                }
                if inner.is_closed {
                    self.more.notify_one();
                    return None;
                }
            }
            more.await;
        }
    }

    /// Waits until no more than a window is here.
    pub(crate) async fn has_room(&self) {
        loop {
            let fewer = self.fewer.notified();
            let held = self.inner.lock().out.values().filter(|out| !out.given_back).count();
            if held <= usize::from(WINDOW) {
                return;
            }
            fewer.await;
        }
    }

    /// Nothing more will come. What waits can still be looked at.
    pub(crate) fn close(&self) {
        self.inner.lock().is_closed = true;
        self.more.notify_one();
    }

    fn event(self: &Arc<Self>, waiting: Waiting) -> Event {
        let ticket = |place| Ticket { inbox: self.clone(), place: Some(place) };
        match waiting {
            Waiting::Entry { entry, again, place } => Event::Said(Said::new(entry, again, ticket(place))),
            Waiting::Marker { from, place } => {
                Event::Gap(Gap::new(place.room.clone(), from, place.seq, Some(ticket(place))))
            }
            Waiting::Missing { room, from, to } => Event::Gap(Gap::new(room, from, to, None)),
            Waiting::Answered(answered) => Event::Answered(answered),
            Waiting::Connection(connection) => Event::Connection(connection),
        }
    }
}

impl Inner {
    /// Gives back the PUBACK of what was taken before, and is not asked for again.
    fn hear(&mut self, heard: Heard, ack: Ack) -> Option<Ack> {
        let (room, seq) = match &heard {
            Heard::Entry(entry) => (entry.room.clone(), entry.seq),
            Heard::Gap { room, to, .. } => (room.clone(), *to),
        };
        let prev = heard.prev();
        let place = Place { life: self.life, room: room.clone(), seq };
        let path = self.paths.entry(room.clone()).or_default();
        path.rewind_at(prev);
        match self.out.get_mut(&place) {
            Some(out) if !out.given_back => {
                out.acks.push(ack);
                path.passes(seq, prev);
                return None;
            }
            None if path.newest >= Some(seq) => return Some(ack),
            _ => {}
        }
        let again = !self.out.contains_key(&place) && path.known >= Some(seq);
        let missing = path.missing_before(&heard);
        path.passes(seq, prev);
        if let Some((from, to)) = missing {
            self.queue.push_back(Waiting::Missing { room, from, to });
        }
        self.out.insert(place.clone(), Out { acks: vec![ack], given_back: false });
        self.queue.push_back(match heard {
            Heard::Entry(entry) => Waiting::Entry { entry, again, place },
            Heard::Gap { from, .. } => Waiting::Marker { from, place },
        });
        None
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").field("waiting", &self.inner.lock().queue.len()).finish_non_exhaustive()
    }
}

/// The right to acknowledge one entry. Dropped without, the entry is given back.
#[derive(Debug)]
pub(crate) struct Ticket {
    inbox: Arc<Inbox>,
    place: Option<Place>,
}

impl Ticket {
    pub(crate) fn take(&mut self) {
        if let Some(place) = self.place.take() {
            let out = self.inbox.inner.lock().out.remove(&place);
            if let Some(out) = out {
                out.acks.into_iter().for_each(|ack| ack());
            }
            self.inbox.fewer.notify_one();
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            if let Some(out) = self.inbox.inner.lock().out.get_mut(&place) {
                out.given_back = true;
            }
            self.inbox.fewer.notify_one();
        }
    }
}

#[cfg(test)]
mod tests;
