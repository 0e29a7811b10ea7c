//! Messages name uploads.

use super::going::let_loose;
use super::hanging::hang;
use crate::failure::error;
use crate::writer::{Writer, json};
use chat::{MediaId, UserId};
use sqlx::SqliteConnection;
use std::collections::{BTreeSet, HashSet};
use store::Error;
use store::lane::Writer as _;
use store::plan::Plan;
use store::stored::number;

/// Which uploads that a batch names are there for whom.
pub(crate) async fn there(
    conn: &mut SqliteConnection,
    asked: &BTreeSet<(MediaId, UserId)>,
) -> Result<HashSet<(MediaId, UserId)>, Error> {
    if asked.is_empty() {
        return Ok(HashSet::new());
    }
    let pairs = json(&asked.iter().map(|(media, user)| (media.0, user.0)).collect::<Vec<_>>())?;
    let rows = sqlx::query!(
        r#"select m.id as "id!", j.value ->> 1 as "user_id!: i64"
           from json_each(?) j
           cross join media m on m.id = j.value ->> 0
           where m.state = 2 and (m.owner_id = j.value ->> 1 or exists
               (select 1 from media_in i
                cross join membership s on s.room_id = i.room_id and s.user_id = j.value ->> 1
                    and coalesce(s.hears_from, s.from_seq) <= i.seq and (s.to_seq is null or s.to_seq >= i.seq)
                where i.media_id = m.id))"#,
        pairs
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?;
    Ok(rows.into_iter().map(|row| (MediaId(row.id), UserId(row.user_id))).collect())
}

/// Writes which messages name what, and lets loose what none names any more.
pub(crate) async fn write(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    for (room, (media, by)) in &plan.hung {
        writer.begin().await?;
        hang(writer, *room, *media, *by).await?;
    }
    if !plan.named.is_empty() {
        writer.begin().await?;
        name(&mut writer.conn, plan).await?;
    }
    if plan.erased.is_empty() && plan.unnamed.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let erased = plan.erased.iter().map(|(room, seq)| (room.0, number(seq.0)));
    let erased = json(&erased.collect::<Vec<_>>())?;
    let delete = sqlx::query_scalar!(
        "delete from media_in where (room_id, seq) in (select j.value ->> 0, j.value ->> 1 from json_each(?) j)
         returning media_id",
        erased
    );
    let unnamed = delete.fetch_all(&mut writer.conn).await.map_err(error)?.into_iter().map(MediaId);
    let unnamed = unnamed.chain(plan.unnamed.iter().copied()).collect();
    let_loose(&mut writer.conn, unnamed).await
}

async fn name(conn: &mut SqliteConnection, plan: &Plan<'_>) -> Result<(), Error> {
    let named = plan.named.iter();
    let named: Vec<_> = named
        .map(|one| (one.media.0, one.room.0, number(one.seq.0), one.expires_at.map(|at| at.0)))
        .collect();
    let named = json(&named)?;
    let insert = sqlx::query!(
        "insert into media_in (media_id, room_id, seq, expires_at)
         select j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3 from json_each(?) j",
        named
    );
    insert.execute(&mut *conn).await.map_err(error)?;
    let update = sqlx::query!(
        "update media set loose_at = null where id in (select j.value ->> 0 from json_each(?) j)",
        named
    );
    update.execute(conn).await.map(drop).map_err(error)
}
