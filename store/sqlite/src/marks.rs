//! How far rooms were read. Marks only move forward.

mod arrears; // what the log tells and is not written yet

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::{Writer, json};
pub(crate) use arrears::{Arrears, Slice, recover};
use async_trait::async_trait;
use chat::{Handle, RoomId, Seq, UserId};
use sqlx::SqliteConnection;
use store::lane::{Write, Writer as _};
use store::plan::Mark;
pub(crate) use store::plan::MarkPlace as Place;
use store::stored::{now, number, seq};
use store::{Error, NewEvent, Progress, ReadMark};

/// Moves marks that readers asked for.
pub(crate) struct Move(pub(crate) Vec<ReadMark>);

#[async_trait]
impl Write<Writer> for Move {
    type Answer = Vec<Progress>;
    const SPARES: bool = true;

    /// A mark past the end is cut to it. What counts up to a mark is what its entry says, or the one before it where
    /// retention took that. One behind a mark in arrears moves nothing, and neither does one of who is not in the room.
    async fn write(&self, to: &mut Writer) -> Result<Vec<Progress>, Error> {
        let marks: Vec<_> =
            self.0.iter().map(|mark| (mark.user.0, mark.room.0, number(mark.seq.0), to.told(mark))).collect();
        let marks = json(&marks)?;
        let stamp = to.stamp().await?;
        let upsert = sqlx::query!(
            r#"insert into cursor (user_id, room_id, changed, read_seq, read_n)
             select w.user_id, w.room_id, ?1, w.seq,
                    coalesce((select m.n from message m where m.room_id = w.room_id and m.seq <= w.seq
                              order by m.seq desc limit 1), 0)
             from (select j.value ->> 0 as user_id, r.id as room_id, min(j.value ->> 2, r.last_seq) as seq, j.value ->> 3 as told
                   from json_each(?2) j cross join room_with_end r on r.id = j.value ->> 1) w where w.seq > w.told
                   and exists (select 1 from membership o
                               where o.room_id = w.room_id and o.user_id = w.user_id and o.to_seq is null)
             on conflict (user_id, room_id) do update
             set read_seq = excluded.read_seq, read_n = excluded.read_n, changed = excluded.changed
             where excluded.read_seq > read_seq
             returning user_id as "user_id!", room_id as "room_id!", read_seq as "read_seq!",
                       delivered_seq as "delivered_seq!",
                       (select r.handle from room r where r.id = room_id) as "handle!: String""#,
            stamp,
            marks
        );
        let moved = upsert.fetch_all(&mut to.conn).await.map_err(error)?;
        let read = moved.iter().map(|row| (UserId(row.user_id), RoomId(row.room_id), seq(row.read_seq)));
        crate::pushes::take_back(to, &read.collect::<Vec<_>>(), now().0).await?;
        let mut progress = Vec::with_capacity(moved.len());
        for row in moved {
            let (user, read) = (UserId(row.user_id), Seq(row.read_seq.cast_unsigned()));
            let delivered = Seq(row.delivered_seq.cast_unsigned());
            progress.push(Progress::of(user, RoomId(row.room_id), delivered, read));
            // The user's own room has a mark like any other, and nobody is told of it.
            if let Ok(room) = Handle::new(&row.handle) {
                to.events().push(NewEvent::room_read(user, room, read, now()));
            }
        }
        crate::conversations::read(to, &self.0).await?;
        Ok(progress)
    }
}

/// Moves marks to entries of the log, in the running transaction.
pub(crate) async fn advance(
    conn: &mut SqliteConnection,
    marks: impl Iterator<Item = (Place, Mark)>,
) -> Result<(), Error> {
    let row = |((user, room), mark): (Place, Mark)| (user.0, room.0, number(mark.seq.0), number(mark.n));
    let marks = json(&marks.map(row).collect::<Vec<_>>())?;
    let upsert = sqlx::query!(
        "insert into cursor (user_id, room_id, read_seq, read_n)
         select j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3 from json_each(?) j where true
         on conflict (user_id, room_id) do update
         set read_seq = excluded.read_seq, read_n = excluded.read_n where excluded.read_seq > read_seq",
        marks
    );
    upsert.execute(conn).await.map(drop).map_err(error)
}

/// How far a user has read, and what is unread. Who is not in the room has nothing unread there.
///
/// What is in arrears is asked first: a mark leaves there only when it is in the file.
pub(crate) async fn unread(
    readers: &Readers,
    arrears: &Arrears,
    user: UserId,
    room: RoomId,
) -> Result<(Seq, u64), Error> {
    let told = arrears.of(user, room);
    let row = sqlx::query!(
        r#"select coalesce(c.read_seq, 0) as "read_seq!: i64", coalesce(c.read_n, 0) as "read_n!: i64",
                  m.user_id is not null as "is_member!: bool",
                  r.last_n as "last_n!: i64"
           from room_with_end r
           left join cursor c on c.user_id = ?1 and c.room_id = r.id
           left join membership m on m.room_id = r.id and m.user_id = ?1 and m.to_seq is null
           where r.id = ?2"#,
        user.0,
        room.0
    );
    let Some(row) = row.fetch_optional(readers).await.map_err(error)? else { return Ok((Seq::ZERO, 0)) };
    let written = Mark { seq: Seq(row.read_seq.cast_unsigned()), n: row.read_n.cast_unsigned() };
    let mark = told.map_or(written, |told| told.max(written));
    let unread = if row.is_member { row.last_n.cast_unsigned().saturating_sub(mark.n) } else { 0 };
    Ok((mark.seq, unread))
}
