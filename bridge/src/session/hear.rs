//! A live entry meets a session. Called under the hub's lock, for every listener: short, and never waits.

use super::{Behind, Copy, Path, Session, State, Touched};
use crate::heard::Heard;
use crate::hub::Hub;
use broker::outbound::{Delivery, Mark, Offer};
use chat::Seq;
use std::sync::Arc;

/// How taking one entry ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Took {
    /// Every copy is in the queue, or never will be for this client.
    Whole { heard: bool },
    /// The queue is full; these copies are in it (one bit for each format).
    Part(u8),
    /// The connection is over.
    Nothing,
}

impl Session {
    /// Takes the next entries of a room in which this session listens.
    pub(crate) fn hear(&self, hub: &Arc<Hub>, entries: &[Arc<Heard>], touched: &mut Touched) {
        let mut state = self.state();
        if state.behind.contains_key(&hub.room) {
            return; // Whoever reads the log for it comes to these entries too.
        }
        let mut any = false;
        for heard in entries {
            let path = state.hidden.remove(&hub.room);
            let prev = path.map_or(heard.entry.reach.before, |path| path.before(heard));
            match self.take(&state, hub, heard, (prev, 0, false)) {
                Took::Whole { heard: true } => {
                    state.note_path(hub.room, heard.seq(), prev);
                    if heard.is_for_few() {
                        // The others' path does not go this way.
                        state.hidden.insert(hub.room, Path::At(heard.seq()));
                    }
                    any = true;
                }
                Took::Whole { heard: false } => {
                    state.hidden.insert(hub.room, Path::At(prev));
                }
                Took::Part(part) => {
                    state.note_path(hub.room, heard.seq(), prev);
                    self.fall_behind(&mut state, hub, heard.seq(), prev, part, touched);
                    any = true;
                    break;
                }
                Took::Nothing => {
                    // The connection is over and will be told so: what it did not take is not to be counted as sent.
                    let mut behind = Behind::after(hub.clone(), heard.seq().before());
                    behind.prev = Path::At(prev);
                    state.behind.insert(hub.room, behind);
                    return;
                }
            }
        }
        if any {
            touched.woken.push(self.outbound.clone());
        }
    }

    fn fall_behind(
        &self,
        state: &mut State,
        hub: &Arc<Hub>,
        at: Seq,
        prev: Seq,
        part: u8,
        touched: &mut Touched,
    ) {
        let mut behind = Behind::after(hub.clone(), at.before());
        (behind.prev, behind.part) = (Path::At(prev), part);
        if state.fall_behind(behind) {
            touched.fell_behind.push(self.slot);
        }
    }

    /// Offers every copy of one entry that is not in the queue yet.
    pub(crate) fn take(
        &self,
        state: &State,
        hub: &Hub,
        heard: &Heard,
        (prev, part, dup): (Seq, u8, bool),
    ) -> Took {
        if heard.is_silent() {
            return Took::Whole { heard: false };
        }
        let own = heard.entry.origin == Some(self.origin);
        let (mut done, mut any) = (part, part != 0);
        for copy in state.routes.copies(&hub.handle, own).iter() {
            let bit = copy_bit(copy.format);
            let mark = Mark { log: hub.room.0, position: heard.seq().0, copy: bit };
            if done & bit != 0 || state.redelivered.contains(&mark) {
                any = true;
                continue;
            }
            match self.outbound.offer(delivery(heard, copy, prev, mark, dup)) {
                Offer::Taken => (done, any) = (done | bit, true),
                Offer::NeverFits => {}
                Offer::Full => return Took::Part(done),
                Offer::Closed => return Took::Nothing,
            }
        }
        Took::Whole { heard: any }
    }
}

/// One copy of an entry for one session.
pub(crate) fn delivery(heard: &Heard, copy: &Copy, prev: Seq, mark: Mark, dup: bool) -> Delivery {
    Delivery {
        frame: heard.frame(copy.format, prev),
        qos: copy.qos,
        retain: false,
        dup: dup && copy.qos > mqtt::packet::Qos::AtMostOnce,
        subscription_ids: copy.ids.clone(),
        expires_at: heard.expires_at(),
        mark,
    }
}

/// The bit that stands for the copy of this format.
pub(crate) fn copy_bit(format: topics::Format) -> u8 {
    1 << format.place()
}
