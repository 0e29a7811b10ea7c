//! A device takes its seat: its session is found or begun, and it hears what it missed.

mod often; // who comes too often

mod again; // what comes again, with its packet id

pub(crate) use often::Often;

use crate::apps::{self, Claims, Holder};
use crate::core::Core;
use crate::depart;
use crate::identity::{NOBODY, Scope, is_anonymous, is_nobody, rights, uncarried};
use crate::memberships::by_room;
use crate::say::{Not, authorise};
use crate::session::{Activity, Greeting, NOTICE_LOG, Place, Positions, Replies, Session, State, Subscribed};
use crate::wills::Owner;
use aws_lc_rs::digest;
use broker::application::{Arrival, ConnectRefusal, Farewell, Welcome};
use broker::outbound::Delivery;
use chat::{Handle, Origin, RoomId, Seq, Timestamp, UserId};
use mqtt::ReasonCode;
use mqtt::packet::{PacketId, Will};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use store::{Cursor, Error, Membership, Opened, Opening, Reopened};
use topics::Address;
use topics::realm::Realm;

/// A session is found or begun.
pub(crate) async fn arrive(core: &Arc<Core>, arrival: Arrival) -> Result<Welcome<Session>, ConnectRefusal> {
    if is_nobody(arrival.identity.proof) {
        return core.nobody_arrives(&arrival);
    }
    let user = UserId(arrival.identity.id);
    if let Some(will) = &arrival.will {
        authorise_will(core, &arrival, will).await?;
    }
    let expiry = arrival.session_expiry.min(core.config.session_expiry_max);
    let will = arrival.will.as_deref().map(depart::stored);
    let opening = Opening {
        user,
        client_id: &arrival.client_id,
        clean_start: arrival.clean_start,
        keep: (expiry > 0).then_some(expiry),
        devices: match is_anonymous(arrival.identity.proof) {
            true => core.config.anonymous_sessions,
            false => core.config.devices,
        },
        will: will.as_ref(),
        now: core.now(),
    };
    let handle = handle_of(&arrival)?;
    let mut opened = core.store.open_session(opening).await.map_err(not_opened)?;
    core.apps.forget_sessions(opened.crowded_out.as_slice());
    // An earlier connection left it: it is said whatever becomes of this one.
    if let Some(will) = opened.orphaned_will.take() {
        let device = arrival.client_id.clone();
        let owner = Owner { user, handle: handle.clone(), device, claims: arrival.identity.grants.clone() };
        core.fire(owner, will);
    }
    let session = match core.seat(&arrival, handle, &opened) {
        Ok(session) => session,
        Err(refusal) => {
            depart::give_back(core, opened, expiry).await;
            return Err(refusal);
        }
    };
    let welcomed = welcome(core, &session, opened.found.as_ref()).await;
    match welcomed {
        Ok(redeliver) => Ok(Welcome {
            session_present: opened.found.is_some(),
            session_expiry: expiry,
            user_properties: vec![("incarnation".to_owned(), core.store.incarnation().to_string())],
            redeliver,
            first_packet_id: first_packet_id(opened.epoch),
            received: received(opened.found.as_ref()),
            unreleased: unreleased(opened.found.as_ref()),
            session,
        }),
        Err(error) => {
            core.leaves(&session, Farewell::SocketLost);
            core.unseat(&session);
            depart::give_back(core, opened, expiry).await;
            Err(unavailable(&error))
        }
    }
}

fn handle_of(arrival: &Arrival) -> Result<Handle, ConnectRefusal> {
    Handle::new(&arrival.identity.user).map_err(|error| ConnectRefusal {
        code: ReasonCode::BadUserNameOrPassword,
        reason: error.to_string(),
    })
}

async fn authorise_will(core: &Core, arrival: &Arrival, will: &Will) -> Result<(), ConnectRefusal> {
    let (identity, topic) = (&arrival.identity, will.topic.as_str());
    let user = UserId(identity.id);
    let refuse = |code, reason: String| Err(ConnectRefusal { code, reason });
    let is_plain = match Realm::of(topic) {
        Realm::App(_) => true,
        Realm::Open => core.apps.grants.are_topics_open(),
        Realm::Chat | Realm::Server => false,
    };
    if is_plain {
        let holder = Holder {
            user,
            handle: &identity.user,
            device: &arrival.client_id,
            claims: &identity.grants,
            is_admin: false,
        };
        return match core.apps.may_write(holder, topic) {
            true => Ok(()),
            false => {
                refuse(ReasonCode::NotAuthorized, "the will names a topic that you may not publish to".into())
            }
        };
    }
    if !rights(identity.proof).has(Scope::MessagesWrite) {
        return refuse(
            ReasonCode::NotAuthorized,
            "who leaves a will needs the scope `messages:write`".into(),
        );
    }
    if will.retain {
        return refuse(ReasonCode::RetainNotSupported, "a will on a chat topic is not retained".into());
    }
    if topic.parse::<Address>().is_err() {
        return refuse(
            ReasonCode::TopicNameInvalid,
            "the will names a topic that is none of this server's".into(),
        );
    }
    match authorise(core, user, topic).await {
        Ok(()) => Ok(()),
        Err(Not::Refused(refusal)) => {
            refuse(ReasonCode::NotAuthorized, format!("the will is refused: {refusal}"))
        }
        Err(Not::Now(error)) => Err(unavailable(&error)),
    }
}

