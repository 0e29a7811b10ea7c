//! What a device wants to hear.
//!
//! A subscription is durable before its SUBACK: for a session that outlives its connection the filter and the
//! starting place in every room it matches are committed first, so that a crash right after SUBACK loses nothing.

use crate::apps::{self, Wants};
use crate::core::Core;
use crate::hub::Hub;
use crate::identity::Scope;
use crate::memberships::{Known, by_room};
use crate::presence::{self, Begun};
use crate::receipts;
use crate::session::{Newest, Session, Subscribed, names};
use chat::{Handle, RoomId, Seq, Timestamp};
use mqtt::ReasonCode;
use mqtt::packet::{Qos, RetainHandling, Subscription, UserProperties};
use std::sync::Arc;
use store::{Cursor, Error, Interval, SessionState};
use topics::filter::{FilterError, Interest, Rooms, interest, open_interest};
use topics::replay::{Wish, WishError};

/// SUBSCRIBE: one code for each filter.
pub(crate) async fn subscribe(
    core: &Arc<Core>,
    session: &Arc<Session>,
    subscriptions: &[Subscription],
    id: Option<u32>,
    properties: &UserProperties,
) -> Vec<ReasonCode> {
    let mut wants: Vec<Wants> =
        subscriptions.iter().map(|one| Wants::judge(core, session, one, id)).collect();
    let interest = |filter: &str| match core.apps.grants.are_topics_open() {
        true => open_interest(filter),
        false => interest(filter),
    };
    let interests: Vec<_> = subscriptions.iter().map(|one| interest(&one.filter)).collect();
    let Ok(wish) = Wished::of(&interests, properties) else {
        return vec![reason(WishError::REASON_CODE); subscriptions.len()];
    };
    let before = session.state().routes.list().to_vec();
    let told_at_once = wanted(subscriptions, &before);
    let mut codes: Vec<ReasonCode> = Vec::with_capacity(subscriptions.len());
    for (subscription, interest) in subscriptions.iter().zip(interests) {
        codes.push(judge(core, session, (subscription, id, interest)).await);
    }
    let granted = codes.iter().any(|code| !code.is_refusal());
    if granted && let Err(error) = take_up(core, session, &wish).await {
        // What was refused is not half kept.
        session.state().routes.set(before);
        core.drop_uncovered(session).await;
        return unable(&error, subscriptions.len());
    }
    if let Err(error) = apps::subscribe(core, session, &mut wants).await {
        return unable(&error, subscriptions.len());
    }
    core.note_listener(session);
    receipts::tell_state(core, session, told_at_once);
    let begun = begun(session, subscriptions, &before, &codes);
    core.watches(session, begun);
    codes.into_iter().zip(wants).map(|(chat, wants)| of_both(chat, &wants)).collect()
}

/// Filters whose subscriptions are told at once how it is, if they are granted. `[MQTT5-3.3.1-9]` to `[MQTT5-3.3.1-11]`
fn wanted(subscriptions: &[Subscription], before: &[Subscribed]) -> Vec<String> {
    let is_new = |one: &Subscription| !before.iter().any(|here| here.filter == one.filter);
    let is_wanted = |one: &&Subscription| match one.retain_handling {
        RetainHandling::Always => true,
        RetainHandling::IfNew => is_new(one),
        RetainHandling::Never => false,
    };
    subscriptions.iter().filter(is_wanted).map(|one| one.filter.clone()).collect()
}

/// What was granted of it that hears how people are.
fn begun(
    session: &Session,
    subscriptions: &[Subscription],
    before: &[Subscribed],
    codes: &[ReasonCode],
) -> Vec<Begun> {
    let state = session.state();
    let granted = subscriptions.iter().zip(codes).filter(|(_, code)| !code.is_refusal());
    let begun = granted.filter_map(|(one, _)| {
        let subscribed = state.routes.list().iter().find(|here| here.filter == one.filter)?;
        let is_new = !before.iter().any(|old| old.filter == one.filter);
        let people = subscribed.interest.presence.iter().map(|(_, people)| people.clone()).collect();
        Some(Begun { people, handling: one.retain_handling, is_new })
    });
    begun.collect()
}

/// One filter may reach rooms and what is none of chat's: it is granted if either is, and refused by the one it is
/// about.
fn of_both(chat: ReasonCode, wants: &Wants) -> ReasonCode {
    match wants.code() {
        Some(code) if !code.is_refusal() || chat.is_refusal() => code,
        _ => chat,
    }
}

/// What a SUBSCRIBE wishes for the rooms that it is about; others that the session hears are not touched.
struct Wished {
    wish: Wish,
    about: Vec<Interest>,
}

impl Wished {
    fn of(
        interests: &[Result<Interest, FilterError>],
        properties: &UserProperties,
    ) -> Result<Wished, WishError> {
        let wish = Wish::of(properties.iter().map(|(key, value)| (key.as_str(), value.as_str())))?;
        let about: Vec<Interest> = interests.iter().flatten().cloned().collect();
        wish.suits(&about)?;
        Ok(Wished { wish, about })
    }

