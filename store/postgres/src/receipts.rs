//! How far messages have come to people. Marks only move forward.

use crate::PostgresStore;
use crate::failure::error;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{Handle, LARGE, RoomId, Seq, UserId};
use store::lane::Write;
use store::stored::{damaged, handle, in_list, number, seq};
use store::{
    Delivered, DeviceProgress, Error, InFlight, MemberProgress, Person, Progress, Receipts, RoomSize,
    SessionId, packed,
};

/// See [`Receipts::deliver`].
pub(crate) struct Deliver(pub(crate) Vec<Delivered>);

#[async_trait]
impl Write<Writer> for Deliver {
    type Answer = Vec<Progress>;

    /// Of several marks for one place the furthest counts: a statement can move a row once.
    async fn write(&self, to: &mut Writer) -> Result<Vec<Progress>, Error> {
        let column = |value: fn(&Delivered) -> i64| self.0.iter().map(value).collect::<Vec<i64>>();
        let upsert = sqlx::query!(
            "insert into cursor (user_id, room_id, read_seq, read_n, delivered_seq)
             select w.user_id, w.room_id, 0, 0, w.seq
             from (select j.user_id, r.id as room_id, least(max(j.seq), r.last_seq) as seq
                   from unnest($1::bigint[], $2::bigint[], $3::bigint[]) j (user_id, room_id, seq)
                   join room r on r.id = j.room_id where r.member_count <= $4 group by j.user_id, r.id) w
             where exists (select 1 from membership o
                           where o.room_id = w.room_id and o.user_id = w.user_id and o.to_seq is null)
             on conflict (user_id, room_id) do update set delivered_seq = excluded.delivered_seq
             where excluded.delivered_seq > greatest(cursor.delivered_seq, cursor.read_seq)
             returning user_id, room_id, delivered_seq, read_seq",
            &column(|mark| mark.user.0),
            &column(|mark| mark.room.0),
            &column(|mark| number(mark.seq.0)),
            LARGE
        );
        let moved = upsert.fetch_all(to.conn()?).await.map_err(error)?.into_iter();
        let progress = moved.map(|row| {
            let (user, room) = (UserId(row.user_id), RoomId(row.room_id));
            Progress::of(user, room, seq(row.delivered_seq), seq(row.read_seq))
        });
        Ok(progress.collect())
    }
}

#[async_trait]
impl Receipts for PostgresStore {
    async fn deliver(&self, marks: &[Delivered]) -> Result<Vec<Progress>, Error> {
        self.running.lane.write(Deliver(marks.to_vec())).await
    }

    async fn progress(
        &self,
        room: RoomId,
        after: Option<&Handle>,
        limit: u32,
    ) -> Result<Vec<MemberProgress>, Error> {
        let (after, limit) = (after.map_or("", Handle::as_str), in_list(limit));
        let rows = sqlx::query!(
            r#"select m.user_id, m.handle, m.from_seq,
                      coalesce(c.read_seq, 0) as "read_seq!",
                      greatest(coalesce(c.read_seq, 0), coalesce(c.delivered_seq, 0)) as "delivered_seq!"
               from membership m left join cursor c on c.user_id = m.user_id and c.room_id = m.room_id
               where m.room_id = $1 and m.to_seq is null and m.handle > $2 order by m.handle limit $3"#,
            room.0,
            after,
            limit
        );
        let readers = &self.running.readers;
        let rows = readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter();
        rows.map(|row| {
            Ok(MemberProgress {
                person: Person { user: UserId(row.user_id), handle: handle(&row.handle)? },
                joined: seq(row.from_seq),
                delivered: seq(row.delivered_seq),
                read: seq(row.read_seq),
            })
        })
        .collect()
    }

    async fn sizes(&self, rooms: &[RoomId]) -> Result<Vec<RoomSize>, Error> {
        let rooms: Vec<i64> = rooms.iter().take(1_000).map(|room| room.0).collect();
        let rows = sqlx::query!("select id, handle, member_count from room where id = any($1)", &rooms);
        let readers = &self.running.readers;
        let rows = readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter();
        rows.map(|row| {
            let members = u32::try_from(row.member_count).map_err(|_| damaged("count of members"))?;
            Ok(RoomSize { room: RoomId(row.id), handle: handle(&row.handle)?, members })
        })
        .collect()
    }

    async fn sayers(
        &self,
        stretches: &[(RoomId, Seq, Seq)],
        each: u32,
    ) -> Result<Vec<(RoomId, Seq, UserId)>, Error> {
        let stretches = &stretches[..stretches.len().min(1_000)];
        type Stretch = (RoomId, Seq, Seq);
        let column = |value: fn(&Stretch) -> i64| stretches.iter().map(value).collect::<Vec<i64>>();
        // Kinds below 32 are what people said.
        let rows = sqlx::query!(
            "select m.room_id, m.seq, m.sender_id
             from unnest($1::bigint[], $2::bigint[], $3::bigint[]) j (room_id, after, upto)
             cross join lateral (select e.room_id, e.seq, e.sender_id from message e
                                 where e.room_id = j.room_id and e.seq > j.after and e.seq <= j.upto and e.kind < 32
                                 order by e.seq desc limit $4) m",
            &column(|stretch| stretch.0.0),
            &column(|stretch| number(stretch.1.0)),
            &column(|stretch| number(stretch.2.0)),
            i64::from(each.min(32))
        );
        let readers = &self.running.readers;
        let rows = readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter();
        Ok(rows.map(|row| (RoomId(row.room_id), seq(row.seq), UserId(row.sender_id))).collect())
    }

    async fn devices(&self, room: RoomId, users: &[UserId]) -> Result<Vec<DeviceProgress>, Error> {
        let users: Vec<i64> = users.iter().take(100).map(|user| user.0).collect();
        let rows = sqlx::query!(
            "select id, user_id, client_id, cursors, in_flight from session where user_id = any($1)",
            &users
        );
        let readers = &self.running.readers;
        let rows = readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter();
        rows.map(|row| {
            let cursors = packed::unpack_cursors(&row.cursors)?;
            let cursor = cursors.into_iter().find(|(of, _)| *of == room).map(|(_, cursor)| cursor);
            let in_flight: Vec<InFlight> = packed::unpack(&row.in_flight)?;
            Ok(DeviceProgress {
                user: UserId(row.user_id),
                session: SessionId(row.id),
                client_id: row.client_id.into(),
                resume: cursor.map(|cursor| Seq(cursor.resume)),
                delivered: cursor.map_or(Seq::ZERO, |cursor| Seq(cursor.delivered)),
                in_flight: in_flight
                    .iter()
                    .filter(|one| one.room == room.0)
                    .map(|one| Seq(one.seq))
                    .collect(),
            })
        })
        .collect()
    }
}
