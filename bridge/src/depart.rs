//! A device goes: where it stands is saved before anybody else may take its seat.

use crate::apps;
use crate::core::Core;
use crate::session::{Positions, Session, Subscribed, is_in_a_log};
use crate::wills::Owner;
use broker::application::{Departure, Farewell};
use broker::outbound::Mark;
use chat::{RoomId, Seq, Timestamp};
use mqtt::packet::{PacketId, Will};
use std::sync::Arc;
use std::time::Duration;
use store::{InFlight, Opened, SessionEnd, SessionState, StoredWill};

/// How often a save is tried when the store is away; then the cursors of the last interval stand, and the device
/// hears again what it acknowledged since.
const TRIES: u32 = 5;
/// Between tries.
const PAUSE: Duration = Duration::from_millis(200);

/// A connection is over.
pub(crate) async fn depart(core: &Arc<Core>, session: Arc<Session>, departure: Departure) {
    if session.stored.is_some() {
        session.last_answers().await;
    }
    core.leaves(&session, departure.farewell);
    let mut positions = core.unseat(&session);
    core.has_left(&session);
    let Departure { farewell, session_expiry, mut in_flight, received, queued, notices: _, will } = departure;
    let in_flight_marks = in_flight.iter().map(|(_, mark)| *mark);
    core.note_departure(&session, &positions, in_flight_marks, &queued);
    // Let the match not hold the session.
    let share = session.state().share.clone();
    if let Some(group) = share {
        // What was under way goes to another of the group: it does not come again here.
        let mut rooms = positions.take_rooms();
        let under_way = in_flight.iter().map(|(_, mark)| mark).chain(&queued);
        under_way.for_each(|mark| rooms.unacknowledged(*mark));
        in_flight.retain(|(_, mark)| !is_in_a_room(*mark));
        core.leave_share(&session, group, rooms.stands()).await;
    }
    apps::detach(core, &session, &in_flight, session_expiry).await;
    let delay = will.as_ref().and_then(|will| will.properties.delay).unwrap_or(0).min(session_expiry);
    let will = will.map(|will| stored(&will));
    let (now_will, later_will) = match (will, delay) {
        (Some(will), 1..) if session.stored.is_some() => (None, Some(will)),
        (will, _) => (will, None),
    };
    save(
        core,
        &session,
        positions,
        (&in_flight, &received, &queued),
        session_expiry,
        later_will.map(|will| (will, delay)),
    )
    .await;
    if let Some(will) = now_will.filter(|_| farewell != Farewell::Draining) {
        let owner = Owner::of(&session);
        core.fire(owner, will);
    }
}

/// Whether it is about a room that can be shared.
fn is_in_a_room(mark: Mark) -> bool {
    is_in_a_log(mark) && RoomId(mark.log).owner().is_none()
}

async fn save(
    core: &Core,
    session: &Session,
    mut positions: Positions,
    (in_flight, received, queued): (&[(PacketId, Mark)], &[PacketId], &[Mark]),
    expiry: u32,
    will: Option<(StoredWill, u32)>,
) {
    let Some((id, epoch)) = session.stored else { return };
    if expiry == 0 {
        return finish(|| core.store.end_session(id, epoch)).await;
    }
    // What is in flight is saved by itself and comes again with its packet ids. Everything else that was sent is
    // acknowledged, so replay goes on with what was only queued.
    session.come_again(&mut positions, queued);
    let now = core.now();
    let end = SessionEnd {
        id,
        epoch,
        state: state(session, positions, in_flight, received),
        expires_at: expires_at(now, expiry),
        will: will.map(|(will, delay)| (will, after(now, delay))),
        at: now,
    };
    finish(|| core.store.close_sessions(std::slice::from_ref(&end))).await;
}

/// A session was opened for a device that got no seat after all: it is away, as it was before, and its time runs.
pub(crate) async fn give_back(core: &Core, opened: Opened, expiry: u32) {
    let Some(id) = opened.id else { return };
    let epoch = opened.epoch;
    let Some(found) = opened.found else {
        return finish(|| core.store.end_session(id, epoch)).await;
    };
    let at = core.now();
    let end =
        SessionEnd { id, epoch, state: found.state, expires_at: expires_at(at, expiry), will: None, at };
    finish(|| core.store.close_sessions(std::slice::from_ref(&end))).await;
}

/// When a session ends that lasts so many seconds; never for the most there can be.
pub(crate) fn expires_at(now: Timestamp, expiry: u32) -> Option<Timestamp> {
    (expiry != u32::MAX).then(|| after(now, expiry))
}

fn after(now: Timestamp, seconds: u32) -> Timestamp {
    Timestamp(now.0 + i64::from(seconds) * 1_000)
}

pub(crate) async fn finish<F: Future<Output = Result<(), store::Error>>>(act: impl Fn() -> F) {
    for _ in 0..TRIES {
        match act().await {
            Ok(()) => return,
            Err(error) => tracing::warn!(%error, "where a device stands could not be saved: {error}"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn state(
    session: &Session,
    positions: Positions,
    in_flight: &[(PacketId, Mark)],
    received: &[PacketId],
) -> SessionState {
    let cursors = session.cursors(positions, in_flight.iter().map(|(_, mark)| *mark));
    let state = session.state();
    SessionState {
        subscriptions: state.routes.list().iter().map(Subscribed::saved).collect(),
        cursors,
        in_flight: in_flight
            .iter()
            .map(|(id, mark)| saved(*id, *mark, state.path_before(*mark)))
            .chain(received.iter().map(|id| saved(*id, apps::RECEIVED, Seq::ZERO)))
            .collect(),
        replies: state.replies.save(),
    }
}

fn saved(id: PacketId, mark: Mark, prev: Seq) -> InFlight {
    InFlight { packet_id: id.get(), room: mark.log, seq: mark.position, copy: mark.copy, prev: prev.0 }
}

/// A will as it waits in the session's row.
pub(crate) fn stored(will: &Will) -> StoredWill {
    StoredWill {
        topic: will.topic.clone(),
        payload: will.payload.to_vec(),
        qos: will.qos as u8,
        delay: will.properties.delay.unwrap_or(0),
        properties: will.properties.user_properties.clone(),
        retain: will.retain,
        said: apps::will_words(will),
    }
}
