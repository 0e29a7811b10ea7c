//! Requests that their callers may send twice, and what was answered.

use crate::failure::error;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{Timestamp, UserId};
use store::lane::Write;
use store::{Begun, Error, RequestKey, SecretHash};

/// See [`store::People::begin_request`].
pub(crate) struct Begin {
    pub(crate) key: RequestKey,
    pub(crate) request: SecretHash,
    pub(crate) now: Timestamp,
    pub(crate) stale: Timestamp,
}

/// See [`store::People::end_request`].
pub(crate) struct End {
    pub(crate) key: RequestKey,
    pub(crate) answer: Option<Vec<u8>>,
}

/// See [`store::People::forget_ended`].
pub(crate) struct Forget {
    pub(crate) now: Timestamp,
    pub(crate) since: Timestamp,
    pub(crate) limit: u32,
}

#[async_trait]
impl Write<Writer> for Begin {
    type Answer = Begun;

    async fn write(&self, to: &mut Writer) -> Result<Begun, Error> {
        let (user, key, request) = (user(&self.key), &self.key.key.0[..], &self.request.0[..]);
        let row = sqlx::query!(
            "select request_hash, begun_at, answer from request where user_id = ? and key_hash = ?",
            user,
            key
        );
        match row.fetch_optional(&mut to.conn).await.map_err(error)? {
            Some(row) if row.request_hash != request => return Ok(Begun::Another),
            Some(row) if row.answer.is_some() => {
                let answer = to.keys.master().open_answer(&self.key, row.answer.unwrap_or_default())?;
                return Ok(Begun::Answered(answer));
            }
            Some(row) if row.begun_at >= self.stale.0 => return Ok(Begun::Running),
            _ => {}
        }
        let insert = sqlx::query!(
            "insert into request (user_id, key_hash, request_hash, begun_at) values (?, ?, ?, ?)
             on conflict (user_id, key_hash) do update set begun_at = excluded.begun_at",
            user,
            key,
            request,
            self.now.0
        );
        insert.execute(&mut to.conn).await.map_err(error)?;
        Ok(Begun::New)
    }
}

#[async_trait]
impl Write<Writer> for End {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let (user, key) = (user(&self.key), &self.key.key.0[..]);
        let ended = match &self.answer {
            Some(answer) => {
                let sealed = to.keys.master().seal_answer(&self.key, answer.clone())?;
                sqlx::query!(
                    "update request set answer = ? where user_id = ? and key_hash = ?",
                    sealed,
                    user,
                    key
                )
                .execute(&mut to.conn)
                .await
            }
            None => {
                sqlx::query!(
                    "delete from request where user_id = ? and key_hash = ? and answer is null",
                    user,
                    key
                )
                .execute(&mut to.conn)
                .await
            }
        };
        ended.map(|_| ()).map_err(error)
    }
}

#[async_trait]
impl Write<Writer> for Forget {
    type Answer = u32;

    async fn write(&self, to: &mut Writer) -> Result<u32, Error> {
        let credentials = sqlx::query_scalar!(
            r#"delete from credential where id in (select id from credential where expires_at <= ? limit ?)
               returning user_id as "user_id!""#,
            self.now.0,
            self.limit
        );
        let credentials = credentials.fetch_all(&mut to.conn).await.map_err(error)?;
        credentials.iter().for_each(|user| to.callers.changes(UserId(*user)));
        let credentials = credentials.len() as u64;
        let tickets = sqlx::query!(
            "delete from ticket where id in (select id from ticket where expires_at <= ? limit ?)",
            self.now.0,
            self.limit
        );
        let tickets = tickets.execute(&mut to.conn).await.map_err(error)?.rows_affected();
        let requests = sqlx::query!(
            "delete from request where (user_id, key_hash) in
                 (select user_id, key_hash from request where begun_at < ? limit ?)",
            self.since.0,
            self.limit
        );
        let requests = requests.execute(&mut to.conn).await.map_err(error)?.rows_affected();
        Ok(u32::try_from(credentials + tickets + requests).unwrap_or(u32::MAX))
    }
}

/// Whose key it is, as it is stored.
fn user(key: &RequestKey) -> i64 {
    key.user.map_or(0, |user| user.0)
}
