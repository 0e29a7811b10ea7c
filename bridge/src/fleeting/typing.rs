//! Who is writing: told when they begin and when they end, and ended by itself.

use super::audience::{audience, hearers};
use super::tell::Message;
use super::{in_time, standing};
use crate::core::Core;
use crate::say::{Not, Speaker, Spoken};
use chat::{Handle, Origin, Refusal, RoomId, UserId};
use mqtt::packet::Qos;
use parking_lot::Mutex;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use topics::payload::typing;
use topics::{Format, Topic};

/// How long somebody writes who does not say so again.
const LASTS: Duration = Duration::from_secs(8);
/// Rooms in which one user writes at once: one for each device they may have.
const ROOMS: usize = 20;
/// Users who write at once: more than a server of this size has people at their keys.
const USERS: usize = 100_000;

/// Who is writing now.
#[derive(Default)]
pub(crate) struct Typing {
    inner: Mutex<Inner>,
    stirred: Notify,
}

#[derive(Default)]
struct Inner {
    by: HashMap<UserId, Vec<Writing>>,
    ends: BTreeSet<(Instant, UserId, RoomId)>,
}

/// Somebody writes in a room.
#[derive(Debug, Clone)]
struct Writing {
    room: RoomId,
    name: Handle,
    user: Handle,
    origin: Option<Origin>,
    until: Instant,
}

impl Inner {
    /// Somebody writes, or goes on writing; true if they did not before.
    fn begin(&mut self, user: UserId, writing: Writing) -> bool {
        if self.by.len() >= USERS && !self.by.contains_key(&user) {
            return false;
        }
        let (until, room) = (writing.until, writing.room);
        let all = self.by.entry(user).or_default();
        let before = all.iter().position(|one| one.room == room);
        match before {
            Some(place) => {
                self.ends.remove(&(all[place].until, user, room));
                all[place] = writing;
            }
            None if all.len() >= ROOMS => return false,
            None => all.push(writing),
        }
        self.ends.insert((until, user, room));
        before.is_none()
    }

    /// Somebody writes no more.
    fn end(&mut self, user: UserId, room: RoomId) -> Option<Writing> {
        let all = self.by.get_mut(&user)?;
        let place = all.iter().position(|one| one.room == room)?;
        let writing = all.swap_remove(place);
        if all.is_empty() {
            self.by.remove(&user);
        }
        self.ends.remove(&(writing.until, user, room));
        Some(writing)
    }

    fn end_all(&mut self, user: UserId) -> Vec<Writing> {
        let all = self.by.remove(&user).unwrap_or_default();
        for one in &all {
            self.ends.remove(&(one.until, user, one.room));
        }
        all
    }

    /// Those whose time is over.
    fn over(&mut self, now: Instant) -> Vec<(UserId, Writing)> {
        let mut over = Vec::new();
        while let Some((until, user, room)) = self.ends.first().copied()
            && until <= now
        {
            self.ends.pop_first();
            over.extend(self.end(user, room).map(|writing| (user, writing)));
        }
        over
    }
}

/// Somebody says that they are writing, or not.
///
/// # Errors
/// The refusal that they are told, and the store's.
pub(super) async fn say(
    core: &Arc<Core>,
    speaker: &Speaker<'_>,
    (room, format): (&Handle, Format),
    spoken: &Spoken<'_>,
) -> Result<(), Not> {
    let is_typing = typing::read(format, spoken.payload).map_err(Refusal::from)?;
    if in_time(&core.fleeting.typing_pace, speaker.user).is_err() {
        return Ok(()); // It is said again, or ends by itself.
    }
    let standing = standing(core, room, speaker.user).await?;
    standing.may_type(core.now())?;
    // Whoever may not be heard here is told so, also of an end.
    let hearers = audience(core, standing.room, speaker.user).await?;
    let writing = Writing {
        room: standing.room,
        name: room.clone(),
        user: speaker.handle.clone(),
        origin: speaker.session.map(|session| session.origin),
        until: Instant::now() + LASTS,
    };
    let changed = {
        let mut inner = core.fleeting.typing.inner.lock();
        match is_typing {
            true => inner.begin(speaker.user, writing.clone()),
            false => inner.end(speaker.user, writing.room).is_some(),
        }
    };
    if changed {
        core.fleeting.typing.stirred.notify_one();
        core.tell_typing(&writing, &hearers, is_typing);
    }
    Ok(())
}

