//! Cursors reach the store: together, now and then, for devices that outlive their connection.
//!
//! What a crash loses of it is told to those devices again, with DUP; nothing depends on these writes.

use crate::core::Core;
use crate::session::Session;
use std::sync::Arc;

/// Sessions in one write. Messages wait for the transaction that is under way, and one with the places of sixteen devices
/// in a hundred rooms each takes a few milliseconds.
const AT_ONCE: usize = 16;

/// One opening of one session, and where it moved.
type Moves = (store::SessionId, u64, Vec<(chat::RoomId, store::Cursor)>);

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
        let Some((id, epoch)) = session.stored else { continue };
        let cursors = session.cursors(session.moved(&core.hubs), std::iter::empty());
        if !cursors.is_empty() {
            moves.push((id, epoch, cursors));
            whose.push(session);
        }
        if moves.len() == AT_ONCE {
            write(core, &mut moves, &mut whose).await;
        }
    }
    write(core, &mut moves, &mut whose).await;
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
