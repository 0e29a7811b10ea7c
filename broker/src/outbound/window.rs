//! The messages a connection has sent and its client has not yet acknowledged.
//!
//! A message enters the window before it is written and leaves when its PUBACK arrives, or its PUBCOMP. While
//! the window is full nothing above QoS 0 is taken from the queue. Acknowledgements may come in any order.
//! This module opens no socket and reads no clock. Start at [`Window::send`].

use super::{Delivery, Mark};
use mqtt::packet::PacketId;
use std::collections::VecDeque;

/// A burst may leave this many places behind.
const KEPT_PLACES: usize = 16;

/// What happened to a PUBREC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Received {
    /// The message is the client's now.
    First(Mark),
    /// The client will not have it: it is done.
    Refused(Mark),
    /// It had said so before.
    Again,
    /// There is no such message.
    Unknown,
}

/// One message on its way.
#[derive(Debug)]
pub(super) struct InFlight {
    pub(super) id: PacketId,
    pub(super) mark: Mark,
    /// PUBREC came: only PUBCOMP is awaited, and the message is no longer ours.
    pub(super) received: bool,
    /// Notices are nowhere else, so the window keeps them whole.
    pub(super) notice: Option<Box<Delivery>>,
}

/// Messages in the order of sending.
#[derive(Debug)]
pub(super) struct Window {
    sent: VecDeque<InFlight>,
    limit: u16,
    next: PacketId,
    /// So many ids from `next` on are certainly free; saves a search for each message.
    clear: u16,
}

impl Window {
    pub(super) fn new(limit: u16) -> Window {
        Window { sent: VecDeque::new(), limit, next: PacketId(std::num::NonZeroU16::MIN), clear: u16::MAX }
    }

    /// Where new ids begin.
    pub(super) fn begin_at(&mut self, first: PacketId) {
        self.next = first;
        self.clear = 0;
    }

    pub(super) fn is_full(&self) -> bool {
        self.sent.len() >= usize::from(self.limit)
    }

    /// Sends a new message under the next id that is not in use. The caller has asked [`Window::is_full`].
    pub(super) fn send(&mut self, mark: Mark, notice: Option<Box<Delivery>>) -> PacketId {
        let id = self.free_id();
        self.sent.push_back(InFlight { id, mark, received: false, notice });
        id
    }

    /// Sends a message of an earlier connection again, under its old id.
    pub(super) fn send_again(&mut self, id: PacketId, mark: Mark) {
        self.clear = 0;
        self.sent.push_back(InFlight { id, mark, received: false, notice: None });
    }

    /// The client had this one before: only its PUBCOMP is awaited.
    pub(super) fn await_complete(&mut self, id: PacketId) {
        self.clear = 0;
        self.sent.push_back(InFlight { id, mark: Mark::UNTRACKED, received: true, notice: None });
    }

    /// PUBACK, or a PUBREC that refuses: the message is done.
    pub(super) fn finish(&mut self, id: PacketId) -> Option<Mark> {
        let place = self.place(id, false)?;
        self.remove(place).map(|done| done.mark)
    }

    /// PUBREC.
    pub(super) fn receive(&mut self, id: PacketId) -> Received {
        match self.sent.iter_mut().find(|sent| sent.id == id) {
            None => Received::Unknown,
            Some(sent) if sent.received => Received::Again,
            Some(sent) => {
                sent.received = true;
                sent.notice = None;
                Received::First(sent.mark)
            }
        }
    }

    /// PUBCOMP: the id is free.
    pub(super) fn complete(&mut self, id: PacketId) -> bool {
        self.place(id, true).and_then(|place| self.remove(place)).is_some()
    }

    /// What is still ours, in the order of sending.
    pub(super) fn iter(&self) -> impl Iterator<Item = &InFlight> {
        self.sent.iter().filter(|sent| !sent.received)
    }

    pub(super) fn take(&mut self) -> VecDeque<InFlight> {
        std::mem::take(&mut self.sent)
    }

    fn place(&self, id: PacketId, received: bool) -> Option<usize> {
        self.sent.iter().position(|sent| sent.id == id && sent.received == received)
    }

    fn remove(&mut self, place: usize) -> Option<InFlight> {
        let done = self.sent.remove(place);
        if self.sent.is_empty() && self.sent.capacity() > KEPT_PLACES {
            self.sent = VecDeque::new();
        }
        done
    }

    fn free_id(&mut self) -> PacketId {
        // The window is smaller than the number of ids, so at most `limit` steps find a free one.
        while self.clear == 0 {
            self.clear = self.distance_to_nearest();
            if self.clear == 0 {
                self.next = after(self.next);
            }
        }
        self.clear -= 1;
        let id = self.next;
        self.next = after(id);
        id
    }

    fn distance_to_nearest(&self) -> u16 {
        let ahead = |id: PacketId| (u32::from(id.get()) + 65_535 - u32::from(self.next.get())) % 65_535;
        let nearest = self.sent.iter().map(|sent| ahead(sent.id)).min();
        nearest.map_or(u16::MAX, |steps| u16::try_from(steps).unwrap_or(u16::MAX))
    }
}

fn after(id: PacketId) -> PacketId {
    PacketId::new(id.get().wrapping_add(1)).unwrap_or(PacketId(std::num::NonZeroU16::MIN))
}
