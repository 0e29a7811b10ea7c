//! What a user is told.

use super::SenderKey;
use super::packed::{handle, pack, unpack};
use super::place::Place;
use crate::Error;
use bytes::Bytes;
use chat::{Event, EventKind, Handle};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct PackedEvent<'a> {
    kind: u8,
    #[serde(borrow)]
    user: Option<&'a str>,
    #[serde(borrow)]
    room: Option<&'a str>,
    #[serde(borrow)]
    data: Option<&'a str>,
}

/// Packs and seals what a user is told.
///
/// # Errors
/// [`Error::Broken`] when the cipher refuses, which no event brings about.
pub fn seal_event(key: &SenderKey, place: Place, event: &Event) -> Result<Vec<u8>, Error> {
    let packed = PackedEvent {
        kind: event.kind as u8,
        user: event.user.as_ref().map(Handle::as_str),
        room: event.room.as_ref().map(Handle::as_str),
        data: event.data.as_deref(),
    };
    key.0.seal(&place.bytes(), pack(&packed)?)
}

pub(super) fn told(plain: &Bytes) -> Result<Event, Error> {
    let packed: PackedEvent<'_> = unpack(plain)?;
    let kind = EventKind::from_number(packed.kind);
    Ok(Event {
        kind: kind.ok_or_else(|| Error::Damaged("an event is of no kind this program knows".into()))?,
        user: packed.user.map(handle).transpose()?,
        room: packed.room.map(handle).transpose()?,
        data: packed.data.map(Into::into),
    })
}
