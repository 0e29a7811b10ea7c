//! Somebody joins a group or leaves it, and rooms change hands.
//!
//! A room that changes hands is given up first: nothing of it reaches the earlier connection from then on, and its place
//! is the end of what was acknowledged without a gap. Whoever has it next begins there, from the log. So nothing is
//! lost; what was under way to the earlier one comes to both.

use super::{Group, Places};
use crate::core::Core;
use crate::depart::{expires_at, finish};
use crate::hub::Hub;
use crate::memberships::{Known, by_room};
use crate::session::Session;
use chat::{RoomId, Seq, Timestamp};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::{Cursor, Error, Opening, SavedSubscription, SessionEnd, SessionState};

impl Core {
    /// A connection takes its part of what this shared filter hears.
    pub(crate) async fn join_share(
        self: &Arc<Core>,
        session: &Arc<Session>,
        filter: &str,
    ) -> Result<(), Error> {
        loop {
            let group = self.shares.group(session.user, filter);
            let mut places = group.places.lock().await;
            if places.is_over {
                continue;
            }
            let joined = self.join(session, &group, &mut places).await;
            if joined.is_err() {
                session.state().share = None;
                let is_empty = group.remove(session);
                self.settle(&group, places, is_empty).await;
            }
            return joined;
        }
    }

    async fn join(
        self: &Arc<Core>,
        session: &Arc<Session>,
        group: &Arc<Group>,
        places: &mut Places,
    ) -> Result<(), Error> {
        if group.row().is_none() {
            self.open_share(group, places).await?;
        }
        group.add(session);
        session.state().share = Some(group.clone());
        self.deal(group, places).await
    }

    /// The group's row is found, or made: then its rooms begin now.
    async fn open_share(&self, group: &Group, places: &mut Places) -> Result<(), Error> {
        let opening = Opening {
            user: group.user,
            client_id: &group.filter,
            clean_start: false,
            keep: Some(self.config.session_expiry_max),
            // It is no device, and takes no device's place.
            devices: u32::MAX,
            will: None,
            now: self.now(),
        };
        let opened = self.store.open_session(opening).await?;
        let Some(id) = opened.id else { return Err(Error::Broken("a kept session has no row".into())) };
        let row = (id, opened.epoch);
        match opened.found {
            Some(found) => {
                let same_life = found.incarnation == self.store.incarnation();
                places.cursors =
                    found.state.cursors.into_iter().map(|(room, at)| (room, Seq(at.resume))).collect();
                if !same_life {
                    self.cut_to_heads(&mut places.cursors).await?;
                }
            }
            None => {
                let (_, memberships) = self.store.memberships(group.user, Timestamp(0)).await?;
                places.cursors = by_room(memberships).iter().map(|one| (one.room, Seq(u64::MAX))).collect();
                self.cut_to_heads(&mut places.cursors).await?;
                self.store.save_subscriptions(row.0, row.1, &group.state(&places.cursors)).await?;
            }
        }
        // Only who holds the places opens it, and there is one opening for each group.
        group.row.set(row).map_err(|_| Error::Broken("a group is opened twice".into()))
    }

    /// No place is past the end of its log.
    async fn cut_to_heads(&self, cursors: &mut HashMap<RoomId, Seq>) -> Result<(), Error> {
        let rooms: Vec<RoomId> = cursors.keys().copied().collect();
        for some in rooms.chunks(500) {
            for head in self.store.heads(some).await? {
                cursors.entry(head.room).and_modify(|at| *at = (*at).min(head.last_seq));
            }
        }
        Ok(())
    }

    /// A connection that goes gives back its part. `stands` is where, what it had not acknowledged taken off.
    pub(crate) async fn leave_share(
        self: &Arc<Core>,
        session: &Session,
        group: Arc<Group>,
        stands: Vec<(RoomId, Seq)>,
    ) {
        let mut places = group.places.lock().await;
        places.cursors.extend(stands.into_iter().filter(|(room, _)| group.gives(*room, session)));
        session.state().share = None;
        let is_empty = group.remove(session);
        self.settle(&group, places, is_empty).await;
    }

    /// A connection that stays hears no more of what it shared.
    pub(crate) async fn stop_sharing(self: &Arc<Core>, session: &Session) {
        let Some(group) = session.state().share.clone() else { return };
        let stands = self.give_up(session, |_| true);
        self.leave_share(session, group, stands).await;
    }

    /// Somebody went: others go on with their rooms, or the row is closed behind the last.
    async fn settle(
        self: &Arc<Core>,
        group: &Arc<Group>,
        mut places: tokio::sync::MutexGuard<'_, Places>,
        is_empty: bool,
    ) {
        if is_empty {
            places.is_over = true;
            self.close_share(group, &places).await;
            // Who waits for the places finds them over, and the group gone.
            return self.shares.forget(group);
        }
        // While the server stops, they all go: nobody needs the rooms any more.
        if !self.stop.is_cancelled()
            && let Err(error) = self.deal(group, &mut places).await
        {
            tracing::warn!(%error, "rooms of a group could not be dealt again: {error}; its connections begin anew");
            let members = group.slots().into_iter().filter_map(|slot| self.sessions.get(slot));
            members.for_each(|member| member.outbound.end(mqtt::ReasonCode::ServerUnavailable));
        }
    }

