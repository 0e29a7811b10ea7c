//! All of it, when it is time.
//!
//! What is told waits for nobody but the store; what follows from rooms and contacts, and what is written down, is looked at
//! once a second, so that a thousand changes at once cost what one does.

use super::gone::Gone;
use super::{INTERVAL, NOTED, SMALL_ROOM};
use crate::core::Core;
use chat::{Origin, Presence, RoomId, Timestamp, UserId};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Error, PresenceChange};

/// People who are told of in one go.
const AT_ONCE: usize = 500;
/// Users whose watching is worked out anew, and rooms that are looked at, in a second.
const IN_A_SECOND: usize = 500;
/// How long it waits when the store could not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// Until the server stops; what is to be written down is written then.
pub(crate) async fn run(core: Arc<Core>) {
    if let Err(error) = core.take_up_devices().await {
        tracing::warn!(%error, "what devices had said could not be taken up: {error}");
    }
    let mut second = tokio::time::interval(INTERVAL);
    second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut noted = Instant::now();
    loop {
        let next = core.presences.hold().schedule.next();
        let turn = next.unwrap_or_else(|| Instant::now() + NOTED);
        tokio::select! {
            () = core.presences.stirred.notified() => core.tell_due().await,
            () = tokio::time::sleep_until(turn.into()) => core.tell_due().await,
            _ = second.tick() => {
                core.look_around().await;
                core.keep_devices().await;
                if noted.elapsed() >= NOTED {
                    noted = Instant::now();
                    core.note_seen().await;
                }
            }
            () = core.stop.cancelled() => {
                core.keep_devices().await;
                return core.note_seen().await;
            }
        }
    }
}

impl Core {
    /// Tells of those whose turn it is.
    async fn tell_due(self: &Arc<Core>) {
        loop {
            let (due, last_words) = self.due();
            if due.is_empty() {
                return;
            }
            for (user, text) in last_words {
                if let Err(error) = self.words(user, text).await {
                    tracing::warn!(%error, "what a device left to be said could not be kept: {error}");
                }
            }
            if let Err(error) = self.tell_these(&due).await {
                tracing::warn!(%error, "how people are could not be told yet: {error}");
                let mut inner = self.presences.hold();
                due.into_iter().for_each(|user| inner.schedule.at(user, Instant::now() + PAUSE));
                return;
            }
        }
    }

    /// Whose turn it is, and what devices left to be said that are gone for good now.
    fn due(&self) -> (Vec<UserId>, Vec<(UserId, Option<chat::PresenceText>)>) {
        let mut inner = self.presences.hold();
        let now = Instant::now();
        let due = inner.schedule.take(now, AT_ONCE);
        let mut last_words = Vec::new();
        for user in &due {
            for gone in inner.expire(*user, now) {
                if gone.said != Presence::Online {
                    inner.unkept.insert(*user);
                }
                last_words.extend(gone.last_words.map(|text| (*user, text)));
            }
        }
        self.presences.step(due.len());
        (due, last_words)
    }

    async fn tell_these(self: &Arc<Core>, users: &[UserId]) -> Result<(), Error> {
        let watched: Vec<UserId> = {
            let inner = self.presences.hold();
            users.iter().copied().filter(|user| inner.watch.next_of(*user).is_some()).collect()
        };
        let kept = self.kept_of(&watched).await?;
        for user in watched {
            let mut inner = self.presences.hold();
            let now = Instant::now();
            match inner.watch.next_of(user) {
                Some(next) if next > now => inner.schedule.at(user, next),
                _ => {}
            }
            let Some(kept) = kept.get(&user) else { continue };
            let view = self.view_of(&inner, kept, now);
            let Some(watched) = inner.watch.watched(user).filter(|watched| watched.next <= now) else {
                continue;
            };
            match view {
                Some(view) if watched.told.as_ref() != Some(&view) => {
                    watched.next = now + INTERVAL;
                    self.tell_seers(&mut inner, user, view);
                }
                Some(_) => {}
                None => inner.schedule.at(user, self.presences.settled_at()),
            }
        }
        Ok(())
    }

    /// Works out anew whom those watch to whom something happened.
    async fn look_around(self: &Arc<Core>) {
        if let Err(error) = self.find_stale().await {
            tracing::warn!(%error, "who is around whom could not be looked up yet: {error}");
            return;
        }
        let stale: HashSet<UserId> = {
            let mut inner = self.presences.hold();
            let some: HashSet<UserId> = inner.stale.iter().take(IN_A_SECOND).copied().collect();
            inner.stale.retain(|user| !some.contains(user));
            some
        };
        for user in stale {
            let core = self.clone();
            self.tasks.spawn(async move {
                if let Err(error) = core.look(user, None).await {
                    tracing::warn!(%error, "whom somebody watches could not be worked out yet: {error}");
                    core.presences.is_stale(user);
                }
            });
        }
    }

