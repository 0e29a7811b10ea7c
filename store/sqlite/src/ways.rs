//! The ways into a room for those who are not in it, as they are now.

use crate::SqliteStore;
use crate::failure::error;
use async_trait::async_trait;
use chat::{Handle, LinkHash, RoomId, Timestamp, UserId};
use store::stored::{StoredInvitation, StoredLink, StoredRequest, handle, in_list};
use store::{Error, Invitation, Link, Request, Ways};

#[async_trait]
impl Ways for SqliteStore {
    async fn invitations_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Invitation>, Error> {
        let rows = sqlx::query_as!(
            StoredInvitation,
            r#"select i.room_id as "room_id!", r.handle as "room!", i.user_id as "user_id!", u.handle as "who!",
                      b.handle as "by!", i.role as "role!", i.at as "at!", i.expires_at as "expires_at!"
               from room_invitation i cross join room r on r.id = i.room_id
               cross join account u on u.id = i.user_id cross join account b on b.id = i.by_id
               where i.user_id = ? and i.expires_at > ? order by i.at limit 200"#,
            user.0,
            now.0
        );
        let rows = rows.fetch_all(&self.running.readers).await.map_err(error)?;
        rows.into_iter().map(StoredInvitation::read).collect()
    }

    async fn invitations_to(&self, room: RoomId, now: Timestamp) -> Result<Vec<Invitation>, Error> {
        let rows = sqlx::query_as!(
            StoredInvitation,
            r#"select i.room_id as "room_id!", r.handle as "room!", i.user_id as "user_id!", u.handle as "who!",
                      b.handle as "by!", i.role as "role!", i.at as "at!", i.expires_at as "expires_at!"
               from room_invitation i cross join room r on r.id = i.room_id
               cross join account u on u.id = i.user_id cross join account b on b.id = i.by_id
               where i.room_id = ? and i.expires_at > ? order by i.at limit 1000"#,
            room.0,
            now.0
        );
        let rows = rows.fetch_all(&self.running.readers).await.map_err(error)?;
        rows.into_iter().map(StoredInvitation::read).collect()
    }

    async fn requests(
        &self,
        room: RoomId,
        after: Option<&Handle>,
        limit: u32,
    ) -> Result<Vec<Request>, Error> {
        let (after, limit) = (after.map_or("", Handle::as_str), in_list(limit));
        let rows = sqlx::query_as!(
            StoredRequest,
            r#"select user_id as "user_id!", handle as "handle!", words as "words!", at as "at!" from room_request
               where room_id = ? and handle > ? order by handle limit ?"#,
            room.0,
            after,
            limit
        );
        let rows = rows.fetch_all(&self.running.readers).await.map_err(error)?;
        rows.into_iter().map(StoredRequest::read).collect()
    }

    async fn links(&self, room: RoomId, now: Timestamp) -> Result<Vec<Link>, Error> {
        let rows = sqlx::query_as!(
            StoredLink,
            r#"select l.id as "id!", l.hash as "hash!", a.handle as "by_handle!", l.role as "role!", l.uses_left,
                      l.at as "at!", l.expires_at
               from room_link l cross join account a on a.id = l.by_id
               where l.room_id = ? and (l.expires_at is null or l.expires_at > ?) order by l.id limit 50"#,
            room.0,
            now.0
        );
        let rows = rows.fetch_all(&self.running.readers).await.map_err(error)?;
        rows.into_iter().map(|row| row.read(room)).collect()
    }

    async fn linked(&self, hash: &LinkHash, now: Timestamp) -> Result<Option<Handle>, Error> {
        let hash = &hash.0[..];
        let found = sqlx::query_scalar!(
            "select r.handle from room_link l cross join room r on r.id = l.room_id
             where l.hash = ? and (l.expires_at is null or l.expires_at > ?) and (l.uses_left is null or l.uses_left > 0)",
            hash,
            now.0
        );
        let found = found.fetch_optional(&self.running.readers).await.map_err(error)?;
        found.map(|found| handle(&found)).transpose()
    }
}
