//! A device comes and goes.

use super::catch_up;
use super::entrance::Command;
use super::legacy::PassedOn;
use super::published::Published;
use super::queue::{Live, mark};
use super::rights::{Claims, Rights};
use super::subscriber::{Subscriber, Way};
use super::{KEPT_LOG, message::Message};
use crate::core::Core;
use crate::depart::finish;
use crate::identity::Scope;
use crate::session::Session;
use broker::application::Acknowledged;
use broker::outbound::{Delivery, Mark};
use mqtt::packet::{PacketId, Qos};
use parking_lot::Mutex;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use store::{Error, InFlight, SessionId, Waiting};

/// The subscriber of a session, made now if it has none.
pub(super) fn subscriber(core: &Arc<Core>, session: &Arc<Session>) -> Arc<Subscriber> {
    let subscriber = session.subscriber.get_or_init(|| found_or_made(core, session));
    if let Some((_, queue)) = subscriber.kept()
        && queue.lock().begin_reading_once(|| live(session))
    {
        catch_up::begin(core, subscriber);
    }
    subscriber.clone()
}

fn found_or_made(core: &Core, session: &Session) -> Arc<Subscriber> {
    let earlier = session.stored.and_then(|(id, _)| core.apps.kept(id));
    if let Some(earlier) = earlier {
        earlier.claim(proved(session), &core.apps.grants);
        return earlier;
    }
    let way = match session.stored {
        Some((id, _)) => Way::Kept(id, Box::default()),
        None => Way::Passing(session.outbound.clone(), Mutex::default()),
    };
    let who = (session.user, session.handle.clone(), session.place.client_id.clone());
    let made = Subscriber::new(who, way, proved(session), &core.apps.grants);
    if let Some((id, _)) = session.stored {
        core.apps.keep(id, &made);
    }
    made
}

/// What its proof grants, and whether it is an administrator's.
fn proved(session: &Session) -> (Claims, bool) {
    (session.claims(), session.rights.has(Scope::Admin))
}

/// What a session may do, without making a subscriber of it.
pub(super) fn rights(core: &Core, session: &Session) -> Arc<Rights> {
    let grants = &core.apps.grants;
    match session.subscriber.get() {
        Some(subscriber) => subscriber.rights(grants),
        None => Arc::new(grants.of(session.holder(&session.claims()))),
    }
}

fn live(session: &Session) -> Live {
    let repeats_before = session.state().repeats_before;
    Live { outbound: session.outbound.clone(), number: session.place.number, repeats_before }
}

/// It proved who it is by another token.
pub(crate) fn renew(core: &Core, session: &Session) {
    if let Some(subscriber) = session.subscriber.get() {
        subscriber.claim(proved(session), &core.apps.grants);
    }
}

/// A device takes its seat. What it subscribed to in a session that is over is forgotten; where its session goes on,
/// it hears what waited, but for what the broker sends again.
pub(crate) fn attach(core: &Arc<Core>, session: &Arc<Session>, again: impl Iterator<Item = Mark>) {
    let id = session.stored.map(|(id, _)| id);
    if let Some(former) = core.apps.former(session.user, &session.place.client_id, id) {
        core.apps.forget(&former);
    }
    let again = again.filter(|mark| mark.log == KEPT_LOG).map(|mark| mark.position.cast_signed());
    let again: BTreeSet<i64> = again.collect();
    let Some(id) = id else { return };
    if core.apps.kept(id).is_none() && again.is_empty() {
        return;
    }
    let subscriber = session.subscriber.get_or_init(|| found_or_made(core, session));
    if let Some((_, queue)) = subscriber.kept() {
        let mut queue = queue.lock();
        queue.attach(live(session), again);
        if queue.begin_reading() {
            catch_up::begin(core, subscriber);
        }
    }
}

/// A device goes, with this in flight; its session lives on for `expiry` seconds.
pub(crate) async fn detach(core: &Arc<Core>, session: &Session, in_flight: &[(PacketId, Mark)], expiry: u32) {
    let Some(subscriber) = session.subscriber.get() else { return };
    let in_flight = in_flight.iter().map(|(_, mark)| *mark);
    if let Some((id, queue)) = subscriber.kept() {
        if queue.lock().has_offered_2() {
            note_begun(core, id, in_flight).await;
        }
        // Where its account was deleted it is forgotten already, and is so again.
        if expiry > 0 && core.apps.kept(id).is_some() {
            return queue.lock().detach(session.place.number);
        }
        return core.apps.forget(subscriber);
    }
    core.apps.forget(subscriber);
    for turn in subscriber.unfinished_turns(in_flight) {
        let Some(mut target) = core.apps.another(&turn.share, &turn.message) else { continue };
        target.passed_on = turn.legacy.map(|legacy| PassedOn { legacy, _in_lane: None });
        let published = Published::again(core, turn.message, target);
        core.apps.put(Command::Publish(Box::new(published))).await;
    }
}

/// What was begun at QoS 2 is for nobody else, whatever becomes of the session. `[MQTT5-4.8.2-5]`
async fn note_begun(core: &Core, id: SessionId, in_flight: impl Iterator<Item = Mark>) {
    let ours = in_flight.filter(|mark| mark.log == KEPT_LOG);
    let begun: Vec<i64> = ours.map(|mark| mark.position.cast_signed()).collect();
    if !begun.is_empty() {
        finish(|| core.store.apps().begun(id, &begun)).await;
    }
}

/// Deliveries are done.
pub(crate) fn acknowledged(core: &Core, session: &Session, marks: &[Acknowledged]) {
    let Some(subscriber) = session.subscriber.get() else { return };
    let Some((_, queue)) = subscriber.kept() else {
        return marks.iter().for_each(|one| subscriber.turn_is_over(one.mark));
    };
    {
        let mut queue = queue.lock();
        let ours = marks.iter().filter(|one| one.mark.log == KEPT_LOG);
        ours.for_each(|one| queue.done(one.mark.position.cast_signed()));
    }
    core.apps.has_done(subscriber);
}

/// Messages that were in flight when the last connection ended, by their numbers.
pub(crate) async fn in_flight(
    core: &Core,
    session: &Session,
    saved: &[InFlight],
) -> Result<HashMap<i64, Delivery>, Error> {
    let ours = saved.iter().filter(|one| one.room == KEPT_LOG);
    let numbers: Vec<i64> = ours.map(|one| one.seq.cast_signed()).collect();
    let Some((id, _)) = session.stored.filter(|_| !numbers.is_empty()) else { return Ok(HashMap::new()) };
    let waiting = core.store.apps().pick(id, &numbers).await?;
    let rights = rights(core, session);
    let heard = waiting.into_iter().filter(|one| core.apps.grants.may_read(&rights, &one.message.topic));
    Ok(heard.map(|one| (one.message.id, delivery(one))).collect())
}

/// A message of the store as its connection gets it.
pub(super) fn delivery(waiting: Waiting) -> Delivery {
    let Waiting { message, how } = waiting;
    let id = message.id;
    let message = Message::kept(message);
    Delivery {
        qos: Qos::from_number(how.qos).unwrap_or(Qos::AtLeastOnce),
        retain: how.retain,
        dup: false,
        subscription_ids: (!how.subscription_ids.is_empty()).then(|| how.subscription_ids.into()),
        expires_at: message.end(),
        frame: message.frame,
        mark: mark(id),
    }
}
