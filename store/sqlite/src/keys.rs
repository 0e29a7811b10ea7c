//! Keys that are not on the ring yet are read from their rows.

use crate::failure::error;
use crate::writer::json;
use chat::{RoomId, UserId};
use sqlx::SqliteExecutor;
use store::Error;
use store::seal::{Keyring, Keys, Voice};

/// The keys of these voices, from memory or from their salts. A voice without a salt is left out: it never spoke, or
/// it was erased.
pub(crate) async fn load<'c>(
    ring: &Keyring,
    from: impl SqliteExecutor<'c>,
    voices: impl IntoIterator<Item = Voice>,
) -> Result<Keys, Error> {
    let (mut found, missing, era) = ring.look(voices);
    if missing.is_empty() {
        return Ok(found);
    }
    let missing: Vec<_> = missing.iter().map(|(room, sender)| (room.0, sender.0)).collect();
    let missing = json(&missing)?;
    let rows = sqlx::query!(
        r#"select k.room_id as "room_id!", k.sender_id as "sender_id!", k.salt as "salt!", r.wrapped_key as "wrapped_key!"
               from json_each(?) j
               cross join sender_key k on k.room_id = j.value ->> 0 and k.sender_id = j.value ->> 1
               cross join room r on r.id = k.room_id"#,
        missing
    );
    for row in rows.fetch_all(from).await.map_err(error)? {
        let voice = (RoomId(row.room_id), UserId(row.sender_id));
        found.insert(voice, ring.unwrap(voice, (row.wrapped_key, row.salt), era)?);
    }
    Ok(found)
}
