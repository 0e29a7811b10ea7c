//! How far rooms were read. Marks only move forward.

use crate::failure::error;
use crate::lane::Write;
use crate::writer::{Writer, json, number};
use async_trait::async_trait;
use chat::{RoomId, Seq, UserId};
use sqlx::SqlitePool;
use store::{Error, ReadMark};

/// Moves marks that readers asked for.
pub(crate) struct Move(pub(crate) Vec<ReadMark>);

#[async_trait]
impl Write for Move {
    type Answer = ();
    const SPARES: bool = true;

    /// A mark past the end is cut to it. What counts up to a mark is what its entry says, or the one before it where
    /// retention took that.
    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let marks: Vec<_> =
            self.0.iter().map(|mark| (mark.user.0, mark.room.0, number(mark.seq.0))).collect();
        let marks = json(&marks)?;
        let upsert = sqlx::query!(
            "insert into cursor (user_id, room_id, read_seq, read_n)
             select w.user_id, w.room_id, w.seq,
                    coalesce((select m.n from message m where m.room_id = w.room_id and m.seq <= w.seq
                              order by m.seq desc limit 1), 0)
             from (select j.value ->> 0 as user_id, r.id as room_id, min(j.value ->> 2, r.last_seq) as seq
                   from json_each(?) j cross join room r on r.id = j.value ->> 1) w where true
             on conflict (user_id, room_id) do update
             set read_seq = excluded.read_seq, read_n = excluded.read_n where excluded.read_seq > read_seq",
            marks
        );
        upsert.execute(&mut to.conn).await.map(|_| ()).map_err(error)
    }
}

/// Moves marks to entries of the running transaction: rows of user, room, seq, n. It goes along with the entries.
pub(crate) const ADVANCE: &str = "
    insert into cursor (user_id, room_id, read_seq, read_n)
    select j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3 from json_each(?) j where true
    on conflict (user_id, room_id) do update
    set read_seq = excluded.read_seq, read_n = excluded.read_n where excluded.read_seq > read_seq";

/// How far a user has read, and what is unread. Who is not in the room has nothing unread there.
pub(crate) async fn unread(readers: &SqlitePool, user: UserId, room: RoomId) -> Result<(Seq, u64), Error> {
    let row = sqlx::query!(
        r#"select coalesce(c.read_seq, 0) as "read_seq!: i64",
                  iif(m.user_id is null, 0, r.last_n - coalesce(c.read_n, 0)) as "unread!: i64"
           from room r
           left join cursor c on c.user_id = ?1 and c.room_id = r.id
           left join membership m on m.room_id = r.id and m.user_id = ?1 and m.to_seq is null
           where r.id = ?2"#,
        user.0,
        room.0
    );
    let row = row.fetch_optional(readers).await.map_err(error)?;
    Ok(row
        .map_or((Seq::ZERO, 0), |row| (Seq(row.read_seq.cast_unsigned()), row.unread.max(0).cast_unsigned())))
}
