//! What sessions listen to beside chat.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::UserId;
use std::collections::HashMap;
use store::lane::Write;
use store::messages::{last_words, topic_key};
use store::stored::{handle, in_list, number};
use store::{AppSession, Error, SessionId};

/// See [`store::Apps::save_filters`].
pub(crate) struct Save {
    pub(crate) id: SessionId,
    pub(crate) epoch: u64,
    pub(crate) changes: Vec<(String, Option<Vec<u8>>)>,
}

#[async_trait]
impl Write<Writer> for Save {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let (id, epoch) = (self.id.0, number(self.epoch));
        let ours = sqlx::query_scalar!("select id from session where id = $1 and epoch = $2", id, epoch);
        if ours.fetch_optional(to.conn()?).await.map_err(error)?.is_none() {
            return Ok(());
        }
        let (put, removed) = last_words(&self.changes);
        let keys: Vec<Vec<u8>> = put.iter().map(|(filter, _)| topic_key(filter)).collect();
        let (filters, how): (Vec<&str>, Vec<&[u8]>) = put.into_iter().unzip();
        let upsert = sqlx::query!(
            "insert into app_filter (session, key, filter, how)
             select $1, * from unnest($2::bytea[], $3::text[], $4::bytea[])
             on conflict (session, key) do update set how = excluded.how",
            id,
            &keys,
            &filters as &[&str],
            &how as &[&[u8]]
        );
        upsert.execute(to.conn()?).await.map_err(error)?;
        let removed: Vec<Vec<u8>> = removed.into_iter().map(topic_key).collect();
        let delete =
            sqlx::query!("delete from app_filter where session = $1 and key = any($2)", id, &removed);
        delete.execute(to.conn()?).await.map(drop).map_err(error)
    }
}

/// These sessions end, and still have their rows. Their filters go at once, since they hear nothing any more; a queue may be long, and is only noted.
pub(crate) async fn end(to: &mut Writer, sessions: &[i64]) -> Result<(), Error> {
    let delete = sqlx::query!("delete from app_filter where session = any($1)", sessions);
    delete.execute(to.conn()?).await.map_err(error)?;
    let insert = sqlx::query!(
        "insert into app_ended (session, clean) select s.id, s.clean from session s
         where s.id = any($1) and exists (select 1 from app_queue q where q.session = s.id)",
        sessions
    );
    // Planned each time, for the reason of Writer::plans_anew.
    insert.persistent(false).execute(to.conn()?).await.map(drop).map_err(error)
}

/// See [`store::Apps::sessions`].
pub(crate) async fn sessions(
    readers: &Readers,
    after: SessionId,
    limit: u32,
) -> Result<Vec<AppSession>, Error> {
    let rows = sqlx::query!(
        "select s.id, s.user_id, a.handle, s.client_id
         from (select distinct session from app_filter where session > $1 order by session limit $2) f
         join session s on s.id = f.session
         join account a on a.id = s.user_id
         order by s.id",
        after.0,
        in_list(limit)
    );
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut filters = filters_of(readers, &ids).await?;
    let queues = queues_of(readers, &ids).await?;
    let session = |(id, user, name, client_id): (i64, i64, String, String)| {
        let (waiting, waiting_bytes) = queues.get(&id).copied().unwrap_or_default();
        Ok(AppSession {
            id: SessionId(id),
            user: UserId(user),
            handle: handle(&name)?,
            client_id,
            subscriptions: filters.remove(&id).unwrap_or_default(),
            waiting,
            waiting_bytes,
        })
    };
    rows.into_iter().map(|row| (row.id, row.user_id, row.handle, row.client_id)).map(session).collect()
}

/// Filters by session, and what is kept with each.
type Filters = HashMap<i64, Vec<(String, Vec<u8>)>>;

async fn filters_of(readers: &Readers, sessions: &[i64]) -> Result<Filters, Error> {
    let rows = sqlx::query!("select session, filter, how from app_filter where session = any($1)", sessions);
    let mut filters = Filters::new();
    for row in readers.ask(rows.fetch_all(&readers.pool)).await? {
        filters.entry(row.session).or_default().push((row.filter, row.how));
    }
    Ok(filters)
}

/// How many messages wait, and their bytes.
async fn queues_of(readers: &Readers, sessions: &[i64]) -> Result<HashMap<i64, (u64, u64)>, Error> {
    let rows = sqlx::query!(
        r#"select session, count(*) as "messages!", sum(size)::bigint as "bytes!"
           from app_queue where session = any($1) group by session"#,
        sessions
    );
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter();
    Ok(rows.map(|row| (row.session, (row.messages.cast_unsigned(), row.bytes.cast_unsigned()))).collect())
}
