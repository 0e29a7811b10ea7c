//! How far the members of a room are, for a subscription that was just made: as retained messages would come.
//!
//! One task for each session that has just subscribed, gone when it has told everything; it goes as fast as the device
//! reads, and reads the store in turn with others of its kind.

use super::audience::{Audience, SMALL, Size};
use super::told::Told;
use crate::core::Core;
use crate::session::{Session, Subscribed};
use broker::outbound::Offer;
use chat::{RoomId, UserId};
use std::sync::Arc;
use store::Error;
use topics::filter::Rooms;

/// Rooms that a filter for all of them tells of at once: more than anybody looks at, and a hundred people each at most.
const ROOMS: u32 = 50;

/// Filters that wait to be told, while a task tells them.
pub(crate) type Wanted = Option<Vec<String>>;

/// A session has subscribed by these filters: it is told how it is.
pub(crate) fn begin(core: &Arc<Core>, session: &Arc<Session>, filters: Vec<String>) {
    let mut state = session.state();
    let hears = |filter: &String| {
        let mut list = state.routes.list().iter();
        list.any(|one| one.filter == *filter && !one.interest.receipts.is_empty())
    };
    let filters: Vec<String> = filters.into_iter().filter(hears).collect();
    if filters.is_empty() {
        return;
    }
    let is_told = state.wanted.is_some();
    let waiting = state.wanted.get_or_insert_default();
    // A filter stands there once, so there are no more than subscriptions.
    waiting.extend(filters);
    waiting.sort_unstable();
    waiting.dedup();
    drop(state);
    if !is_told {
        core.tasks.spawn(tell(core.clone(), session.clone()));
    }
}

async fn tell(core: Arc<Core>, session: Arc<Session>) {
    while let Some(subscribed) = next(&session) {
        if let Err(error) = tell_state(&core, &session, &subscribed).await {
            // What changes is told all the same, and the rest is there for who asks.
            tracing::warn!(%error, "how far members are could not be told: {error}");
        }
    }
}

/// The next subscription that is still there.
fn next(session: &Session) -> Option<Subscribed> {
    let mut state = session.state();
    loop {
        let filter = state.wanted.as_mut().and_then(|waiting| waiting.pop());
        let Some(filter) = filter.filter(|_| !session.is_over()) else {
            state.wanted = None;
            return None;
        };
        if let Some(subscribed) = state.routes.list().iter().find(|one| one.filter == filter) {
            return Some(subscribed.clone());
        }
    }
}

async fn tell_state(core: &Core, session: &Arc<Session>, subscribed: &Subscribed) -> Result<(), Error> {
    let ids: Option<Arc<[u32]>> = subscribed.id.map(|id| [id].into());
    for (format, rooms) in &subscribed.interest.receipts {
        for room in rooms_of(core, session.user, rooms).await? {
            for told in state_of(core, session.user, room).await? {
                let Some(delivery) = told.delivery(*format, ids.clone(), true) else { continue };
                while !session.outbound.has_room() {
                    session.outbound.wake();
                    session.outbound.ready().await;
                }
                // There was room; whoever is over by now hears nothing more.
                if session.outbound.offer(delivery) == Offer::Closed {
                    return Ok(());
                }
            }
            session.outbound.wake();
        }
    }
    Ok(())
}

/// The rooms of a filter in which the user is.
async fn rooms_of(core: &Core, user: UserId, rooms: &Rooms) -> Result<Vec<RoomId>, Error> {
    let _turn = core.receipts.reading.acquire().await;
    match rooms {
        Rooms::One(room) => {
            let standing = core.store.standing(room, user).await?;
            Ok(standing.filter(|found| found.member.is_some()).map(|found| found.room).into_iter().collect())
        }
        Rooms::All => {
            let list = core.store.conversations().list(user, None, None, ROOMS, core.now()).await?;
            Ok(list.into_iter().map(|one| one.room).collect())
        }
    }
}

/// How far the members of a small room are, as this user may know.
async fn state_of(core: &Core, user: UserId, room: RoomId) -> Result<Vec<Told>, Error> {
    let _turn = core.receipts.reading.acquire().await;
    let audience = core.audience(room).await?;
    let is_meant =
        |audience: &Arc<Audience>| audience.size == Size::Small && audience.members.contains_key(&user);
    let Some(audience) = audience.filter(is_meant) else { return Ok(Vec::new()) };
    let members = core.store.receipts().progress(room, None, SMALL).await?.into_iter();
    let in_sight = members.filter(|one| one.delivered.0 > 0 && !audience.are_apart(user, one.person.user));
    let told = in_sight.map(|one| {
        let names = (audience.handle.clone(), one.person.handle);
        Told::new((room, one.person.user), names, (one.delivered, one.read))
    });
    Ok(told.collect())
}