    /// The wish for this room.
    fn for_room(&self, room: &Handle) -> Wish {
        let is_about = self.about.iter().any(|interest| interest.hears(room));
        if is_about { self.wish } else { Wish::default() }
    }
}

fn reason(code: u8) -> ReasonCode {
    ReasonCode::from_number(code).unwrap_or(ReasonCode::UnspecifiedError)
}

fn unable(error: &Error, filters: usize) -> Vec<ReasonCode> {
    tracing::warn!(%error, "a SUBSCRIBE could not be kept: {error}");
    vec![ReasonCode::UnspecifiedError; filters]
}

/// Judges one filter and, if it is granted, puts it among the session's.
async fn judge(
    core: &Core,
    session: &Session,
    (subscription, id, interest): (&Subscription, Option<u32>, Result<Interest, FilterError>),
) -> ReasonCode {
    let interest = match interest {
        Ok(interest) => interest,
        Err(error) => return reason(error.reason_code()),
    };
    match may_hear(core, session, &interest).await {
        Ok(true) => {}
        Ok(false) => return ReasonCode::NotAuthorized,
        Err(error) => return unable(&error, 1)[0],
    }
    let mut state = session.state();
    let has_other = match interest.shared {
        true => state.routes.hears_rooms_besides(&subscription.filter),
        false => !interest.said.is_empty() && state.routes.shared().is_some(),
    };
    if has_other {
        // A room has one place on a connection: its own, or its group's.
        return ReasonCode::ImplementationSpecificError;
    }
    if names(&interest) + state.routes.names_besides(&subscription.filter) > presence::BY_NAME {
        return ReasonCode::QuotaExceeded;
    }
    let is_new = !state.routes.list().iter().any(|one| one.filter == subscription.filter);
    if is_new && state.routes.list().len() >= core.config.subscriptions {
        return ReasonCode::QuotaExceeded;
    }
    // What only hears how far others are hears it once at most.
    let most = if interest.hears_only_receipts() { Qos::AtMostOnce } else { Qos::AtLeastOnce };
    state.routes.put(Subscribed::granted(subscription, id, interest));
    match subscription.qos.min(most) {
        Qos::AtMostOnce => ReasonCode::Success,
        Qos::AtLeastOnce | Qos::ExactlyOnce => ReasonCode::GrantedQos1,
    }
}