    async fn close_share(&self, group: &Group, places: &Places) {
        let Some((id, epoch)) = group.row() else { return };
        let at = self.now();
        let expires_at = expires_at(at, self.config.session_expiry_max);
        let state = group.state(&places.cursors);
        let end = SessionEnd { id, epoch, state, expires_at, will: None, at };
        finish(|| self.store.close_sessions(std::slice::from_ref(&end))).await;
    }

    /// Every room is heard by the one it belongs to now. What is told of comings and goings meanwhile waits.
    async fn deal(self: &Arc<Core>, group: &Arc<Group>, places: &mut Places) -> Result<(), Error> {
        let members: Vec<_> = group.slots().into_iter().filter_map(|slot| self.sessions.get(slot)).collect();
        members.iter().for_each(|member| member.state().arriving = true);
        let dealt = self.deal_among(group, &members, places).await;
        for member in &members {
            self.take_up_meanwhile(member).await?;
        }
        dealt
    }

    async fn deal_among(
        self: &Arc<Core>,
        group: &Arc<Group>,
        members: &[Arc<Session>],
        places: &mut Places,
    ) -> Result<(), Error> {
        let (_, memberships) = self.store.memberships(group.user, Timestamp(0)).await?;
        let rooms = by_room(memberships);
        for member in members {
            places.cursors.extend(self.give_up(member, |room| !group.gives(room, member)));
        }
        for member in members {
            let has = member.shared_rooms(self);
            let is_new = |room: &&Known| {
                !room.handle.is_own() && !has.contains(&room.room) && group.gives(room.room, member)
            };
            let new: Vec<&Known> = rooms.iter().filter(is_new).collect();
            let names = new.iter().map(|one| (one.room, one.handle.clone(), one.direct));
            let hubs = self.hubs.open(&*self.store, names).await?;
            for (hub, room) in hubs.iter().zip(new) {
                let cursor = places.cursors.remove(&room.room).unwrap_or_else(|| room.before_all());
                self.attach(member, hub, cursor, &room.told_after(cursor));
                self.hubs.release(hub);
            }
        }
        Ok(())
    }
}

impl Core {
    /// A connection hears no more of these of its shared rooms, and says up to where each was acknowledged.
    fn give_up(&self, session: &Session, which: impl Fn(RoomId) -> bool) -> Vec<(RoomId, Seq)> {
        let mut stands = Vec::new();
        for hub in session.heard_hubs(self).into_iter().filter(|hub| which(hub.room)) {
            stands.push((hub.room, session.give_up(&hub)));
            self.hubs.tidy(&hub);
        }
        // Rooms that the service left, and of which everything was sent.
        let mut state = session.state();
        let left: Vec<_> =
            state.hidden.extract_if(.., |room, _| room.owner().is_none() && which(*room)).collect();
        drop(state);
        stands.extend(left.into_iter().map(|(room, path)| (room, session.acknowledged_to(room, path.end()))));
        stands
    }
}

impl Group {
    /// What its row says of it.
    fn state(&self, cursors: &HashMap<RoomId, Seq>) -> SessionState {
        let cursor = |(room, at): (&RoomId, &Seq)| (*room, Cursor { resume: at.0, delivered: 0 });
        SessionState {
            subscriptions: vec![SavedSubscription {
                filter: self.filter.clone(),
                qos: 1,
                no_local: false,
                retain_as_published: false,
                id: None,
            }],
            cursors: cursors.iter().map(cursor).collect(),
            ..SessionState::default()
        }
    }
}

impl Session {
    /// The hubs of the rooms it hears, live or from the log; a user's own room is no part of a share.
    fn heard_hubs(&self, core: &Core) -> Vec<Arc<Hub>> {
        let (slots, behind) = {
            let state = self.state();
            (state.rooms.clone(), state.behind.values().map(|one| one.hub.clone()).collect::<Vec<_>>())
        };
        let mut hubs: Vec<Arc<Hub>> = slots.iter().filter_map(|slot| core.hubs.at(slot)).collect();
        let live: HashSet<RoomId> = hubs.iter().map(|hub| hub.room).collect();
        hubs.extend(behind.into_iter().filter(|hub| !live.contains(&hub.room)));
        hubs.retain(|hub| !hub.handle.is_own());
        hubs
    }

    /// Its part of the rooms that are shared, those that were left too.
    fn shared_rooms(&self, core: &Core) -> HashSet<RoomId> {
        let mut rooms: HashSet<RoomId> = self.heard_hubs(core).iter().map(|hub| hub.room).collect();
        rooms.extend(self.state().hidden.keys());
        rooms
    }

    /// Hears no more of this room, and says up to where everything was acknowledged.
    fn give_up(&self, hub: &Hub) -> Seq {
        let sent = {
            let mut held = hub.hold();
            held.take(self.slot);
            let last = held.last();
            let mut state = self.state();
            state.drop_room(hub.slot);
            state.hidden.remove(&hub.room);
            state.behind.remove(&hub.room).map_or(last, |behind| behind.sent)
        };
        self.acknowledged_to(hub.room, sent)
    }

    /// Up to where everything was acknowledged of a room that was sent up to there.
    fn acknowledged_to(&self, room: RoomId, sent: Seq) -> Seq {
        let mut place = sent;
        self.outbound.unacknowledged(|mark| {
            if mark.log == room.0 {
                place = place.min(Seq(mark.position).before());
            }
        });
        place
    }
}