    /// Whom it concerns that somebody came into a room, or went, and that somebody is seen by others than before.
    async fn find_stale(self: &Arc<Core>) -> Result<(), Error> {
        let (rooms, doubted) = {
            let mut inner = self.presences.hold();
            let rooms: HashSet<RoomId> = inner.rooms.iter().take(IN_A_SECOND).copied().collect();
            inner.rooms.retain(|room| !rooms.contains(room));
            (rooms, std::mem::take(&mut inner.doubted))
        };
        for room in rooms {
            // One more than are around each other: whoever comes last takes all of them apart.
            let members = self.store.members(room, None, SMALL_ROOM + 2).await?;
            self.presences.step(members.len());
            if members.len() <= SMALL_ROOM as usize + 1 {
                let mut inner = self.presences.hold();
                for (user, _) in members {
                    if inner.watch.watches(user) {
                        inner.stale.insert(user);
                    }
                }
            }
        }
        for user in doubted {
            self.doubt(user).await?;
        }
        Ok(())
    }

    /// Looks again who may see this user of those who asked by name; who sees them now, or no more, is told.
    pub(super) async fn doubt(self: &Arc<Core>, user: UserId) -> Result<(), Error> {
        let seers = self.presences.hold().watch.named_by(user);
        for some in seers.chunks(1_000) {
            let pairs: Vec<_> = some.iter().map(|seer| (*seer, user)).collect();
            let sights = self.store.presences().sights(&pairs).await?;
            self.presences.step(pairs.len());
            for (seer, sees) in some.iter().zip(sights) {
                let _alone = self.presences.shard(*seer).lock().await;
                let mut inner = self.presences.hold();
                let Some(turned) = inner.watch.sees(*seer, user, sees) else { continue };
                self.presences.step(turned.steps);
                self.turn(*seer, turned, None);
            }
        }
        Ok(())
    }

    /// Writes down when people were here.
    async fn note_seen(&self) {
        let seen = std::mem::take(&mut self.presences.hold().seen);
        let seen: Vec<(UserId, Timestamp)> = seen.into_iter().collect();
        for some in seen.chunks(AT_ONCE) {
            if let Err(error) = self.store.presences().saw(some).await {
                tracing::warn!(%error, "when people were here could not be noted: {error}");
            }
        }
    }

    /// Writes down what devices said, for the time after a restart.
    async fn keep_devices(&self) {
        let unkept = std::mem::take(&mut self.presences.hold().unkept);
        for user in unkept {
            let devices = self.devices_of(user);
            let was_kept = self.presences.hold().devised.contains(&user);
            if devices.is_empty() && !was_kept {
                continue;
            }
            let is_kept = !devices.is_empty();
            let change = PresenceChange { devices: Some(devices), ..PresenceChange::default() };
            match self.store.presences().keep(user, &change).await {
                Ok(_) => {
                    let mut inner = self.presences.hold();
                    if is_kept {
                        inner.devised.insert(user)
                    } else {
                        inner.devised.remove(&user)
                    };
                }
                Err(error) => {
                    tracing::warn!(%error, "what a device said could not be kept: {error}");
                    self.presences.hold().unkept.insert(user);
                }
            }
        }
    }

    /// Devices of a user, here or just gone, that said something else than online.
    fn devices_of(&self, user: UserId) -> Vec<(Origin, Presence)> {
        let inner = self.presences.hold();
        let gone = inner.gone.get(&user).into_iter().flatten().map(|gone| (gone.origin, gone.said));
        let here = self.people.of(user);
        let here = here.iter().map(|session| (session.origin, session.activity.said()));
        let devices = here.chain(gone).filter(|(_, said)| *said != Presence::Online);
        devices.take(PresenceChange::DEVICES).collect()
    }

    /// What devices had said before the server started counts until it is clear that they are not coming back.
    async fn take_up_devices(&self) -> Result<(), Error> {
        let mut after = None;
        loop {
            let some = self.store.presences().with_devices(after, 500).await?;
            let Some(last) = some.last() else { return Ok(()) };
            after = Some(*last);
            for kept in self.store.presences().kept(&some).await? {
                for device in kept.devices {
                    self.take_up_device(kept.user, device);
                }
            }
        }
    }

    fn take_up_device(&self, user: UserId, (origin, said): (Origin, Presence)) {
        let mut inner = self.presences.hold();
        inner.devised.insert(user);
        if let Some(session) = self.people.of(user).iter().find(|session| session.origin == origin) {
            // It was faster.
            session.activity.say(said);
            return inner.touch(user);
        }
        let until = self.presences.settled_at();
        inner.went(user, Gone { origin, said, counts: said, until, last_words: None });
        // Somebody may wait for it already.
        inner.touch(user);
        drop(inner);
        self.presences.stirred.notify_one();
    }
}

impl Core {
    /// Something between two people changed: whom they see follows at once.
    pub(crate) async fn pair_changed(self: &Arc<Core>, one: UserId, other: UserId) {
        for user in [one, other] {
            if self.presences.hold().watch.watches(user)
                && let Err(error) = self.look(user, None).await
            {
                tracing::warn!(%error, "whom somebody watches could not be worked out yet: {error}");
                self.presences.is_stale(user);
            }
        }
    }
}
