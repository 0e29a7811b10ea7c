//! What users are told, on its way into their own rooms, and who hears that it got there.
//!
//! An event is written in the transaction of the act that brought it about: a write puts it with the writer
//! ([`crate::lane::Writer::events`]), and the lane appends it with the entries of the same batch. So whoever was let in,
//! asked or sent away is told exactly if it happened, also when the process dies right after.

use crate::{NewAct, NewEntry, NewRoom};
use chat::{
    Event, EventKind, Handle, Origin, Role, RoomKind, RulesVersion, Seq, Settings, Timestamp, UserId,
};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use tokio::sync::Notify;

/// Something that a user is to be told. Somebody without an account is told nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Who.
    pub user: UserId,
    /// What.
    pub event: Event,
    /// The device of theirs that did it, which need not hear it (No Local).
    pub origin: Option<Origin>,
    /// Now.
    pub at: Timestamp,
}

/// A user's own room that has more in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Whose.
    pub user: UserId,
    /// Whether it was made now: nobody can have listened before.
    pub made: bool,
    /// The end of its log.
    pub last: Seq,
}

/// Own rooms that have more in them since this was last asked. It is filled after commits only, and holds one place for
/// each user, however much they are told; what a crash keeps from being looked at is found in the log.
#[derive(Debug, Default)]
pub struct Told {
    moved: Mutex<BTreeMap<UserId, Moved>>,
    news: Notify,
}

impl NewEvent {
    /// It, for everybody who is at no device of theirs.
    #[must_use]
    pub fn new(user: UserId, event: Event, at: Timestamp) -> NewEvent {
        NewEvent { user, event, origin: None, at }
    }

    /// That they set something for a room of theirs.
    #[must_use]
    pub fn room_set(user: UserId, room: Handle, at: Timestamp) -> NewEvent {
        NewEvent::new(user, Event::new(EventKind::RoomSet).room(room), at)
    }

    /// That they have read a room up to here.
    #[must_use]
    pub fn room_read(user: UserId, room: Handle, seq: Seq, at: Timestamp) -> NewEvent {
        let data = format!(r#"{{"seq":{seq}}}"#);
        NewEvent::new(user, Event::new(EventKind::RoomRead).room(room).data(data), at)
    }

    /// The entry it becomes in the user's own room.
    pub(crate) fn entry(self) -> NewEntry {
        NewEntry {
            room: self.user.own_room(),
            rules: RulesVersion::OWN,
            sender: self.user,
            origin: self.origin,
            draft: None,
            inbound: None,
            at: self.at,
            expires_at: None,
            pause: None,
            act: NewAct::Tell(self.event),
        }
    }
}

/// A user's own room, to be made when they are first told something.
pub(crate) fn own_room(user: UserId, handle: Handle, at: Timestamp) -> NewRoom {
    NewRoom {
        id: user.own_room(),
        handle: Handle::own(user),
        kind: RoomKind::Own,
        settings: Settings::of(RoomKind::Own),
        by: user,
        from: handle.clone(),
        members: vec![(user, handle, Role::Owner)],
        at,
    }
}

impl Told {
    /// Waits until there are some, and takes them. For one listener; giving up the wait loses nothing.
    pub async fn next(&self) -> Vec<Moved> {
        loop {
            let moved = std::mem::take(&mut *self.moved.lock());
            if !moved.is_empty() {
                return moved.into_values().collect();
            }
            self.news.notified().await;
        }
    }

    /// These are on the disk now.
    pub(crate) fn note(&self, moved: Vec<Moved>) {
        if moved.is_empty() {
            return;
        }
        let mut waiting = self.moved.lock();
        for new in moved {
            let place = waiting.entry(new.user).or_insert(new);
            place.made |= new.made;
            place.last = place.last.max(new.last);
        }
        drop(waiting);
        self.news.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_user_who_is_told_much_waits_in_one_place_and_the_end_counts() {
        let told = Told::default();
        let moved = |made, last| Moved { user: UserId(7), made, last: Seq(last) };
        told.note(vec![moved(true, 2)]);
        told.note(vec![moved(false, 5), moved(false, 4)]);
        assert_eq!(told.next().await, [moved(true, 5)]);
        told.note(vec![moved(false, 6)]);
        assert_eq!(told.next().await, [moved(false, 6)]);
    }
}
