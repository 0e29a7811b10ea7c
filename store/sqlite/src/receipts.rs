//! How far messages have come to people. Marks only move forward.

use crate::SqliteStore;
use crate::failure::error;
use crate::marks::Arrears;
use crate::readers::Readers;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use chat::{Handle, LARGE, RoomId, Seq, UserId};
use std::collections::HashMap;
use store::lane::Write;
use store::stored::{damaged, handle, in_list, number, seq};
use store::{
    Delivered, DeviceProgress, Error, InFlight, MemberProgress, Person, Progress, ReadMark, Receipts,
    RoomSize, SessionId, packed,
};

/// See [`Receipts::deliver`].
pub(crate) struct Deliver(pub(crate) Vec<Delivered>);

#[async_trait]
impl Write<Writer> for Deliver {
    type Answer = Vec<Progress>;

    /// What counts of several marks for one place is the furthest, since each of them moves on what is there.
    async fn write(&self, to: &mut Writer) -> Result<Vec<Progress>, Error> {
        let marks: Vec<_> =
            self.0.iter().map(|mark| (mark.user.0, mark.room.0, number(mark.seq.0))).collect();
        let marks = json(&marks)?;
        let upsert = sqlx::query!(
            r#"insert into cursor (user_id, room_id, read_seq, read_n, delivered_seq)
               select w.user_id, w.room_id, 0, 0, w.seq
               from (select j.value ->> 0 as user_id, r.id as room_id, min(j.value ->> 2, r.last_seq) as seq
                     from json_each(?1) j cross join room_with_end r on r.id = j.value ->> 1
                     where r.member_count <= ?2) w
               where exists (select 1 from membership o
                             where o.room_id = w.room_id and o.user_id = w.user_id and o.to_seq is null)
               on conflict (user_id, room_id) do update set delivered_seq = excluded.delivered_seq
               where excluded.delivered_seq > max(delivered_seq, read_seq)
               returning user_id as "user_id!", room_id as "room_id!", delivered_seq as "delivered_seq!",
                         read_seq as "read_seq!""#,
            marks,
            LARGE
        );
        let moved = upsert.fetch_all(&mut to.conn).await.map_err(error)?;
        let progress = moved.into_iter().map(|row| {
            let (user, room) = (UserId(row.user_id), RoomId(row.room_id));
            let told = seq(to.told(&ReadMark { user, room, seq: Seq::ZERO }));
            Progress::of(user, room, seq(row.delivered_seq), seq(row.read_seq).max(told))
        });
        Ok(progress.collect())
    }
}

#[async_trait]
impl Receipts for SqliteStore {
    async fn deliver(&self, marks: &[Delivered]) -> Result<Vec<Progress>, Error> {
        self.running.lane.write(Deliver(marks.to_vec())).await
    }

    async fn progress(
        &self,
        room: RoomId,
        after: Option<&Handle>,
        limit: u32,
    ) -> Result<Vec<MemberProgress>, Error> {
        progress(&self.running.readers, &self.running.arrears, room, after, limit).await
    }

    async fn sizes(&self, rooms: &[RoomId]) -> Result<Vec<RoomSize>, Error> {
        let rooms: Vec<i64> = rooms.iter().take(1_000).map(|room| room.0).collect();
        let rooms = json(&rooms)?;
        let rows = sqlx::query!(
            r#"select r.id as "id!", r.handle as "handle!", r.member_count as "member_count!"
               from json_each(?) j cross join room r on r.id = j.value"#,
            rooms
        );
        let rows = rows.fetch_all(&self.running.readers).await.map_err(error)?.into_iter();
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
        let stretch = |(room, after, upto): &(RoomId, Seq, Seq)| (room.0, number(after.0), number(upto.0));
        let stretches = json(&stretches.iter().take(1_000).map(stretch).collect::<Vec<_>>())?;
        let each = each.min(32);
        // Kinds below 32 are what people said.
        let rows = sqlx::query!(
            r#"select m.room_id as "room_id!", m.seq as "seq!", m.sender_id as "sender_id!"
               from json_each(?1) j cross join message m
                    on m.room_id = j.value ->> 0
                   and m.seq in (select e.seq from message e
                                 where e.room_id = j.value ->> 0 and e.seq > j.value ->> 1 and e.seq <= j.value ->> 2
                                   and e.kind < 32 order by e.seq desc limit ?2)"#,
            stretches,
            each
        );
        let rows = rows.fetch_all(&self.running.readers).await.map_err(error)?.into_iter();
        Ok(rows.map(|row| (RoomId(row.room_id), seq(row.seq), UserId(row.sender_id))).collect())
    }

    async fn devices(&self, room: RoomId, users: &[UserId]) -> Result<Vec<DeviceProgress>, Error> {
        let users: Vec<i64> = users.iter().take(100).map(|user| user.0).collect();
        let users = json(&users)?;
        let rows = sqlx::query!(
            r#"select s.id as "id!", s.user_id as "user_id!", s.client_id as "client_id!", s.cursors as "cursors!",
                      s.in_flight as "in_flight!"
               from json_each(?) j cross join session s on s.user_id = j.value"#,
            users
        );
        let rows = rows.fetch_all(&self.running.readers).await.map_err(error)?.into_iter();
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

/// What is in arrears is asked before the marks: one leaves there only when it is in the file.
async fn progress(
    readers: &Readers,
    arrears: &Arrears,
    room: RoomId,
    after: Option<&Handle>,
    limit: u32,
) -> Result<Vec<MemberProgress>, Error> {
    let (after, limit) = (after.map_or("", Handle::as_str), in_list(limit));
    let members = sqlx::query!(
        r#"select user_id as "user_id!", handle as "handle!", from_seq as "from_seq!"
           from membership
           where room_id = ? and to_seq is null and handle > ? order by handle limit ?"#,
        room.0,
        after,
        limit
    );
    let members = members.fetch_all(readers).await.map_err(error)?;
    let told = arrears.of_people(room, members.iter().map(|row| UserId(row.user_id)));
    let users = json(&members.iter().map(|row| row.user_id).collect::<Vec<_>>())?;
    let marks = sqlx::query!(
        r#"select c.user_id as "user_id!", c.read_seq as "read_seq!", c.delivered_seq as "delivered_seq!"
           from json_each(?1) j cross join cursor c on c.user_id = j.value and c.room_id = ?2"#,
        users,
        room.0
    );
    let marks = marks.fetch_all(readers).await.map_err(error)?.into_iter();
    let marks: HashMap<i64, (i64, i64)> =
        marks.map(|row| (row.user_id, (row.delivered_seq, row.read_seq))).collect();
    let known = |user| marks.get(&user).copied().unwrap_or_default();
    let members = members.into_iter().zip(told);
    members
        .map(|(row, told)| {
            let (delivered, read) = known(row.user_id);
            let read = seq(read).max(told.map_or(Seq::ZERO, |told| told.seq));
            Ok(MemberProgress {
                person: Person { user: UserId(row.user_id), handle: handle(&row.handle)? },
                joined: seq(row.from_seq),
                delivered: seq(delivered).max(read),
                read,
            })
        })
        .collect()
}