fn not_opened(error: Error) -> ConnectRefusal {
    match error {
        Error::TooManyDevices(_) => {
            ConnectRefusal { code: ReasonCode::QuotaExceeded, reason: error.to_string() }
        }
        _ => unavailable(&error),
    }
}

fn unavailable(error: &Error) -> ConnectRefusal {
    tracing::warn!(%error, "a session could not be opened: {error}");
    ConnectRefusal {
        code: ReasonCode::ServerUnavailable,
        reason: "the server can't open your session just now".into(),
    }
}

/// After a crash nobody knows which ids were in use, so each opening begins elsewhere.
fn first_packet_id(epoch: u64) -> PacketId {
    let id = (epoch % 65_535 * 4_099 % 65_535) as u16;
    PacketId::new(id).unwrap_or(PacketId(std::num::NonZeroU16::MIN))
}

fn received(found: Option<&Reopened>) -> Vec<PacketId> {
    let in_flight = found.into_iter().flat_map(|found| &found.state.in_flight);
    let received = in_flight.filter(|one| one.room == apps::RECEIVED.log);
    received.filter_map(|one| PacketId::new(one.packet_id)).collect()
}

fn unreleased(found: Option<&Reopened>) -> Vec<PacketId> {
    let ids = found.into_iter().flat_map(|found| &found.unreleased);
    ids.filter_map(|(id, ..)| PacketId::new(*id)).collect()
}

/// The device as a number: the same for the same user and client id, on every node and for ever.
pub(crate) fn origin(user: UserId, client_id: &str) -> Origin {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(&user.0.to_be_bytes());
    hash.update(client_id.as_bytes());
    let digest = hash.finish();
    let first = digest.as_ref().first_chunk().copied().unwrap_or_default();
    Origin(i64::from_be_bytes(first))
}

impl Core {
    /// Who did not say who they are has nothing that could be kept: no earlier session, and no will.
    fn nobody_arrives(&self, arrival: &Arrival) -> Result<Welcome<Session>, ConnectRefusal> {
        if arrival.will.is_some() {
            let reason = "who leaves a will must say who they are".to_owned();
            return Err(ConnectRefusal { code: ReasonCode::NotAuthorized, reason });
        }
        let rights = rights(arrival.identity.proof);
        let way = (arrival.outbound.clone(), (None, rights, Claims::default()), self.place(arrival));
        // No other can be taken for it: this session says nothing, and hears its own answers only.
        let name = Handle::new("nobody").map_err(|error| ConnectRefusal {
            code: ReasonCode::UnspecifiedError,
            reason: error.to_string(),
        })?;
        let who = (NOBODY, name, Origin(0));
        let activity = Activity::new(Greeting::default(), self.now());
        let begin = (State::default(), activity);
        let session = self.sessions.insert(|slot| Session::new(slot, who, None, way, begin));
        Ok(Welcome {
            session_present: false,
            session_expiry: 0,
            user_properties: Vec::new(),
            redeliver: Vec::new(),
            first_packet_id: first_packet_id(0),
            received: Vec::new(),
            unreleased: Vec::new(),
            session,
        })
    }

