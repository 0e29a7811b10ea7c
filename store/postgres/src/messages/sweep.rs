//! Messages that nobody will ask for. Rows are found first and deleted by their places: so a queue of any length is begun at
//! once, and left where the piece ends.

use super::queue::forget;
use crate::failure::error;
use crate::writer::Writer;
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

    async fn write(&self, to: &mut Writer) -> Result<u32, Error> {
        let limit = in_list(self.limit);
        let mut left = limit;
        let mut gone = Left::default();
        to.plans_anew(true).await?;
        left -= ended(to, left, &mut gone).await?;
        left -= expired(to, self.now, left, &mut gone).await?;
        forget(to, gone).await?;
        left -= expired_at_topics(to, self.now, left).await?;
        to.plans_anew(false).await?;
        Ok(u32::try_from(limit - left).unwrap_or(u32::MAX))
    }
}

/// Each round takes all that it may, or is done with the sessions it looked at.
async fn ended(to: &mut Writer, most: i64, gone: &mut Left) -> Result<i64, Error> {
    let mut left = most;
    while left > 0 {
        let sessions = sqlx::query_scalar!(
            "select e.session from app_ended e
             where not exists (select 1 from app_queue q where q.session = e.session and q.turn > 0) limit $1",
            left
        );
        let sessions = sessions.fetch_all(to.conn()?).await.map_err(error)?;
        if sessions.is_empty() {
            break;
        }
        let rows = sqlx::query!(
            "delete from app_queue where ctid = any(array(
                 select q.ctid from unnest($1::bigint[]) j (session)
                 cross join lateral (select ctid from app_queue where session = j.session order by message limit $2) q limit $2))
             returning message, shared",
            &sessions,
            left
        );
        let rows = rows.fetch_all(to.conn()?).await.map_err(error)?;
        left -= rows.len() as i64;
        rows.iter().for_each(|row| gone.push(row.message, row.shared));
        let empty = sqlx::query!(
            "delete from app_ended e where e.session = any($1)
                and not exists (select 1 from app_queue q where q.session = e.session)",
            &sessions
        );
        empty.execute(to.conn()?).await.map_err(error)?;
    }
    Ok(most - left)
}

async fn expired(to: &mut Writer, now: Timestamp, most: i64, gone: &mut Left) -> Result<i64, Error> {
    let rows = sqlx::query!(
        "delete from app_queue where ctid = any(array(
             select ctid from app_queue where expires_at <= $1 order by expires_at limit $2))
         returning message, shared",
        now.0,
        most
    );
    let rows = rows.fetch_all(to.conn()?).await.map_err(error)?;
    rows.iter().for_each(|row| gone.push(row.message, row.shared));
    Ok(rows.len() as i64)
}

async fn expired_at_topics(to: &mut Writer, now: Timestamp, most: i64) -> Result<i64, Error> {
    let delete = sqlx::query!(
        "delete from app_retained where ctid = any(array(
             select ctid from app_retained where expires_at <= $1 order by expires_at limit $2))",
        now.0,
        most
    );
    let rows = delete.execute(to.conn()?).await.map_err(error)?.rows_affected();
    Ok(rows.cast_signed())
}
