//! What somebody has of their own in their rooms: how far they read, what calls them, what they set and began to write.

use crate::failure::error;
use crate::open::Running;
use crate::writer::json;
use chat::{RoomId, Seq, Timestamp, UserId};
use serde::Deserialize;
use std::collections::HashMap;
use store::plan::Mark;
use store::stored::{damaged, number, push_level, unsaid};
use store::{Error, Settings, Unsaid};

/// Somebody's own things in one room.
pub(super) struct Own {
    pub(super) read: Mark,
    pub(super) mentions: u64,
    pub(super) settings: Settings,
    pub(super) unsaid: Option<Unsaid>,
}

/// The columns of the statement, in its order. Of bytes none are the same as null.
#[derive(Deserialize)]
struct Row {
    room: i64,
    read_seq: u64,
    read_n: u64,
    mentions: u64,
    muted_until: Option<i64>,
    pinned: i64,
    archived: i64,
    marked: i64,
    push_level: Option<i64>,
    #[serde(with = "hex")]
    unsaid: Vec<u8>,
    unsaid_at: Option<i64>,
    #[serde(with = "hex")]
    wrapped_key: Vec<u8>,
}

/// In these rooms, with how far the person is known to have read beside what the table of marks says. The tables hold
/// what is of one person side by side, so this is a walk along a few pages; it comes in one piece.
pub(super) async fn of(
    running: &Running,
    user: UserId,
    rooms: &[(RoomId, Option<Mark>)],
) -> Result<HashMap<RoomId, Own>, Error> {
    let asked = rooms.iter().map(|(room, told)| {
        let (seq, n) = told.map_or((0, 0), |told| (number(told.seq.0), number(told.n)));
        (room.0, seq, n)
    });
    let asked = json(&asked.collect::<Vec<_>>())?;
    // A mark's two numbers grow together.
    let rows = sqlx::query_scalar!(
        r#"select json_group_array(json_array(w.room_id, w.read_seq, w.read_n,
                  (select count(*) from mention x where x.user_id = ?1 and x.room_id = w.room_id and x.seq > w.read_seq)
                  + (select count(*) from mention x where x.user_id = 0 and x.room_id = w.room_id and x.seq > w.read_seq),
                  v.muted_until, coalesce(v.pinned, 0), coalesce(v.archived, 0), coalesce(v.marked, 0),
                  v.push_level,
                  hex(v.unsaid), v.unsaid_at,
                  hex(case when v.unsaid is not null
                      then (select r.wrapped_key from room r where r.id = w.room_id) end))) as "rows!: String"
           from (select j.value ->> 0 as room_id, max(coalesce(c.read_seq, 0), j.value ->> 1) as read_seq,
                        max(coalesce(c.read_n, 0), j.value ->> 2) as read_n
                 from json_each(?2) j left join cursor c on c.user_id = ?1 and c.room_id = j.value ->> 0) w
           left join conversation v on v.user_id = ?1 and v.room_id = w.room_id"#,
        user.0,
        asked
    );
    let rows = rows.fetch_one(&running.readers).await.map_err(error)?;
    let rows: Vec<Row> = serde_json::from_str(&rows).map_err(|_| damaged("rooms of a list"))?;
    rows.into_iter().map(|row| Ok((RoomId(row.room), row.own(running, user)?))).collect()
}

impl Row {
    fn own(self, running: &Running, user: UserId) -> Result<Own, Error> {
        let kept = match self.unsaid_at.filter(|_| !self.unsaid.is_empty()) {
            Some(at) => {
                let kept = (self.unsaid, self.wrapped_key, Timestamp(at));
                unsaid(&running.keys, (RoomId(self.room), user), kept)?
            }
            None => None,
        };
        Ok(Own {
            read: Mark { seq: Seq(self.read_seq), n: self.read_n },
            mentions: self.mentions,
            settings: Settings {
                muted_until: self.muted_until.map(Timestamp),
                pinned: self.pinned != 0,
                archived: self.archived != 0,
                marked: self.marked != 0,
                push_level: push_level(self.push_level)?,
            },
            unsaid: kept,
        })
    }
}