/// Ends what lasts too long, until the server stops.
pub(crate) async fn run(core: Arc<Core>) {
    let typing = &core.fleeting.typing;
    loop {
        let next = typing.inner.lock().ends.first().map(|(until, ..)| *until);
        let turn = next.unwrap_or_else(|| Instant::now() + LASTS);
        tokio::select! {
            () = tokio::time::sleep_until(turn.into()) => {}
            () = typing.stirred.notified() => {}
            () = core.stop.cancelled() => return,
        }
        let over = typing.inner.lock().over(Instant::now());
        for (user, writing) in over {
            core.tell_end(user, &writing).await;
        }
    }
}

impl Core {
    fn tell_typing(&self, writing: &Writing, hearers: &[UserId], is_typing: bool) {
        let Writing { name, user, origin, .. } = writing;
        let message = Message {
            topic: Topic::Typing(name.clone()),
            write: &|format| typing::write(name, user, is_typing, format),
            qos: Qos::AtMostOnce,
            is_bytes: false,
        };
        self.pass_around(hearers, &message, |session| {
            session.state().routes.typing(name, *origin == Some(session.origin))
        });
    }

    /// Tells the others that somebody writes no more, also if they are no member any more.
    async fn tell_end(&self, user: UserId, writing: &Writing) {
        let mut hearing = audience(self, writing.room, user).await;
        if let Err(Not::Refused(Refusal::NotAMember)) = hearing {
            hearing = hearers(self, writing.room, user).await.map(Into::into);
        }
        match hearing {
            Ok(hearers) => self.tell_typing(writing, &hearers, false),
            // It has become too large: nobody hears of it any more.
            Err(Not::Refused(_)) => {}
            Err(Not::Now(error)) => tracing::warn!(%error, "who writes no more could not be told: {error}"),
        }
    }

    /// Somebody said what they wrote, or went out of the room.
    pub(crate) fn ends_typing(self: &Arc<Core>, user: UserId, room: RoomId) {
        let ended = self.fleeting.typing.inner.lock().end(user, room);
        self.tell_ends(user, ended.into_iter().collect());
    }

    /// The last device of somebody went.
    pub(crate) fn ends_all_typing(self: &Arc<Core>, user: UserId) {
        let ended = self.fleeting.typing.inner.lock().end_all(user);
        self.tell_ends(user, ended);
    }

    fn tell_ends(self: &Arc<Core>, user: UserId, ended: Vec<Writing>) {
        if ended.is_empty() {
            return;
        }
        let core = self.clone();
        self.tasks.spawn(async move {
            for writing in ended {
                core.tell_end(user, &writing).await;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writing(room: i64, until: Instant) -> Writing {
        let name = |text| Handle::new(text).unwrap();
        Writing { room: RoomId(room), name: name("tea"), user: name("ann"), origin: None, until }
    }

    #[test]
    fn writing_begins_once_goes_on_and_ends_by_itself() {
        let (mut inner, now) = (Inner::default(), Instant::now());
        assert!(inner.begin(UserId(1), writing(7, now + LASTS)));
        assert!(!inner.begin(UserId(1), writing(7, now + 2 * LASTS)), "they go on");
        assert!(inner.over(now + LASTS).is_empty());
        assert_eq!(inner.over(now + 2 * LASTS).len(), 1);
        assert!(inner.by.is_empty() && inner.ends.is_empty());
    }

    #[test]
    fn one_user_writes_in_a_bounded_number_of_rooms() {
        let (mut inner, now) = (Inner::default(), Instant::now());
        let begun = (0..100).filter(|room| inner.begin(UserId(1), writing(*room, now))).count();
        assert_eq!((begun, inner.ends.len()), (ROOMS, ROOMS));
        assert_eq!(inner.end_all(UserId(1)).len(), ROOMS);
        assert!(inner.ends.is_empty() && inner.end(UserId(1), RoomId(0)).is_none());
    }
}
