//! Reading the log for a session until it is level again.
//!
//! One task for each session that is behind, gone when none of its rooms is. It reads pages, oldest first, room
//! after room (rooms of two before the others), as fast as the outbound queue takes them, which is as fast as
//! the client acknowledges. A room becomes level under its hub's lock, so nothing is skipped or told twice.

use super::{Behind, Path, Session, State, Took, hear::copy_bit};
use crate::core::Core;
use crate::heard::{Heard, gap_frame};
use crate::hub::Hub;
use broker::outbound::{Delivery, Mark, Offer};
use chat::{RoomId, Seq, UserId};
use std::sync::Arc;
use std::time::Duration;
use store::Error;

/// Entries in one page: few enough that a read transaction is short, many enough to amortise it.
const PAGE: u32 = 50;
/// Pages that are read at once, for all sessions together: who hears an old message waits a little so that who says a
/// new one does not, and the store's other readers stay free for those who arrive (docs/performance.md).
pub(crate) const READING: usize = 2;
/// How long a reader waits when the store could not answer.
const PAUSE: Duration = Duration::from_millis(200);

/// Reads until the session is level or over.
pub(crate) async fn catch_up(core: Arc<Core>, session: Arc<Session>) {
    while let Some(room) = session.next_turn() {
        match page(&core, &session, room).await {
            Ok(()) => {}
            Err(error) if error.is_passing() => tokio::time::sleep(PAUSE).await,
            Err(error) => {
                tracing::error!(room.id = %room, %error, "cannot read the log of room {room} for a device: {error}");
                session.outbound.end(mqtt::ReasonCode::ServerUnavailable);
                return;
            }
        }
    }
}

/// What a page is about.
struct Plan {
    hub: Arc<Hub>,
    sent: Seq,
    until: Option<Seq>,
    marker: Option<(Seq, Seq)>,
    reading: u64,
}

impl Plan {
    /// What it was made for, unless that was begun anew meanwhile.
    fn reading_in<'a>(&self, state: &'a mut State) -> Option<&'a mut Behind> {
        state.behind.get_mut(&self.hub.room).filter(|behind| behind.reading == self.reading)
    }
}

async fn page(core: &Core, session: &Session, room: RoomId) -> Result<(), Error> {
    let Some(plan) = session.plan(room) else { return Ok(()) };
    if let Some(marker) = plan.marker
        && !session.tell_gap(&plan, marker).await
    {
        return Ok(());
    }
    let end = plan.until.unwrap_or_else(|| plan.hub.hold().last());
    let entries = match plan.sent < end {
        true => {
            // Given back before the page is offered: who waits for a slow device keeps nobody from reading.
            let _turn = core.reading.acquire().await;
            core.store.read(room, plan.sent, end, PAGE, core.now()).await?
        }
        false => Vec::new(),
    };
    let last_page = entries.len() < PAGE as usize;
    let managers = match entries.iter().any(|entry| entry.reach.few) {
        true => plan.hub.managers(&*core.store).await?,
        false => Arc::default(),
    };
    for entry in entries {
        let heard = Heard::new(entry, plan.hub.handle.clone());
        if !session.replay(&plan, &heard, &managers).await {
            return Ok(());
        }
    }
    session.outbound.wake();
    session.settle(&plan, last_page.then_some(end));
    Ok(())
}

impl Session {
    /// The room whose turn it is; none ends the reading.
    fn next_turn(&self) -> Option<RoomId> {
        let mut state = self.state();
        if !self.is_over() {
            let State { turns, behind, .. } = &mut *state;
            if let Some(room) = turns.next(|room| behind.contains_key(&room)) {
                return Some(room);
            }
        }
        state.catching_up = false;
        None
    }

    fn plan(&self, room: RoomId) -> Option<Plan> {
        let state = self.state();
        let behind = state.behind.get(&room)?;
        let Behind { hub, sent, until, marker, reading, .. } = behind;
        Some(Plan { hub: hub.clone(), sent: *sent, until: *until, marker: *marker, reading: *reading })
    }