/// A filter that names a room is for its members; one that names none could always match a room to come.
async fn may_hear(core: &Core, session: &Session, interest: &Interest) -> Result<bool, Error> {
    if session.is_nobody() {
        return Ok(!interest.replies.is_empty());
    }
    if presence::may_watch(core, session, interest).await? {
        return Ok(true);
    }
    if interest.rooms().next().is_some() && !session.rights.has(Scope::MessagesRead) {
        return Ok(false);
    }
    if interest.shared {
        // Programs share the work of their rooms; a person's devices hear all of it.
        let account = core.store.people().account_of(session.user).await?;
        return Ok(account.is_some_and(|account| account.service));
    }
    if !interest.replies.is_empty() || !interest.events.is_empty() {
        return Ok(true);
    }
    for rooms in interest.rooms() {
        let may = match rooms {
            Rooms::All => true,
            Rooms::One(room) => {
                let standing = core.store.standing(room, session.user).await?;
                standing.is_some_and(|standing| standing.member.is_some())
            }
        };
        if may {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes up the rooms that are covered now. Comings and goings that are told meanwhile wait until the
/// memberships are read and attached, and are taken up after them: the subscriptions are in place before the
/// memberships are read, so a room is seen by one or the other.
async fn take_up(core: &Arc<Core>, session: &Arc<Session>, wish: &Wished) -> Result<(), Error> {
    session.state().arriving = true;
    let taken = match core.store.memberships(session.user, Timestamp(0)).await {
        Ok((_, memberships)) => listen(core, session, by_room(memberships), wish).await,
        Err(error) => Err(error),
    };
    core.take_up_meanwhile(session).await?;
    taken?;
    let shared = session.state().routes.shared().map(str::to_owned);
    match shared {
        Some(filter) if session.state().share.is_none() => core.join_share(session, &filter).await,
        _ => Ok(()),
    }
}

/// Begins to listen in rooms that are newly covered, and makes it durable. A room that the user has left begins
/// where they left it: should they come back while the device is away, it hears them from there.
async fn listen(
    core: &Arc<Core>,
    session: &Arc<Session>,
    mut rooms: Vec<Known>,
    wished: &Wished,
) -> Result<(), Error> {
    let mut starts = {
        let mut state = session.state();
        rooms.retain(|room| state.routes.covers(&room.handle) && !state.leaves_to_others(session, room.room));
        rooms.iter().filter_map(|room| state.begin_left(room.room, room.ended()?)).collect::<Vec<_>>()
    };
    rooms.retain(Known::is_running);
    let names = rooms.iter().map(|one| (one.room, one.handle.clone(), one.direct));
    let hubs = core.hubs.open(&*core.store, names).await?;
    let begun = begin(core, session, hubs.iter().zip(&rooms), wished).await;
    let saved = match begun {
        Ok(begun) => {
            starts.extend(begun);
            save(core, session, &starts).await
        }
        Err(error) => Err(error),
    };
    hubs.iter().for_each(|hub| core.hubs.release(hub));
    saved
}

/// Begins to listen in rooms, each as it is wished for, and says after which entries.
async fn begin(
    core: &Arc<Core>,
    session: &Arc<Session>,
    rooms: impl Iterator<Item = (&Arc<Hub>, &Known)>,
    wished: &Wished,
) -> Result<Vec<(RoomId, Seq)>, Error> {
    let mut starts = Vec::new();
    for (hub, room) in rooms {
        let wish = wished.for_room(&room.handle);
        let newest = match wish.replay {
            Some(most) => Some((core.newest(hub, most).await?, most)),
            None => None,
        };
        if let Some(since) = wish.since {
            // A log that is shorter than the client thinks goes on where it ends.
            let since = since.min(hub.hold().last());
            core.begin_again(session, hub, since, &room.intervals, newest);
            starts.push((hub.room, since));
        } else if !session.listens(hub) {
            let now = hub.hold().last();
            core.attach(session, hub, now, &room.intervals);
            starts.push((hub.room, now));
        } else if let Some(newest) = newest {
            session.trim(hub, newest);
        }
    }
    Ok(starts)
}

async fn save(core: &Core, session: &Session, starts: &[(RoomId, Seq)]) -> Result<(), Error> {
    let Some((id, epoch)) = session.stored else { return Ok(()) };
    let cursors = starts.iter().map(|(room, at)| (*room, Cursor { resume: at.0, delivered: 0 }));
    let state = SessionState {
        subscriptions: session.state().routes.list().iter().map(Subscribed::saved).collect(),
        cursors: cursors.collect(),
        ..SessionState::default()
    };
    core.store.save_subscriptions(id, epoch, &state).await
}

/// UNSUBSCRIBE: one code for each filter.
pub(crate) async fn unsubscribe(
    core: &Arc<Core>,
    session: &Arc<Session>,
    filters: &[String],
) -> Vec<ReasonCode> {
    let codes: Vec<ReasonCode> = filters
        .iter()
        .map(|filter| match session.state().routes.take(filter) {
            true => ReasonCode::Success,
            false => ReasonCode::NoSubscriptionExisted,
        })
        .collect();
    let were = match apps::unsubscribe(core, session, filters).await {
        Ok(were) => were,
        Err(error) => return unable(&error, filters.len()),
    };
    if codes.contains(&ReasonCode::Success) {
        core.note_listener(session);
        core.presences.is_unwatched(session.user);
        core.drop_uncovered(session).await;
        if let Err(error) = save(core, session, &[]).await {
            return unable(&error, filters.len());
        }
    }
    let either = |(code, was)| if was { ReasonCode::Success } else { code };
    codes.into_iter().zip(were).map(either).collect()
}

/// The most entries of which it is asked where they begin; of more, the numbers of the log are counted.
const COUNTED: u64 = 1_000;

impl Core {
    /// Where the newest `most` entries begin that a device is told.
    async fn newest(&self, hub: &Hub, most: u64) -> Result<Seq, Error> {
        let last = hub.hold().last();
        match u32::try_from(most) {
            Ok(some) if (1..=COUNTED).contains(&most) => {
                self.store.places().newest(hub.room, last, some).await
            }
            _ => Ok(Seq((last.0 + 1).saturating_sub(most))),
        }
    }

    /// Hubs that no subscription covers any more are left; a later subscription begins at its own now.
    async fn drop_uncovered(self: &Arc<Core>, session: &Session) {
        if session.state().routes.shared().is_none() {
            self.stop_sharing(session).await;
        }
        let rooms = session.state().rooms.clone();
        for hub in rooms.iter().filter_map(|slot| self.hubs.at(slot)) {
            if !session.state().routes.covers(&hub.handle) {
                session.drop_hub(&hub);
                self.hubs.tidy(&hub);
            }
        }
    }

    /// A device asked for a room from `since` on: it hears the log from there, whatever it heard before.
    fn begin_again(
        self: &Arc<Core>,
        session: &Arc<Session>,
        hub: &Arc<Hub>,
        since: Seq,
        memberships: &[Interval],
        newest: Option<Newest>,
    ) {
        let begin = {
            let mut held = hub.hold();
            let mut state = session.state();
            if state.departed {
                return;
            }
            let memberships = state.cut(hub.room, memberships);
            if memberships.last().is_some_and(|last| last.to_seq.is_none()) {
                held.add(session.slot);
                state.note_room(hub.slot);
            }
            state.rewind(hub, since, &memberships, held.last(), newest)
        };
        if begin {
            self.read_for([session.slot]);
        }
    }
}
