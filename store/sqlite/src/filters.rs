//! What sessions listen to beside chat.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use chat::UserId;
use sqlx::SqliteConnection;
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
    /// As with the subscriptions in the session's row: a device that is told that it listens would hear nothing.
    const SPARES: bool = true;

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let epoch = number(self.epoch);
        let ours = sqlx::query_scalar!("select id from session where id = ? and epoch = ?", self.id.0, epoch);
        if ours.fetch_optional(&mut to.conn).await.map_err(error)?.is_none() {
            return Ok(());
        }
        let (put, removed) = last_words(&self.changes);
        let put = put.into_iter().map(|(filter, how)| (key(filter), filter, hex::encode(how)));
        let put = json(&put.collect::<Vec<_>>())?;
        let upsert = sqlx::query!(
            "insert into app_filter (session, key, filter, how)
             select ?1, unhex(j.value ->> 0), j.value ->> 1, unhex(j.value ->> 2) from json_each(?2) j where true
             on conflict (session, key) do update set how = excluded.how",
            self.id.0,
            put
        );
        upsert.execute(&mut to.conn).await.map_err(error)?;
        let removed = json(&removed.into_iter().map(key).collect::<Vec<_>>())?;
        let delete = sqlx::query!(
            "delete from app_filter
             where session = ?1 and key in (select unhex(j.value) from json_each(?2) j)",
            self.id.0,
            removed
        );
        delete.execute(&mut to.conn).await.map(drop).map_err(error)
    }
}

fn key(filter: &str) -> String {
    hex::encode(topic_key(filter))
}

/// These sessions end, and still have their rows. Their filters go at once, since they hear nothing any more; a queue may be long, and is only noted.
pub(crate) async fn end(conn: &mut SqliteConnection, sessions: &[i64]) -> Result<(), Error> {
    let sessions = json(&sessions)?;
    let delete = sqlx::query!(
        "delete from app_filter where session in (select j.value from json_each(?) j)",
        sessions
    );
    delete.execute(&mut *conn).await.map_err(error)?;
    let insert = sqlx::query!(
        "insert into app_ended (session, clean)
         select s.id, s.clean from json_each(?) j cross join session s on s.id = j.value
         where exists (select 1 from app_queue q where q.session = s.id)",
        sessions
    );
    insert.execute(conn).await.map(drop).map_err(error)
}

/// See [`store::Apps::sessions`].
pub(crate) async fn sessions(
    readers: &Readers,
    after: SessionId,
    limit: u32,
) -> Result<Vec<AppSession>, Error> {
    let limit = in_list(limit);
    let rows = sqlx::query!(
        r#"select s.id as "id!", s.user_id as "user_id!", a.handle as "handle!", s.client_id as "client_id!"
           from (select distinct session from app_filter where session > ?1 order by session limit ?2) f
           cross join session s on s.id = f.session
           cross join account a on a.id = s.user_id
           order by f.session"#,
        after.0,
        limit
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?;
    let ids = json(&rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let mut filters = filters_of(readers, &ids).await?;
    let queues = queues_of(readers, &ids).await?;
    let session = |row: _| {
        let row: (i64, i64, String, String) = row;
        let (waiting, waiting_bytes) = queues.get(&row.0).copied().unwrap_or_default();
        Ok(AppSession {
            id: SessionId(row.0),
            user: UserId(row.1),
            handle: handle(&row.2)?,
            client_id: row.3,
            subscriptions: filters.remove(&row.0).unwrap_or_default(),
            waiting,
            waiting_bytes,
        })
    };
    rows.into_iter().map(|row| (row.id, row.user_id, row.handle, row.client_id)).map(session).collect()
}

/// Filters by session, and what is kept with each.
type Filters = HashMap<i64, Vec<(String, Vec<u8>)>>;

async fn filters_of(readers: &Readers, sessions: &str) -> Result<Filters, Error> {
    let rows = sqlx::query!(
        r#"select f.session as "session!", f.filter, f.how
           from json_each(?) j cross join app_filter f on f.session = j.value"#,
        sessions
    );
    let mut filters = Filters::new();
    for row in rows.fetch_all(readers).await.map_err(error)? {
        filters.entry(row.session).or_default().push((row.filter, row.how));
    }
    Ok(filters)
}

/// How many messages wait, and their bytes.
async fn queues_of(readers: &Readers, sessions: &str) -> Result<HashMap<i64, (u64, u64)>, Error> {
    let rows = sqlx::query!(
        r#"select q.session as "session!", count(*) as "messages!: i64", sum(q.size) as "bytes!: i64"
           from json_each(?) j cross join app_queue q on q.session = j.value group by q.session"#,
        sessions
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?.into_iter();
    Ok(rows.map(|row| (row.session, (row.messages.cast_unsigned(), row.bytes.cast_unsigned()))).collect())
}
