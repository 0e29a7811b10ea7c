//! Cursors reach the store: together, now and then, for devices that outlive their connection.
//!
//! What a crash loses of it is told to those devices again, with DUP; nothing depends on these writes.

use crate::core::Core;
use crate::session::Session;
use crate::share::Group;
use chat::RoomId;
use std::sync::Arc;
use store::{Cursor, SessionId};

/// Sessions in one write. Messages wait for the transaction that is under way, and one with the places of sixteen devices
/// in a hundred rooms each takes a few milliseconds.
const AT_ONCE: usize = 16;

/// One opening of one session.
type Row = (SessionId, u64);

/// It, and where it moved.
type Moves = (SessionId, u64, Vec<(RoomId, Cursor)>);

/// Writes the cursors that moved, every interval, until the server stops.
pub(crate) async fn run(core: Arc<Core>) {
    let mut tick = tokio::time::interval(core.config.cursor_interval);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    tick.tick().await;
    loop {
        tokio::select! {
            _ = tick.tick() => flush(&core).await,
            () = core.stop.cancelled() => return,
        }
    }
}

async fn flush(core: &Core) {
    let mut moves = Vec::new();
    let mut whose = Vec::new();
    for session in core.sessions.all() {
        let share = session.state().share.clone();
        if session.stored.is_none() && share.is_none() {
            continue;
        }
        let cursors = session.cursors(session.moved(&core.hubs), std::iter::empty());
        for (row, cursors) in by_row(&session, share.as_deref(), cursors) {
            moves.push((row.0, row.1, cursors));
            whose.push(session.clone());
        }
        if moves.len() >= AT_ONCE {
            write(core, &mut moves, &mut whose).await;
        }
    }
    write(core, &mut moves, &mut whose).await;
}

/// Cursors go into the row of their session, or of the group it shares rooms with.
fn by_row(
    session: &Session,
    share: Option<&Group>,
    cursors: Vec<(RoomId, Cursor)>,
) -> impl Iterator<Item = (Row, Vec<(RoomId, Cursor)>)> {
    let is_shared = |room: &RoomId| share.is_some() && room.owner().is_none();
    let (mut shared, own): (Vec<_>, Vec<_>) = cursors.into_iter().partition(|(room, _)| is_shared(room));
    // What it still acknowledges of rooms that are another's by now says nothing of that one's place.
    shared.retain(|(room, _)| share.is_some_and(|group| group.gives(*room, session)));
    let rows = [(session.stored, own), (share.and_then(Group::row), shared)];
    rows.into_iter().filter_map(|(row, cursors)| Some((row.filter(|_| !cursors.is_empty())?, cursors)))
}

/// Writes these moves. What could not be written has still moved, and is with the next interval.
async fn write(core: &Core, moves: &mut Vec<Moves>, whose: &mut Vec<Arc<Session>>) {
    if !moves.is_empty()
        && let Err(error) = core.store.save_cursors(moves).await
    {
        tracing::warn!(%error, "cursors could not be written, and are with the next interval: {error}");
        for (session, (_, _, cursors)) in whose.iter().zip(moves.iter()) {
            session.state().moved.extend(cursors.iter().map(|(room, _)| *room));
        }
    }
    moves.clear();
    whose.clear();
}
