//! Lists of a session in one column each: a first byte for the form, then postcard. A session of 500 rooms is one
//! row of some 8 KiB and not 500 rows.

mod will; // what a device wants said when it is gone

use crate::seal::SessionKey;
use crate::stored::damaged;
use crate::{Cursor, Error, InFlight};
use bytes::Bytes;
use chat::RoomId;
use serde::{Serialize, de::DeserializeOwned};
use std::collections::HashMap;
pub use will::{open_will, seal_will};

const FORM: u8 = 1;

/// Places in rooms, as they are packed.
type Places = Vec<(i64, Cursor)>;

/// Packs a list.
///
/// # Errors
/// [`Error::Broken`] when it can't be packed, which no list brings about.
pub fn pack(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let packed = postcard::to_extend(value, vec![FORM]);
    packed.map_err(|_| Error::Broken("a session can't be packed".into()))
}

/// Finds a list again.
///
/// # Errors
/// [`Error::Damaged`] when it is no such list.
pub fn unpack<T: DeserializeOwned>(packed: &[u8]) -> Result<T, Error> {
    match packed.split_first() {
        Some((&FORM, rest)) => postcard::from_bytes(rest).map_err(|_| damaged("session")),
        _ => Err(damaged("session")),
    }
}

/// Packs places in rooms.
///
/// # Errors
/// As [`pack`].
pub fn pack_cursors(cursors: &[(RoomId, Cursor)]) -> Result<Vec<u8>, Error> {
    let places: Places = cursors.iter().map(|(room, cursor)| (room.0, *cursor)).collect();
    pack(&places)
}

/// Finds places in rooms again.
///
/// # Errors
/// As [`unpack`].
pub fn unpack_cursors(packed: &[u8]) -> Result<Vec<(RoomId, Cursor)>, Error> {
    let places: Places = unpack(packed)?;
    Ok(places.into_iter().map(|(room, cursor)| (RoomId(room), cursor)).collect())
}

/// Moves places: replay goes on where the newer one says, what was delivered stays delivered.
pub fn merge(stored: &mut Vec<(RoomId, Cursor)>, moves: &[(RoomId, Cursor)]) {
    stored.sort_unstable_by_key(|(room, _)| *room);
    for (room, cursor) in moves {
        match stored.binary_search_by_key(room, |(room, _)| *room) {
            Ok(at) => {
                let delivered = stored[at].1.delivered.max(cursor.delivered);
                stored[at].1 = Cursor { resume: cursor.resume, delivered };
            }
            Err(at) => stored.insert(at, (*room, *cursor)),
        }
    }
}

/// Moves places and packets that lie past the ends of their logs, as after a restore, back to the ends. Rooms without an
/// end are forgotten. What is in flight and in no room ([`InFlight::room`]) has no log and stays.
pub fn cut(cursors: &mut Vec<(RoomId, Cursor)>, in_flight: &mut Vec<InFlight>, ends: &HashMap<RoomId, u64>) {
    cursors.retain(|(room, _)| ends.contains_key(room));
    for (room, cursor) in cursors {
        let end = ends.get(room).copied().unwrap_or(0);
        *cursor = Cursor { resume: cursor.resume.min(end), delivered: cursor.delivered.min(end) };
    }
    in_flight.retain(|sent| {
        sent.is_in_no_room() || ends.get(&RoomId(sent.room)).is_some_and(|end| sent.seq <= *end)
    });
}

/// What stays of a packed list of what is in flight when the cursors of its rooms move: what is in no room.
///
/// # Errors
/// As [`unpack`].
pub fn in_no_room(in_flight: &[u8]) -> Result<Vec<u8>, Error> {
    let mut in_flight: Vec<InFlight> = unpack(in_flight)?;
    in_flight.retain(InFlight::is_in_no_room);
    pack(&in_flight)
}

/// Packs and seals answers that were not heard; none is no column.
///
/// # Errors
/// [`Error::Broken`] when the cipher refuses, which no input brings about.
pub fn seal_replies(key: &SessionKey, replies: &[Bytes]) -> Result<Option<Vec<u8>>, Error> {
    if replies.is_empty() {
        return Ok(None);
    }
    let replies: Vec<&[u8]> = replies.iter().map(|reply| &reply[..]).collect();
    key.seal("replies", pack(&replies)?).map(Some)
}

/// Finds answers again. What does not open any more is lost, and told.
///
/// # Errors
/// As [`unpack`].
pub fn open_replies(key: &SessionKey, sealed: Option<Vec<u8>>) -> Result<Vec<Bytes>, Error> {
    let Some(sealed) = sealed else { return Ok(Vec::new()) };
    let Some(replies) = open(key, "replies", sealed)? else { return Ok(Vec::new()) };
    let replies: Vec<Vec<u8>> = unpack(&replies)?;
    Ok(replies.into_iter().map(Bytes::from).collect())
}

/// What does not open any more is lost; the rest of its session and everybody else's are not.
fn open(key: &SessionKey, field: &'static str, sealed: Vec<u8>) -> Result<Option<Vec<u8>>, Error> {
    match key.open(field, sealed) {
        Err(Error::NotAuthentic) => {
            tracing::error!(field, "part of a session does not open with its key any more and is lost");
            Ok(None)
        }
        other => other.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No room has this number.
    const NOWHERE: i64 = i64::MIN + 1;

    fn sent(packet_id: u16, room: i64, seq: u64) -> InFlight {
        InFlight { packet_id, room, seq, copy: 0, prev: 0 }
    }

    #[test]
    fn what_is_in_flight_in_no_room_is_cut_by_no_log() {
        let mut in_flight =
            vec![sent(1, 7, 4), sent(2, NOWHERE, 900), sent(3, 7, 5), sent(4, 8, 1), sent(5, NOWHERE, 0)];
        let mut cursors = vec![(RoomId(7), Cursor { resume: 5, delivered: 5 })];
        cut(&mut cursors, &mut in_flight, &HashMap::from([(RoomId(7), 4)]));
        assert_eq!(in_flight, [sent(1, 7, 4), sent(2, NOWHERE, 900), sent(5, NOWHERE, 0)]);
        assert_eq!(cursors, [(RoomId(7), Cursor { resume: 4, delivered: 4 })]);
    }
}
