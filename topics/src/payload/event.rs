//! What the server tells one user: an entry of their own room, on `me/events`.

use super::at::rfc3339;
use super::key::Key;
use super::object::{Notation, Object};
use super::{Properties, property};
use bytes::Bytes;
use chat::{Entry, Event, Seq};

/// The event as an object. Whose room it is in and who writes there says nothing: it is the reader's, and the server's.
pub(super) fn object(entry: &Entry, event: &Event, notation: Notation, prev: Option<Seq>) -> Bytes {
    let mut object = Object::with_capacity(notation, 128 + event.data.as_deref().map_or(0, str::len));
    object.number(Key::Seq, entry.seq.0);
    object.time(Key::At, entry.at);
    object.text(Key::Kind, event.kind.word());
    if let Some(room) = &event.room {
        object.text(Key::Room, room.as_str());
    }
    if let Some(user) = &event.user {
        object.text(Key::User, user.as_str());
    }
    if let Some(data) = &event.data {
        object.json(Key::Data, data);
    }
    object.number_if(Key::Prev, prev.map(|seq| seq.0));
    object.end()
}

/// Its user properties: all but `data`.
pub(super) fn properties(entry: &Entry, event: &Event, prev: Option<Seq>) -> Properties {
    let mut properties = Vec::with_capacity(6);
    properties.push(property("seq", entry.seq));
    properties.push(property("at", rfc3339(entry.at)));
    properties.push(property("kind", event.kind.word()));
    properties.extend(event.room.as_ref().map(|room| property("room", room)));
    properties.extend(event.user.as_ref().map(|user| property("user", user)));
    properties.extend(prev.map(|prev| property("prev", prev)));
    properties
}
