//! Which rooms somebody is in.

use crate::failure::error;
use crate::readers::Readers;
use chat::{RoomId, UserId};
use serde::Deserialize;
use store::Error;
use store::stored::damaged;

/// What somebody is in a room.
#[derive(Debug, Deserialize)]
pub(super) struct Seat {
    pub(super) room: i64,
    /// The first entry they may read.
    pub(super) heard: i64,
    pub(super) role: i64,
    /// Whether anything that is no entry of the log changed for them since the moment that was asked about.
    #[serde(deserialize_with = "truth")]
    pub(super) changed: bool,
}

/// All rooms of a person, in one piece: a row is a way between two threads, and two hundred of them cost more than they
/// say.
pub(super) async fn all(readers: &Readers, user: UserId, since: i64) -> Result<Vec<Seat>, Error> {
    let seats = sqlx::query_scalar!(
        r#"select json_group_array(json_array(m.room_id, coalesce(m.hears_from, m.from_seq), m.role,
                  case when ?2 < 0 then 1 else
                      coalesce((select c.changed from cursor c where c.user_id = ?1 and c.room_id = m.room_id), 0) > ?2
                      or coalesce((select v.changed from conversation v
                                   where v.user_id = ?1 and v.room_id = m.room_id), 0) > ?2 end)) as "seats!: String"
           from membership m where m.user_id = ?1 and m.ended_at is null and m.room_id > 0"#,
        user.0,
        since
    );
    let seats = seats.fetch_one(readers).await.map_err(error)?;
    serde_json::from_str(&seats).map_err(|_| damaged("rooms of a person"))
}

/// One of them; none if the person is not in it.
pub(super) async fn one(readers: &Readers, user: UserId, room: RoomId) -> Result<Vec<Seat>, Error> {
    let row = sqlx::query!(
        r#"select coalesce(hears_from, from_seq) as "heard!: i64", role from membership
           where room_id = ? and user_id = ? and to_seq is null"#,
        room.0,
        user.0
    );
    let row = row.fetch_optional(readers).await.map_err(error)?.into_iter();
    Ok(row.map(|row| Seat { room: room.0, heard: row.heard, role: row.role, changed: true }).collect())
}

/// SQLite's truth is a number.
fn truth<'de, D: serde::Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(i64::deserialize(from)? != 0)
}
