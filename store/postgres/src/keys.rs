//! Keys that are not on the ring yet are read from their rows.

use crate::failure::error;
use chat::{RoomId, UserId};
use sqlx::PgExecutor;
use store::Error;
use store::plan::EntryPlace;
use store::seal::{Keyring, Keys, Voice};
use store::stored::number;

/// The keys of these voices, from memory or from their salts. A voice without a salt is left out: it never spoke, or
/// it was erased.
pub(crate) async fn load<'c>(
    ring: &Keyring,
    from: impl PgExecutor<'c>,
    voices: impl IntoIterator<Item = Voice>,
) -> Result<Keys, Error> {
    let (mut found, missing, era) = ring.look(voices);
    if missing.is_empty() {
        return Ok(found);
    }
    let (rooms, senders) = pairs(&missing);
    let rows = sqlx::query!(
        "select k.room_id, k.sender_id, k.salt, r.wrapped_key
         from unnest($1::bigint[], $2::bigint[]) j (room_id, sender_id)
         join sender_key k on k.room_id = j.room_id and k.sender_id = j.sender_id
         join room r on r.id = k.room_id",
        &rooms,
        &senders
    );
    for row in rows.fetch_all(from).await.map_err(error)? {
        let voice = (RoomId(row.room_id), UserId(row.sender_id));
        found.insert(voice, ring.unwrap(voice, (row.wrapped_key, row.salt), era)?);
    }
    Ok(found)
}

/// Places of entries as two columns.
pub(crate) fn places<'a>(places: impl IntoIterator<Item = &'a EntryPlace>) -> (Vec<i64>, Vec<i64>) {
    places.into_iter().map(|(room, seq)| (room.0, number(seq.0))).unzip()
}

/// Voices as two columns.
pub(crate) fn pairs<'a>(voices: impl IntoIterator<Item = &'a Voice>) -> (Vec<i64>, Vec<i64>) {
    voices.into_iter().map(|(room, user)| (room.0, user.0)).unzip()
}
