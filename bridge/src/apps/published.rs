//! A message that goes through the lane, with those who hear it and the one who waits for its answer.

use super::house::Apps;
use super::message::Message;
use super::subscriber::Target;
use crate::core::Core;
use crate::session::Session;
use broker::outbound::Answer;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;
use store::{NewMessage, Receiver, Retain, SessionId, Turn};

/// What a receiver weighs in a transaction: a row of a queue, in bytes.
const RECEIVER: usize = 128;

/// See the module.
#[derive(Debug)]
pub(crate) struct Published {
    pub(super) message: Arc<Message>,
    pub(super) targets: Vec<Target>,
    /// The packet that brought it, where it may come again.
    pub(super) inbound: Option<(SessionId, u16)>,
    /// It was published before, and comes to somebody else now: nothing else becomes of it.
    pub(super) is_told_again: bool,
    pub(super) waits: Option<Waits>,
    /// How long its answer may take.
    pub(super) deadline: Instant,
}

/// Who waits for it.
#[derive(Debug)]
pub(crate) struct Waits {
    pub(super) answer: Answer,
    pub(super) _turn: InLane,
}

/// A message of this session is in the lane: what it says next goes the same way, and does not overtake it.
#[derive(Debug)]
pub(crate) struct InLane(Arc<Session>);

impl Published {
    /// A message for which nobody waits.
    pub(super) fn unasked(core: &Core, message: Arc<Message>, targets: Vec<Target>) -> Published {
        let deadline = core.commit_deadline();
        Published { message, targets, inbound: None, is_told_again: false, waits: None, deadline }
    }

    /// One that was published before, for somebody who has not heard it.
    pub(super) fn again(core: &Core, message: Arc<Message>, target: Target) -> Published {
        Published { is_told_again: true, ..Published::unasked(core, message, vec![target]) }
    }

    /// About how many bytes it has in a transaction.
    pub(super) fn weight(&self) -> usize {
        self.message.frame.len_hint() + self.targets.len() * RECEIVER
    }

    /// Whether it has waited too long. One that nobody waits for goes on waiting, but not for longer than the server.
    pub(super) fn is_late(&self, core: &Core, now: Instant) -> bool {
        self.deadline <= now && (self.waits.is_some() || core.stop.is_cancelled())
    }

    /// For the store. Whoever has too much waiting goes without.
    pub(super) fn for_store(&mut self, core: &Core, id: i64) -> NewMessage {
        self.targets.retain(|target| !target.waits() || core.apps.has_room(core, target));
        let retain = if self.is_told_again { Retain::No } else { self.message.retains() };
        self.message.to_store(id, retain, self.receivers(), self.inbound)
    }

    /// Whoever has several turns, or one beside a subscription of its own, has one place for all.
    fn receivers(&self) -> Vec<Receiver> {
        let mut receivers: Vec<Receiver> = Vec::new();
        for target in self.targets.iter().filter(|target| target.waits()) {
            let Some((session, _)) = target.subscriber.kept() else { continue };
            let Some(share) = &target.share else {
                receivers.push(Receiver { session, how: target.queued() });
                continue;
            };
            let place = receivers.iter().position(|one| one.session == session).unwrap_or_else(|| {
                receivers.push(Receiver { session, how: target.queued() });
                receivers.len() - 1
            });
            let none = || Turn { shares: Vec::new(), retained: self.message.retain };
            receivers[place].how.turn.get_or_insert_with(none).shares.push(share.to_string());
        }
        receivers
    }
}

impl Apps {
    /// Whether a queue takes one more.
    fn has_room(&self, core: &Core, target: &Target) -> bool {
        let Some((_, queue)) = target.subscriber.kept() else { return true };
        let has_room = queue.lock().has_room(&core.config);
        if !has_room {
            self.counts.dropped();
        }
        has_room
    }
}

impl InLane {
    pub(super) fn enter(session: &Arc<Session>) -> InLane {
        let count: &AtomicU32 = &session.in_lane;
        count.fetch_add(1, Ordering::AcqRel);
        InLane(session.clone())
    }
}

impl Drop for InLane {
    fn drop(&mut self) {
        self.0.in_lane.fetch_sub(1, Ordering::AcqRel);
    }
}
