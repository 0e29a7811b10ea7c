//! Messages name uploads.

use super::going::let_loose;
use super::hanging::hang;
use crate::failure::error;
use crate::keys::places;
use crate::writer::Writer;
use chat::{MediaId, UserId};
use std::collections::{BTreeSet, HashSet};
use store::Error;
use store::plan::{Named, Plan};
use store::stored::number;

/// Which uploads that a batch names are there for whom.
pub(crate) async fn there(
    writer: &mut Writer,
    asked: &BTreeSet<(MediaId, UserId)>,
) -> Result<HashSet<(MediaId, UserId)>, Error> {
    if asked.is_empty() {
        return Ok(HashSet::new());
    }
    let (media, users): (Vec<i64>, Vec<i64>) = asked.iter().map(|(media, user)| (media.0, user.0)).unzip();
    let rows = sqlx::query!(
        r#"select m.id, j.user_id as "user_id!"
           from unnest($1::bigint[], $2::bigint[]) j (media_id, user_id)
           join media m on m.id = j.media_id
           where m.state = 2 and (m.owner_id = j.user_id or exists
               (select 1 from media_in i
                join membership s on s.room_id = i.room_id and s.user_id = j.user_id
                    and coalesce(s.hears_from, s.from_seq) <= i.seq and (s.to_seq is null or s.to_seq >= i.seq)
                where i.media_id = m.id))"#,
        &media,
        &users
    );
    let rows = rows.fetch_all(writer.conn()?).await.map_err(error)?;
    Ok(rows.into_iter().map(|row| (MediaId(row.id), UserId(row.user_id))).collect())
}

/// Writes which messages name what, and lets loose what none names any more.
pub(crate) async fn write(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    for (room, (media, by)) in &plan.hung {
        hang(writer, *room, *media, *by).await?;
    }
    if !plan.named.is_empty() {
        name(writer, plan).await?;
    }
    if plan.erased.is_empty() && plan.unnamed.is_empty() {
        return Ok(());
    }
    let (rooms, seqs) = places(&plan.erased);
    let delete = sqlx::query_scalar!(
        "delete from media_in i using unnest($1::bigint[], $2::bigint[]) j (room_id, seq)
         where i.room_id = j.room_id and i.seq = j.seq returning i.media_id",
        &rooms,
        &seqs
    );
    let unnamed = delete.fetch_all(writer.conn()?).await.map_err(error)?.into_iter().map(MediaId);
    let unnamed = unnamed.chain(plan.unnamed.iter().copied()).collect();
    let_loose(writer, unnamed).await
}

async fn name(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    let column = |value: fn(&Named) -> i64| plan.named.iter().map(value).collect::<Vec<i64>>();
    let media = column(|one| one.media.0);
    let ends: Vec<Option<i64>> = plan.named.iter().map(|one| one.expires_at.map(|at| at.0)).collect();
    let insert = sqlx::query!(
        "insert into media_in (media_id, room_id, seq, expires_at)
         select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])",
        &media,
        &column(|one| one.room.0),
        &column(|one| number(one.seq.0)),
        &ends as &[Option<i64>]
    );
    insert.execute(writer.conn()?).await.map_err(error)?;
    let update = sqlx::query!("update media set loose_at = null where id = any($1)", &media);
    update.execute(writer.conn()?).await.map(drop).map_err(error)
}