    /// Hands one entry of the log to the queue, waiting for room. False if there is nothing more to do here.
    async fn replay(&self, plan: &Plan, heard: &Heard, managers: &[UserId]) -> bool {
        loop {
            match self.replay_now(plan, heard, managers) {
                Some(Took::Whole { .. }) => return true,
                Some(Took::Part(_)) => {
                    self.outbound.wake();
                    self.outbound.ready().await;
                }
                Some(Took::Nothing) | None => return false,
            }
        }
    }

    fn replay_now(&self, plan: &Plan, heard: &Heard, managers: &[UserId]) -> Option<Took> {
        let hub = &plan.hub;
        let mut state = self.state();
        let &mut Behind { sent, until, prev, part, .. } = plan.reading_in(&mut state)?;
        if heard.seq() <= sent {
            return Some(Took::Whole { heard: false });
        }
        if until.is_some_and(|until| heard.seq() > until) {
            return None;
        }
        if !heard.is_for((self.user, &self.handle), managers) {
            let behind = plan.reading_in(&mut state)?;
            (behind.sent, behind.part) = (heard.seq(), 0);
            return Some(Took::Whole { heard: false });
        }
        let prev = prev.before(heard);
        // What was taken since this server started can't have been sent by the one that crashed.
        let dup = state.repeats_before.is_some_and(|start| heard.entry.at < start);
        let took = self.take(&state, hub, heard, (prev, part, dup));
        let behind = plan.reading_in(&mut state)?;
        match took {
            Took::Whole { heard: any } => {
                (behind.sent, behind.part) = (heard.seq(), 0);
                behind.prev = Path::At(if any { heard.seq() } else { prev });
                if any {
                    behind.aside = heard.is_for_few();
                }
            }
            Took::Part(part) => behind.part = part,
            Took::Nothing => {}
        }
        if took != (Took::Whole { heard: false }) {
            state.note_path(hub.room, heard.seq(), prev);
        }
        Some(took)
    }

    /// Tells every copy of a gap; false if the connection is over.
    async fn tell_gap(&self, plan: &Plan, (from, to): (Seq, Seq)) -> bool {
        let hub = &plan.hub;
        let copies = self.state().routes.copies(&hub.handle, false);
        for copy in copies.iter() {
            let mark = Mark { log: hub.room.0, position: to.0, copy: copy_bit(copy.format) };
            let frame = gap_frame(&hub.handle, copy.format, from, to);
            loop {
                let delivery = Delivery {
                    frame: frame.clone(),
                    qos: copy.qos,
                    retain: false,
                    dup: false,
                    subscription_ids: copy.ids.clone(),
                    expires_at: None,
                    mark,
                };
                match self.outbound.offer(delivery) {
                    Offer::Taken | Offer::NeverFits => break,
                    Offer::Closed => return false,
                    Offer::Full => {
                        self.outbound.wake();
                        self.outbound.ready().await;
                    }
                }
            }
        }
        if let Some(behind) = plan.reading_in(&mut self.state()) {
            behind.marker = None;
        }
        true
    }

    /// After a page: the room is level, or goes on with its next membership, or is done with. `read_to` says that
    /// the log was read up to there, so what was not found is not for this device.
    fn settle(&self, plan: &Plan, read_to: Option<Seq>) {
        let hub = &plan.hub;
        let held = hub.hold();
        let mut state = self.state();
        let Some(behind) = plan.reading_in(&mut state) else { return };
        if let Some(end) = read_to {
            let end = behind.until.map_or(end, |until| end.min(until));
            if end > behind.sent {
                (behind.sent, behind.part) = (end, 0);
            }
        }
        let (sent, prev, aside) = (behind.sent, behind.prev, behind.aside);
        let over = match behind.until {
            Some(_) => behind.is_through() && !behind.next_interval(),
            None => sent >= held.last(),
        };
        if over {
            let left = behind.until.is_some();
            state.behind.remove(&hub.room);
            let end = if left { Path::At(sent) } else { prev };
            if left || aside || prev.end() < sent {
                state.hidden.insert(hub.room, end);
            }
        }
    }
}
