//! Messages of large rooms whose signs few were told of, until everybody is told how many there are.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::{Writer, json};
use store::lane::Writer as _;
use store::plan::Plan;
use store::stored::{StoredCount, counts, number};
use store::{Error, Uncounted};

/// See [`store::Rooms::uncounted`].
pub(crate) async fn uncounted(readers: &Readers, each: u32, limit: u32) -> Result<Vec<Uncounted>, Error> {
    let rows = sqlx::query_as!(
        StoredCount,
        r#"select u.room_id as "room_id!", r.handle as "room!", u.of_seq as "of_seq!", u.seq as "seq!", u.by_id as "by_id!",
                  a.handle as "by!", s.sign as "sign?", s.people as "people?"
           from (select room_id, of_seq, seq, by_id, row_number() over (partition by room_id order by seq) as place
                 from uncounted order by place, room_id limit ?2) u
           cross join room r on r.id = u.room_id cross join account a on a.id = u.by_id
           left join signed s on s.room_id = u.room_id and s.of_seq = u.of_seq
           where u.place <= ?1 order by u.room_id, u.seq, u.of_seq, s.sign"#,
        each,
        limit
    );
    counts(rows.fetch_all(readers).await.map_err(error)?)
}

/// Takes down what is to be counted, and takes away what was.
pub(super) async fn write(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.uncounted.is_empty() && plan.counted.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let begun = plan.uncounted.iter();
    let begun: Vec<_> =
        begun.map(|((room, of), (by, seq))| (room.0, number(of.0), number(seq.0), by.0)).collect();
    let begun = json(&begun)?;
    let upsert = sqlx::query!(
        "insert into uncounted (room_id, of_seq, seq, by_id)
         select j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3 from json_each(?) j where true
         on conflict (room_id, of_seq) do update set seq = excluded.seq, by_id = excluded.by_id",
        begun
    );
    upsert.execute(&mut writer.conn).await.map_err(error)?;
    let told: Vec<_> =
        plan.counted.iter().map(|((room, of), upto)| (room.0, number(of.0), number(upto.0))).collect();
    let told = json(&told)?;
    let delete = sqlx::query!(
        "delete from uncounted where exists (select 1 from json_each(?) j
         where j.value ->> 0 = room_id and j.value ->> 1 = of_seq and j.value ->> 2 >= seq)",
        told
    );
    delete.execute(&mut writer.conn).await.map(drop).map_err(error)
}
