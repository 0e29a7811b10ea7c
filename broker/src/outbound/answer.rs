//! What becomes of a PUBLISH: a ticket for the application, and the line in which the answers leave.
//!
//! Acknowledgements leave in the order in which their PUBLISHes came, so an early answer waits for the ones
//! before it. `[MQTT5-4.6.0-2]`, `[MQTT3-4.6.0-2]`

use super::{Ending, Outbound, Shared};
use crate::application::Outcome;
use mqtt::ReasonCode;
use mqtt::packet::PacketId;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use tokio::sync::oneshot;

/// A ticket for the answer to one PUBLISH. Dropping it gives the answer up.
pub struct Answer(To);

/// Who hears it.
enum To {
    Nobody,
    /// QoS 0: it is only counted.
    Count(Arc<Shared>),
    /// A client that waits for PUBACK or PUBREC, with the place in its line.
    Line(Arc<Shared>, u64),
    /// Somebody in this program.
    Caller(oneshot::Sender<Outcome>),
}

impl Answer {
    /// For a PUBLISH that nobody waits for.
    #[must_use]
    pub fn nowhere() -> Answer {
        Answer(To::Nobody)
    }

    /// For a caller in this program, without a connection. It gets an error where the answer is given up.
    #[must_use]
    pub fn to_caller() -> (Answer, oneshot::Receiver<Outcome>) {
        let (sender, receiver) = oneshot::channel();
        (Answer(To::Caller(sender)), receiver)
    }

    pub(super) fn in_line(outbound: &Outbound, number: u64) -> Answer {
        Answer(To::Line(Arc::clone(&outbound.0), number))
    }

    pub(super) fn counted(outbound: &Outbound) -> Answer {
        Answer(To::Count(Arc::clone(&outbound.0)))
    }

    /// Whether somebody hears this answer: false for QoS 0.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        matches!(self.0, To::Line(..) | To::Caller(_))
    }

    /// Says what became of it. The acknowledgement leaves as soon as those before it have left.
    pub fn give(mut self, outcome: Outcome) {
        match std::mem::replace(&mut self.0, To::Nobody) {
            To::Nobody => {}
            To::Count(shared) => shared.forget_unheard(),
            To::Line(shared, number) => shared.give(number, outcome),
            // A caller that no longer waits has its reasons.
            To::Caller(caller) => drop(caller.send(outcome)),
        }
    }

    /// No answer will come: nothing is acknowledged, and the connection ends (MQTT 5: 0x89), so that the client
    /// sends again. A QoS 0 answer is only forgotten.
    pub fn give_up(self) {
        drop(self);
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        match std::mem::replace(&mut self.0, To::Nobody) {
            To::Nobody | To::Caller(_) => {}
            To::Count(shared) => shared.forget_unheard(),
            To::Line(shared, _) => shared.end(Ending::because(ReasonCode::ServerBusy)),
        }
    }
}

impl Shared {
    fn give(&self, number: u64, outcome: Outcome) {
        let first = self.lock().answers.give(number, outcome);
        if first {
            self.task.wake();
        }
    }

    fn forget_unheard(&self) {
        let may_read_on = self.lock().forget_unheard();
        if may_read_on {
            self.task.wake();
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("heard", &self.is_heard()).finish()
    }
}

/// A PUBLISH and, once it is known, its outcome.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) id: PacketId,
    /// QoS 2: the answer is a PUBREC.
    pub(super) exactly_once: bool,
    pub(super) outcome: Option<Outcome>,
}

/// The PUBLISHes that wait for their acknowledgement, in the order they came. Its length is bounded by whoever
/// lets them in: see [`super::inbound`].
#[derive(Debug, Default)]
pub(super) struct Answers {
    slots: VecDeque<Slot>,
    /// The number of the first slot.
    first: u64,
}

impl Answers {
    pub(super) fn open(&mut self, id: PacketId, exactly_once: bool) -> u64 {
        self.slots.push_back(Slot { id, exactly_once, outcome: None });
        self.first + self.slots.len() as u64 - 1
    }

    /// True if the writer can go on because of it.
    pub(super) fn give(&mut self, number: u64, outcome: Outcome) -> bool {
        let Some(place) = number.checked_sub(self.first) else { return false };
        let slot = usize::try_from(place).ok().and_then(|place| self.slots.get_mut(place));
        let Some(slot) = slot else { return false };
        slot.outcome = Some(outcome);
        place == 0
    }

    /// The first of the line, if its answer is known.
    pub(super) fn front(&mut self) -> Option<&mut Outcome> {
        self.slots.front_mut()?.outcome.as_mut()
    }

    pub(super) fn pop(&mut self) -> Option<Slot> {
        let slot = self.slots.pop_front()?;
        self.first += 1;
        if self.slots.is_empty() {
            self.slots = VecDeque::new();
        }
        Some(slot)
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn waits_for(&self, id: PacketId) -> bool {
        self.slots.iter().any(|slot| slot.exactly_once && slot.id == id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter()
    }

    /// Forgets all; tickets that are still out lead nowhere.
    pub(super) fn take(&mut self) -> VecDeque<Slot> {
        self.first += self.slots.len() as u64;
        std::mem::take(&mut self.slots)
    }
}