    /// Gives the session its slot and its place among the user's devices; none, when there are too many, or what it came
    /// in with was revoked on its way.
    fn seat(
        &self,
        arrival: &Arrival,
        handle: Handle,
        opened: &Opened,
    ) -> Result<Arc<Session>, ConnectRefusal> {
        let user = UserId(arrival.identity.id);
        let rights = rights(arrival.identity.proof);
        // What an earlier proof was good for, this one need not be.
        let may_hear =
            |one: &Subscribed| one.interest.rooms().next().is_none() || rights.has(Scope::MessagesRead);
        let mut state = State { arriving: true, ..State::default() };
        if let Some(found) = &opened.found {
            found
                .state
                .subscriptions
                .iter()
                .filter_map(Subscribed::restored)
                .filter(may_hear)
                .for_each(|one| state.routes.put(one));
            state.repeats_before = (!found.clean).then_some(self.started_at);
            state.replies = Replies::restore(&found.state.replies);
        }
        let origin = origin(user, &arrival.client_id);
        let stored = opened.id.map(|id| (id, opened.epoch));
        let proof = uncarried(user, arrival.identity.proof);
        let claims = arrival.identity.grants.clone();
        let way = (arrival.outbound.clone(), (proof, rights, claims), self.place(arrival));
        let greeting = Greeting::of(&arrival.user_properties);
        let begin = (state, Activity::new(greeting, self.now()));
        let session =
            self.sessions.insert(|slot| Session::new(slot, (user, handle, origin), stored, way, begin));
        // Those without a name are in no room, and all of them are one user: they are counted by their addresses.
        if !session.is_nobody() && !self.people.add(&session, self.config.connections_per_user) {
            self.unseat(&session);
            return Err(often::too_many());
        }
        // What was revoked before this is found here, what is revoked after it finds the session.
        if session.proof().is_some_and(|proof| self.revocations.covers(proof)) {
            self.unseat(&session);
            return Err(ConnectRefusal {
                code: ReasonCode::NotAuthorized,
                reason: "what you came in with was ended just now".into(),
            });
        }
        self.is_here(&session, greeting);
        Ok(session)
    }

    fn place(&self, arrival: &Arrival) -> Place {
        Place {
            number: self.connections.fetch_add(1, Ordering::Relaxed),
            client_id: arrival.client_id.clone(),
            is_anonymous: is_anonymous(arrival.identity.proof),
            peer: arrival.peer,
            since: self.now(),
        }
    }

    /// Takes the session out of everything that could reach it, and says how far each room was sent.
    pub(crate) fn unseat(&self, session: &Session) -> Positions {
        self.people.remove(session);
        let positions = session.leave_hubs(&self.hubs);
        self.receipts.leave(session);
        self.sessions.remove(session.slot);
        positions
    }
}

/// What a session missed is on its way, and what it had not acknowledged comes first.
async fn welcome(
    core: &Arc<Core>,
    session: &Arc<Session>,
    found: Option<&Reopened>,
) -> Result<Vec<(PacketId, Delivery)>, Error> {
    let mut redeliver: Vec<(PacketId, Delivery)> = Vec::new();
    if let Some(found) = found {
        // What was begun is finished, also of rooms that it does not ask for any more.
        let has_begun =
            found.state.in_flight.iter().any(|one| one.room != NOTICE_LOG && !one.is_in_no_room());
        let hears_logs = has_begun || session.state().routes.hears_logs();
        let memberships = match hears_logs {
            true => core.store.memberships(session.user, Timestamp(0)).await?.1,
            false => Vec::new(),
        };
        redeliver = again::in_flight(core, session, &found.state.in_flight, &memberships).await?;
        session.state().note_redelivered(redeliver.iter().map(|(_, delivery)| delivery.mark));
        take_up(core, session, found, memberships).await?;
        again::tell_kept_replies(session, &redeliver);
        core.watches_on(session);
    }
    core.note_listener(session);
    apps::attach(core, session, redeliver.iter().map(|(_, delivery)| delivery.mark));
    core.take_up_meanwhile(session).await?;
    Ok(redeliver)
}

/// Takes up every room that the session's subscriptions cover, each at its cursor. A room that has none was
/// entered while the device was away: it hears all of its memberships there.
async fn take_up(
    core: &Arc<Core>,
    session: &Arc<Session>,
    found: &Reopened,
    memberships: Vec<Membership>,
) -> Result<(), Error> {
    let cursors: HashMap<RoomId, Cursor> = found.state.cursors.iter().copied().collect();
    let mut rooms = by_room(memberships);
    let shared = {
        let state = session.state();
        rooms.retain(|room| state.routes.covers(&room.handle) && !state.leaves_to_others(session, room.room));
        state.routes.shared().map(str::to_owned)
    };
    if let Some(filter) = shared {
        core.join_share(session, &filter).await?;
    }
    let names = rooms.iter().map(|one| (one.room, one.handle.clone(), one.direct));
    let hubs = core.hubs.open(&*core.store, names).await?;
    let same_life = found.incarnation == core.store.incarnation();
    for (hub, room) in hubs.iter().zip(&rooms) {
        let cursor = match cursors.get(&hub.room) {
            Some(cursor) if same_life => Seq(cursor.resume),
            Some(cursor) => Seq(cursor.resume).min(hub.hold().last()),
            None => room.before_all(),
        };
        core.attach(session, hub, cursor, &room.told_after(cursor));
    }
    hubs.iter().for_each(|hub| core.hubs.release(hub));
    Ok(())
}
