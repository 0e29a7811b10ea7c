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
use store::{NewMessage, Queued, Receiver, Retain, SessionId};

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
        let waiting = self.targets.iter().filter(|target| target.waits());
        let receivers = waiting.filter_map(|target| {
            let (session, _) = target.subscriber.kept()?;
            let subscription_ids = target.ids.as_deref().unwrap_or_default().to_vec();
            let how = Queued { qos: target.qos as u8, retain: target.retain, subscription_ids };
            Some(Receiver { session, how })
        });
        let receivers = receivers.collect();
        let retain = if self.is_told_again { Retain::No } else { self.message.retains() };
        self.message.to_store(id, retain, receivers, self.inbound)
    }
}

impl Apps {
    /// Whether a queue takes one more.
    fn has_room(&self, core: &Core, target: &Target) -> bool {
        let Some((_, queue)) = target.subscriber.kept() else { return true };
        let (messages, bytes) = queue.lock().waiting();
        let has_room = messages < core.config.app_queue && bytes < core.config.app_queue_bytes;
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
