//! Where something was said that is to be decided.

use crate::readers::Readers;
use chat::{LARGE, RoomId, Timestamp};
use store::stored::seq;
use store::{Due, Error};

/// See [`store::Pushes::push_due`].
pub(super) async fn list(readers: &Readers, kind: u8, now: Timestamp, limit: u32) -> Result<Vec<Due>, Error> {
    let rows = sqlx::query!(
        r#"select d.room_id, d.from_seq, d.due_at, r.member_count, r.last_seq,
                r.member_count > $4 or exists (
                    select 1 from membership m join push_device p on p.user_id = m.user_id
                    where m.room_id = d.room_id and m.to_seq is null) as "anybody!"
         from (select room_id, from_seq, due_at from due where kind = $1 and due_at <= $2 order by due_at limit $3) d
         join room r on r.id = d.room_id
         order by d.due_at"#,
        i16::from(kind),
        now.0,
        i64::from(limit.min(256)),
        LARGE
    );
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter();
    rows.map(|row| {
        Ok(Due {
            kind,
            room: RoomId(row.room_id),
            from: seq(row.from_seq),
            at: Timestamp(row.due_at),
            last: seq(row.last_seq),
            members: u32::try_from(row.member_count).unwrap_or(u32::MAX),
            anybody: row.anybody,
        })
    })
    .collect()
}
