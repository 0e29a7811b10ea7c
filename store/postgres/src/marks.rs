//! How far rooms were read. Marks only move forward.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{Handle, RoomId, Seq, UserId};
use std::collections::HashMap;
use store::lane::{Write, Writer as _};
use store::plan::{Mark, MarkPlace};
use store::stored::{now, number, seq};
use store::{Error, NewEvent, Progress, ReadMark};

/// Moves marks that readers asked for.
pub(crate) struct Move(pub(crate) Vec<ReadMark>);

#[async_trait]
impl Write<Writer> for Move {
    type Answer = Vec<Progress>;

    /// A mark past the end is cut to it. What counts up to a mark is what its entry says, or the one before it where
    /// retention took that. Of several marks for one place the furthest counts: a statement can move a row once. Who is
    /// not in the room moves none.
    async fn write(&self, to: &mut Writer) -> Result<Vec<Progress>, Error> {
        let column = |value: fn(&ReadMark) -> i64| self.0.iter().map(value).collect::<Vec<i64>>();
        let upsert = sqlx::query!(
            "insert into cursor (user_id, room_id, changed, read_seq, read_n)
             select w.user_id, w.room_id, $4, w.seq,
                    coalesce((select m.n from message m where m.room_id = w.room_id and m.seq <= w.seq
                              order by m.seq desc limit 1), 0)
             from (select j.user_id, r.id as room_id, least(max(j.seq), r.last_seq) as seq
                   from unnest($1::bigint[], $2::bigint[], $3::bigint[]) j (user_id, room_id, seq)
                   join room r on r.id = j.room_id group by j.user_id, r.id) w
             where exists (select 1 from membership o
                           where o.room_id = w.room_id and o.user_id = w.user_id and o.to_seq is null)
             on conflict (user_id, room_id) do update
             set read_seq = excluded.read_seq, read_n = excluded.read_n, changed = excluded.changed
             where excluded.read_seq > cursor.read_seq
             returning user_id, room_id, read_seq, delivered_seq,
                       (select r.handle from room r where r.id = cursor.room_id) as handle",
            &column(|mark| mark.user.0),
            &column(|mark| mark.room.0),
            &column(|mark| number(mark.seq.0)),
            to.stamp()
        );
        let moved = upsert.fetch_all(to.conn()?).await.map_err(error)?;
        let read = moved.iter().map(|row| (UserId(row.user_id), RoomId(row.room_id), seq(row.read_seq)));
        crate::pushes::take_back(to.conn()?, &read.collect::<Vec<_>>(), now().0).await?;
        let mut progress = Vec::new();
        for row in moved {
            let (user, read) = (UserId(row.user_id), Seq(row.read_seq.cast_unsigned()));
            let delivered = Seq(row.delivered_seq.cast_unsigned());
            progress.push(Progress::of(user, RoomId(row.room_id), delivered, read));
            // The user's own room has a mark like any other, and nobody is told of it.
            if let Some(room) = row.handle.and_then(|room| Handle::new(&room).ok()) {
                to.events().push(NewEvent::room_read(user, room, read, now()));
            }
        }
        crate::conversations::read(to, &self.0).await?;
        Ok(progress)
    }
}

/// Moves marks to entries of the log, in the running transaction.
pub(crate) async fn advance(to: &mut Writer, marks: &HashMap<MarkPlace, Mark>) -> Result<(), Error> {
    type Row<'a> = (&'a MarkPlace, &'a Mark);
    let column = |value: fn(Row<'_>) -> i64| marks.iter().map(value).collect::<Vec<i64>>();
    let upsert = sqlx::query!(
        "insert into cursor (user_id, room_id, read_seq, read_n)
         select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
         on conflict (user_id, room_id) do update
         set read_seq = excluded.read_seq, read_n = excluded.read_n where excluded.read_seq > cursor.read_seq",
        &column(|((user, _), _)| user.0),
        &column(|((_, room), _)| room.0),
        &column(|(_, mark)| number(mark.seq.0)),
        &column(|(_, mark)| number(mark.n))
    );
    upsert.execute(to.conn()?).await.map(drop).map_err(error)
}

/// How far a user has read, and what is unread. Who is not in the room has nothing unread there.
pub(crate) async fn unread(readers: &Readers, user: UserId, room: RoomId) -> Result<(Seq, u64), Error> {
    let row = sqlx::query!(
        r#"select coalesce(c.read_seq, 0) as "read_seq!",
                  case when m.user_id is null then 0 else greatest(r.last_n - coalesce(c.read_n, 0), 0) end as "unread!"
           from room r
           left join cursor c on c.user_id = $1 and c.room_id = r.id
           left join membership m on m.room_id = r.id and m.user_id = $1 and m.to_seq is null
           where r.id = $2"#,
        user.0,
        room.0
    );
    let row = readers.ask(row.fetch_optional(&readers.pool)).await?;
    Ok(row.map_or((Seq::ZERO, 0), |row| (Seq(row.read_seq.cast_unsigned()), row.unread.cast_unsigned())))
}
