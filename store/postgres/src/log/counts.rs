//! Messages of large rooms whose signs few were told of, until everybody is told how many there are.

use crate::failure::error;
use crate::keys::places;
use crate::readers::Readers;
use crate::writer::Writer;
use store::plan::Plan;
use store::stored::{StoredCount, counts, number};
use store::{Error, Uncounted};

/// See [`store::Rooms::uncounted`].
pub(crate) async fn uncounted(readers: &Readers, each: u32, limit: u32) -> Result<Vec<Uncounted>, Error> {
    let rows = sqlx::query_as!(
        StoredCount,
        r#"select u.room_id, r.handle as room, u.of_seq, u.seq, u.by_id, a.handle as by, s.sign as "sign?",
                  s.people as "people?"
           from (select room_id, of_seq, seq, by_id, row_number() over (partition by room_id order by seq) as place
                 from uncounted order by place, room_id limit $2) u
           join room r on r.id = u.room_id join account a on a.id = u.by_id
           left join signed s on s.room_id = u.room_id and s.of_seq = u.of_seq
           where u.place <= $1 order by u.room_id, u.seq, u.of_seq, s.sign"#,
        i64::from(each),
        i64::from(limit)
    );
    counts(readers.ask(rows.fetch_all(&readers.pool)).await?)
}

/// Takes down what is to be counted, and takes away what was.
pub(super) async fn write(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.uncounted.is_empty() && plan.counted.is_empty() {
        return Ok(());
    }
    let (rooms, ofs) = places(plan.uncounted.keys());
    let (bys, seqs): (Vec<i64>, Vec<i64>) =
        plan.uncounted.values().map(|(by, seq)| (by.0, number(seq.0))).unzip();
    let upsert = sqlx::query!(
        "insert into uncounted (room_id, of_seq, seq, by_id)
         select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
         on conflict (room_id, of_seq) do update set seq = excluded.seq, by_id = excluded.by_id",
        &rooms,
        &ofs,
        &seqs,
        &bys
    );
    upsert.execute(writer.conn()?).await.map_err(error)?;
    let (rooms, ofs) = places(plan.counted.keys());
    let uptos: Vec<i64> = plan.counted.values().map(|upto| number(upto.0)).collect();
    let delete = sqlx::query!(
        "delete from uncounted u using unnest($1::bigint[], $2::bigint[], $3::bigint[]) j (room_id, of_seq, upto)
         where u.room_id = j.room_id and u.of_seq = j.of_seq and u.seq <= j.upto",
        &rooms,
        &ofs,
        &uptos
    );
    delete.execute(writer.conn()?).await.map(drop).map_err(error)
}
