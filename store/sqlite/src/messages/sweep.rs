//! Messages that nobody will ask for.

use super::queue::forget;
use crate::failure::error;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use chat::Timestamp;
use store::Error;
use store::lane::Write;
use store::messages::Left;
use store::stored::in_list;

/// See [`store::Apps::sweep`].
pub(crate) struct Sweep {
    pub(crate) now: Timestamp,
    pub(crate) limit: u32,
}

#[async_trait]
impl Write<Writer> for Sweep {
    type Answer = u32;
    /// It makes room.
    const SPARES: bool = true;

    async fn write(&self, to: &mut Writer) -> Result<u32, Error> {
        let limit = in_list(self.limit);
        let mut left = limit;
        let mut gone = Left::default();
        left -= ended(to, left, &mut gone).await?;
        left -= expired(to, self.now, left, &mut gone).await?;
        forget(&mut to.conn, gone).await?;
        left -= expired_at_topics(to, self.now, left).await?;
        Ok(u32::try_from(limit - left).unwrap_or(u32::MAX))
    }
}

/// Each round takes all that it may, or is done with the sessions it looked at.
async fn ended(to: &mut Writer, most: i64, gone: &mut Left) -> Result<i64, Error> {
    let mut left = most;
    while left > 0 {
        let sessions = sqlx::query_scalar!(
            "select e.session from app_ended e
             where not exists (select 1 from app_queue q where q.session = e.session and q.turn > 0) limit ?",
            left
        );
        let sessions = sessions.fetch_all(&mut to.conn).await.map_err(error)?;
        if sessions.is_empty() {
            break;
        }
        let sessions = json(&sessions)?;
        let rows = sqlx::query!(
            r#"delete from app_queue where (session, message) in
                 (select q.session, q.message from json_each(?1) j
                  cross join app_queue q on q.session = j.value limit ?2)
             returning message as "message!", shared as "shared!""#,
            sessions,
            left
        );
        let rows = rows.fetch_all(&mut to.conn).await.map_err(error)?;
        left -= rows.len() as i64;
        rows.iter().for_each(|row| gone.push(row.message, row.shared != 0));
        let empty = sqlx::query!(
            "delete from app_ended where session in (select j.value from json_each(?) j)
                and not exists (select 1 from app_queue q where q.session = app_ended.session)",
            sessions
        );
        empty.execute(&mut to.conn).await.map_err(error)?;
    }
    Ok(most - left)
}

async fn expired(to: &mut Writer, now: Timestamp, most: i64, gone: &mut Left) -> Result<i64, Error> {
    let rows = sqlx::query!(
        r#"delete from app_queue where (session, message) in
             (select session, message from app_queue where expires_at <= ?1 order by expires_at limit ?2)
         returning message as "message!", shared as "shared!""#,
        now.0,
        most
    );
    let rows = rows.fetch_all(&mut to.conn).await.map_err(error)?;
    rows.iter().for_each(|row| gone.push(row.message, row.shared != 0));
    Ok(rows.len() as i64)
}

async fn expired_at_topics(to: &mut Writer, now: Timestamp, most: i64) -> Result<i64, Error> {
    let delete = sqlx::query!(
        "delete from app_retained where rowid in
             (select rowid from app_retained where expires_at <= ?1 order by expires_at limit ?2)",
        now.0,
        most
    );
    let rows = delete.execute(&mut to.conn).await.map_err(error)?.rows_affected();
    Ok(rows.cast_signed())
}
