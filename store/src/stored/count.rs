//! How many people have put which signs to messages, one row for each sign.

use super::{handle, sign};
use crate::{Error, Uncounted};
use chat::{RoomId, Seq, UserId};

/// One sign of a message that is to be counted; of one that has none any more, a row without a sign.
pub struct StoredCount {
    /// The room.
    pub room_id: i64,
    /// What it is called.
    pub room: String,
    /// The message.
    pub of_seq: i64,
    /// The entry that changed its signs last.
    pub seq: i64,
    /// Whose it is.
    pub by_id: i64,
    /// What they are called.
    pub by: String,
    /// The sign.
    pub sign: Option<String>,
    /// How many people have put it.
    pub people: Option<i64>,
}

/// The messages, of rows that stand together message by message.
///
/// # Errors
/// [`Error::Damaged`] for what was not written so.
pub fn counts(rows: Vec<StoredCount>) -> Result<Vec<Uncounted>, Error> {
    let mut found: Vec<Uncounted> = Vec::new();
    for row in rows {
        let (room, of) = (RoomId(row.room_id), Seq(row.of_seq.cast_unsigned()));
        if found.last().is_none_or(|last| (last.room, last.of) != (room, of)) {
            found.push(Uncounted {
                room,
                handle: handle(&row.room)?,
                of,
                by: UserId(row.by_id),
                from: handle(&row.by)?,
                upto: Seq(row.seq.cast_unsigned()),
                signs: Vec::new(),
            });
        }
        if let (Some(last), Some(put), Some(people)) = (found.last_mut(), row.sign, row.people) {
            last.signs.push((sign(&put)?, people.cast_unsigned()));
        }
    }
    Ok(found)
}
