//! What a user is told that is in no room's log.
//!
//! It stands in the user's own room: a log like any other, which only the server writes and only its user hears
//! (`me/events`). So a device that was away hears it later, in order, and once.

use crate::{Handle, RoomId, RulesVersion, UserId};
use std::fmt;

/// What happened. The numbers are stored; they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum EventKind {
    /// Something was added by which this user comes in: `data` says which device.
    DeviceAdded = 1,
    /// It is good no more.
    DeviceEnded = 2,
    /// How the user stands to somebody else has changed: asked, asked for, a contact, or nothing any more.
    Contact = 10,
    /// The user keeps somebody away, or does no longer.
    Block = 11,
    /// What the user reported was decided on.
    ReportDecided = 12,
    /// This user set something for a room of theirs, or began to write there.
    RoomSet = 40,
    /// They read on in a room.
    RoomRead = 41,
    /// Somebody invited this user into a room; `data` says as what, and until when.
    RoomInvited = 20,
    /// And took it back.
    RoomUninvited = 21,
    /// Somebody asks to be let into a room that this user manages.
    RoomRequested = 22,
    /// This user asked to be let into a room, and is not.
    RoomDeclined = 23,
}

impl EventKind {
    /// Every kind, for tables and tests.
    pub const ALL: [EventKind; 11] = [
        EventKind::DeviceAdded,
        EventKind::DeviceEnded,
        EventKind::Contact,
        EventKind::Block,
        EventKind::ReportDecided,
        EventKind::RoomSet,
        EventKind::RoomRead,
        EventKind::RoomInvited,
        EventKind::RoomUninvited,
        EventKind::RoomRequested,
        EventKind::RoomDeclined,
    ];

    /// The word for it in payloads and properties.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            EventKind::DeviceAdded => "device_added",
            EventKind::DeviceEnded => "device_ended",
            EventKind::Contact => "contact",
            EventKind::Block => "block",
            EventKind::ReportDecided => "report_decided",
            EventKind::RoomSet => "room_set",
            EventKind::RoomRead => "room_read",
            EventKind::RoomInvited => "room_invited",
            EventKind::RoomUninvited => "room_uninvited",
            EventKind::RoomRequested => "room_requested",
            EventKind::RoomDeclined => "room_declined",
        }
    }

    /// Whether somebody asks something of the user by it, so that it is worth telling them when they are away.
    #[must_use]
    pub const fn may_call(self) -> bool {
        matches!(self, EventKind::Contact | EventKind::RoomInvited | EventKind::RoomRequested)
    }

    /// The kind with this stored number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<EventKind> {
        EventKind::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
}

/// Something that a user is told. Its `Debug` tells what happened, and not the words that go with it.
#[derive(Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// Who did it, or to whom it happened, where it is somebody else.
    pub user: Option<Handle>,
    /// In which room, where it is about one.
    pub room: Option<Handle>,
    /// What the kind needs beside that: a JSON object.
    pub data: Option<Box<str>>,
}

impl Event {
    /// That it happened, and nothing else.
    #[must_use]
    pub const fn new(kind: EventKind) -> Event {
        Event { kind, user: None, room: None, data: None }
    }

    /// With this user in it.
    #[must_use]
    pub fn user(self, user: Handle) -> Event {
        Event { user: Some(user), ..self }
    }

    /// With this room in it.
    #[must_use]
    pub fn room(self, room: Handle) -> Event {
        Event { room: Some(room), ..self }
    }

    /// With this JSON object in it.
    #[must_use]
    pub fn data(self, object: impl Into<Box<str>>) -> Event {
        Event { data: Some(object.into()), ..self }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl UserId {
    /// The user's own room. Numbers of other rooms are above zero, so it is no other.
    #[must_use]
    pub const fn own_room(self) -> RoomId {
        RoomId(-self.0)
    }
}

impl RoomId {
    /// Whose own room it is, if it is one.
    #[must_use]
    pub const fn owner(self) -> Option<UserId> {
        if self.0 < 0 { Some(UserId(-self.0)) } else { None }
    }
}

impl RulesVersion {
    /// The rules of a user's own room: nobody comes or goes there, so they are always the first.
    pub const OWN: RulesVersion = RulesVersion(1);
    /// The rules of no room: what was judged by them is stored nowhere, and only found where it was sent before.
    pub const NONE: RulesVersion = RulesVersion(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_own_room_is_theirs_and_no_other_room() {
        assert_eq!(UserId(7).own_room().owner(), Some(UserId(7)));
        assert_eq!(RoomId(7).owner(), None);
        let handle = Handle::own(UserId(7));
        assert!(handle.is_own() && Handle::new(handle.as_str()).is_err(), "nobody can name it");
        assert_eq!(Handle::stored(handle.as_str()), Some(handle));
        assert_eq!(Handle::stored("tea"), Handle::new("tea").ok());
        assert_eq!([Handle::stored("@"), Handle::stored("@7x"), Handle::stored("Tea")], [None, None, None]);
    }

    #[test]
    fn a_stored_kind_is_found_again_by_its_number() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::from_number(kind as u8), Some(kind));
        }
        assert_eq!(EventKind::from_number(0), None);
    }

    #[test]
    fn what_goes_with_an_event_is_in_no_debug_output() {
        let event = Event::new(EventKind::DeviceAdded).data(r#"{"label":"the spare key"}"#);
        assert_eq!(format!("{event:?}"), "Event { kind: DeviceAdded, .. }");
    }
}
