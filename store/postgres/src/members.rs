//! Who may hear what: a membership is a stretch of a room's log.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::Writer;
use chat::{Handle, RoomId, Seq, Timestamp, UserId};
use store::plan::{Joined, Left};
use store::stored::{damaged, handle, in_list, number, room_kind};
use store::{Error, Interval, Membership};

/// Ends memberships, then begins others: who goes and comes again has one at a time.
pub(crate) async fn change(to: &mut Writer, begin: &[Joined<'_>], end: &[Left]) -> Result<(), Error> {
    let column = |value: fn(&Left) -> i64| end.iter().map(value).collect::<Vec<i64>>();
    let ends = sqlx::query!(
        "update membership m set to_seq = j.to_seq, ended_at = j.ended_at
         from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
              j (room_id, user_id, from_seq, to_seq, ended_at)
         where m.room_id = j.room_id and m.user_id = j.user_id and m.from_seq = j.from_seq",
        &column(|one| one.room.0),
        &column(|one| one.user.0),
        &column(|one| number(one.from_seq.0)),
        &column(|one| number(one.to_seq.0)),
        &column(|one| one.at.0)
    );
    ends.execute(to.conn()?).await.map_err(error)?;
    let column = |value: fn(&Joined<'_>) -> i64| begin.iter().map(value).collect::<Vec<i64>>();
    let handles: Vec<String> = begin.iter().map(|one| one.handle.to_owned()).collect();
    let to_seqs: Vec<Option<i64>> = begin.iter().map(|one| one.end.map(|(seq, _)| number(seq.0))).collect();
    let ended_at: Vec<Option<i64>> = begin.iter().map(|one| one.end.map(|(_, at)| at.0)).collect();
    let hears_from: Vec<Option<i64>> =
        begin.iter().map(|one| one.hears_from.map(|seq| number(seq.0))).collect();
    let roles: Vec<i16> = begin.iter().map(|one| i16::from(one.seat.role as u8)).collect();
    let muted: Vec<Option<i64>> = begin.iter().map(|one| one.seat.muted_until.map(|until| until.0)).collect();
    let begins = sqlx::query!(
        "insert into membership
             (room_id, user_id, from_seq, to_seq, ended_at, handle, hears_from, role, muted_until)
         select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[],
                              $7::bigint[], $8::smallint[], $9::bigint[])",
        &column(|one| one.room.0),
        &column(|one| one.user.0),
        &column(|one| number(one.from_seq.0)),
        &to_seqs as &[Option<i64>],
        &ended_at as &[Option<i64>],
        &handles,
        &hears_from as &[Option<i64>],
        &roles,
        &muted as &[Option<i64>]
    );
    begins.execute(to.conn()?).await.map(drop).map_err(error)
}

/// Members now, in the order of their handles.
pub(crate) async fn list(
    readers: &Readers,
    room: RoomId,
    after: Option<&Handle>,
    limit: u32,
) -> Result<Vec<(UserId, Handle)>, Error> {
    let rows = sqlx::query!(
        "select user_id, handle from membership
         where room_id = $1 and to_seq is null and handle > $2 order by handle limit $3",
        room.0,
        after.map_or("", Handle::as_str),
        in_list(limit)
    );
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?;
    rows.into_iter().map(|row| Ok((UserId(row.user_id), handle(&row.handle)?))).collect()
}

/// A user's memberships in one room, oldest first.
pub(crate) async fn of_user_in(
    readers: &Readers,
    user: UserId,
    room: RoomId,
) -> Result<Vec<Interval>, Error> {
    let rows = sqlx::query!(
        "select from_seq, to_seq, hears_from from membership
         where room_id = $1 and user_id = $2 order by from_seq",
        room.0,
        user.0
    );
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter();
    Ok(rows.map(|row| interval(row.from_seq, row.to_seq, row.hears_from)).collect())
}

fn interval(from_seq: i64, to_seq: Option<i64>, hears_from: Option<i64>) -> Interval {
    let seq = |seq: i64| Seq(seq.cast_unsigned());
    Interval { from_seq: seq(hears_from.unwrap_or(from_seq)), joined: seq(from_seq), to_seq: to_seq.map(seq) }
}

/// A user's memberships with the version of them, out of one statement and so out of one moment.
pub(crate) async fn of_user(
    readers: &Readers,
    user: UserId,
    ended_since: Timestamp,
) -> Result<(i64, Vec<Membership>), Error> {
    let rows = sqlx::query!(
        r#"select a.rooms_version, r.id as "room_id?", r.handle as "handle?", r.kind as "kind?",
                  m.from_seq as "from_seq?", m.to_seq as "to_seq?", m.hears_from as "hears_from?"
           from account a
           left join membership m on m.user_id = a.id and (m.ended_at is null or m.ended_at >= $1)
           left join room r on r.id = m.room_id
           where a.id = $2 order by r.id, m.from_seq"#,
        ended_since.0,
        user.0
    );
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?;
    let version = rows.first().map_or(0, |row| row.rooms_version);
    let mut memberships = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(room) = row.room_id else { continue };
        let missing = || damaged("membership");
        memberships.push(Membership {
            room: RoomId(room),
            handle: handle(&row.handle.ok_or_else(missing)?)?,
            kind: room_kind(i64::from(row.kind.ok_or_else(missing)?))?,
            interval: interval(row.from_seq.ok_or_else(missing)?, row.to_seq, row.hears_from),
        });
    }
    Ok((version, memberships))
}
