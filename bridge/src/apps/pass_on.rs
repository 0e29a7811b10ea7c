//! What a session that ended was to hear in its turn is passed on to another who shares the subscription: a page at a
//! time, through the lane, and to nobody faster than they take it.
//!
//! Where nobody else shares the subscription it is lost with the session. After a start those who share it are given a
//! moment to come back.

use super::entrance::Command;
use super::legacy::{PassedOn, Place};
use super::message::Message;
use super::published::Published;
use crate::core::Core;
use chat::Timestamp;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use store::{Error, LeftTurn, SessionId, Waiting};
use tokio::sync::mpsc;

/// How often it is looked for what was left.
const INTERVAL: Duration = Duration::from_millis(500);
/// Messages read at once.
const PAGE: u32 = 100;
/// Pages in one look.
const PAGES: u32 = 100;
/// Bytes in the lane at once, or one message: what fits beside a connection's queue that is half empty.
const WEIGHT: usize = 128 * 1024;
/// Milliseconds from the start in which nothing is given up: longer than clients take to come back.
const GRACE: i64 = 60_000;

/// Passes on until the server stops.
pub(crate) async fn run(core: Arc<Core>) {
    let mut tick = tokio::time::interval(INTERVAL);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let looked = tokio::select! {
            _ = tick.tick() => look(&core).await,
            () = core.stop.cancelled() => break,
        };
        if let Err(error) = looked {
            tracing::warn!(%error, "what sessions left could not be passed on yet: {error}");
        }
    }
    if let Err(error) = tell(&core).await {
        tracing::warn!(%error, "what was passed on may come again: {error}");
    }
}

async fn look(core: &Arc<Core>) -> Result<(), Error> {
    tell(core).await?;
    let mut after = (SessionId(0), 0);
    for _ in 0..PAGES {
        let page = core.store.apps().turns(after, PAGE).await?;
        let Some(last) = page.last().filter(|_| !core.stop.is_cancelled()) else { return Ok(()) };
        after = (last.session, last.id);
        for turns in page.chunk_by(|one, other| one.session == other.session) {
            pass_on(core, turns[0].session, turns).await?;
        }
        tell(core).await?;
    }
    Ok(())
}

/// Tells the store what it need not keep any longer.
async fn tell(core: &Core) -> Result<(), Error> {
    let heard = core.apps.legacies.heard();
    done(core, &heard).await?;
    core.apps.legacies.forget(&heard);
    Ok(())
}

async fn done(core: &Core, places: &HashSet<Place>) -> Result<(), Error> {
    let mut by_session: BTreeMap<SessionId, Vec<i64>> = BTreeMap::new();
    for (session, id) in places {
        by_session.entry(*session).or_default().push(*id);
    }
    match by_session.is_empty() {
        true => Ok(()),
        false => core.store.apps().done(&by_session.into_iter().collect::<Vec<_>>()).await,
    }
}

/// Some of what one session left.
async fn pass_on(core: &Arc<Core>, session: SessionId, turns: &[LeftTurn]) -> Result<(), Error> {
    // However it ended, the store knew first.
    if let Some(gone) = core.apps.kept(session) {
        core.apps.forget(&gone);
    }
    let (begun, turns): (Vec<&LeftTurn>, Vec<&LeftTurn>) = turns.iter().partition(|turn| turn.may_be_begun);
    let ids = turns.iter().map(|turn| turn.id);
    let ids: Vec<i64> = ids.filter(|id| !core.apps.legacies.is_under_way((session, *id))).collect();
    let left = core.store.apps().pick(session, &ids).await?;
    let found: HashSet<i64> = left.iter().map(|one| one.message.id).collect();
    // What does not open any more is for nobody.
    let lost = ids.into_iter().filter(|id| !found.contains(id)).chain(begun.iter().map(|turn| turn.id));
    done(core, &lost.map(|id| (session, id)).collect()).await?;
    for some in by_weight(left) {
        let (in_lane, mut settled) = mpsc::channel(1);
        for one in some {
            give(core, session, one, &in_lane).await;
        }
        drop(in_lane);
        // Nothing is ever sent: this is the end of the last of them.
        settled.recv().await;
    }
    Ok(())
}

fn by_weight(left: Vec<Waiting>) -> Vec<Vec<Waiting>> {
    let (mut all, mut weight) = (Vec::<Vec<Waiting>>::new(), 0);
    for one in left {
        let size = one.message.payload.len() + one.message.topic.len();
        weight += size;
        match all.last_mut().filter(|_| weight <= WEIGHT) {
            Some(some) => some.push(one),
            None => {
                weight = size;
                all.push(vec![one]);
            }
        }
    }
    all
}

/// Gives a message to one of each share that it was for; who has no room just now gets it, or another does, at the next
/// look.
async fn give(core: &Arc<Core>, session: SessionId, left: Waiting, in_lane: &mpsc::Sender<()>) {
    let Some(turn) = left.how.turn else { return };
    let legacies = &core.apps.legacies;
    let Some(legacy) = legacies.take_up((session, left.message.id), turn.shares.len()) else { return };
    let message = Arc::new(Message { retain: turn.retained, ..Message::kept(left.message) });
    let now = core.now();
    for share in turn.shares {
        let another = core.apps.another(&share, &message).filter(|_| !message.has_expired(now));
        let Some(mut target) = another else {
            if message.has_expired(now) || is_given_up(core, now) {
                core.apps.counts.dropped();
                legacy.is_heard();
            }
            continue;
        };
        if target.has_room(&core.config) {
            target.passed_on = Some(PassedOn { legacy: legacy.clone(), _in_lane: Some(in_lane.clone()) });
            let published = Published::again(core, message.clone(), target);
            core.apps.put(Command::Publish(Box::new(published))).await;
        }
    }
}

fn is_given_up(core: &Core, now: Timestamp) -> bool {
    now.0 - core.started_at.0 >= GRACE
}
