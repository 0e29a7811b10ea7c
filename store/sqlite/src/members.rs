//! Who may hear what: a membership is a stretch of a room's log.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::{Writer, json};
use chat::{Handle, RoomId, Seq, Timestamp, UserId};
use store::stored::{damaged, handle, in_list, room_kind};
use store::{Error, Interval, Membership};

/// The entry of the join, the last entry and when if it is over already, the first that may be read if that is earlier.
type Stretch = (i64, Option<i64>, Option<i64>, Option<i64>);
/// Role, and until when they are muted.
type Seat = (u8, Option<i64>);
/// Room, user, handle.
pub(crate) type Begins<'a> = (i64, i64, &'a str, Stretch, Seat);
/// Room, user, first entry, last entry, when.
pub(crate) type Ends = (i64, i64, i64, i64, i64);

/// Ends memberships, then begins others: who goes and comes again has one at a time.
pub(crate) async fn change(writer: &mut Writer, begin: &[Begins<'_>], end: &[Ends]) -> Result<(), Error> {
    let (begin, end) = (json(&begin)?, json(&end)?);
    let ends = sqlx::query!(
        "update membership set to_seq = j.value ->> 3, ended_at = j.value ->> 4 from json_each(?) j
         where room_id = j.value ->> 0 and user_id = j.value ->> 1 and from_seq = j.value ->> 2",
        end
    );
    ends.execute(&mut writer.conn).await.map_err(error)?;
    let begins = sqlx::query!(
        "insert into membership
             (room_id, user_id, handle, from_seq, to_seq, ended_at, hears_from, role, muted_until)
         select j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> '$[3][0]', j.value ->> '$[3][1]',
                j.value ->> '$[3][2]', j.value ->> '$[3][3]', j.value ->> '$[4][0]', j.value ->> '$[4][1]'
         from json_each(?) j",
        begin
    );
    begins.execute(&mut writer.conn).await.map(|_| ()).map_err(error)
}

/// Members now, in the order of their handles.
pub(crate) async fn list(
    readers: &Readers,
    room: RoomId,
    after: Option<&Handle>,
    limit: u32,
) -> Result<Vec<(UserId, Handle)>, Error> {
    let (after, limit) = (after.map_or("", Handle::as_str), in_list(limit));
    let rows = sqlx::query!(
        r#"select user_id as "user_id!", handle as "handle!" from membership
           where room_id = ? and to_seq is null and handle > ? order by handle limit ?"#,
        room.0,
        after,
        limit
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?;
    rows.into_iter().map(|row| Ok((UserId(row.user_id), handle(&row.handle)?))).collect()
}

/// A user's memberships in one room, oldest first.
pub(crate) async fn of_user_in(
    readers: &Readers,
    user: UserId,
    room: RoomId,
) -> Result<Vec<Interval>, Error> {
    let rows = sqlx::query!(
        "select from_seq, to_seq, hears_from from membership where room_id = ? and user_id = ? order by from_seq",
        room.0,
        user.0
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?.into_iter();
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
           left join membership m on m.user_id = a.id and (m.ended_at is null or m.ended_at >= ?)
           left join room r on r.id = m.room_id
           where a.id = ? order by r.id, m.from_seq"#,
        ended_since.0,
        user.0
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?;
    let version = rows.first().map_or(0, |row| row.rooms_version);
    let mut memberships = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(room) = row.room_id else { continue };
        let missing = || damaged("membership");
        memberships.push(Membership {
            room: RoomId(room),
            handle: handle(&row.handle.ok_or_else(missing)?)?,
            kind: room_kind(row.kind.ok_or_else(missing)?)?,
            interval: interval(row.from_seq.ok_or_else(missing)?, row.to_seq, row.hears_from),
        });
    }
    Ok((version, memberships))
}
