//! The ways into a room for those who are not in it, as they are now.

use crate::PostgresStore;
use async_trait::async_trait;
use chat::{Handle, LinkHash, RoomId, Timestamp, UserId};
use store::stored::{StoredInvitation, StoredLink, StoredRequest, handle, in_list};
use store::{Error, Invitation, Link, Request, Ways};

#[async_trait]
impl Ways for PostgresStore {
    async fn invitations_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Invitation>, Error> {
        let rows = sqlx::query_as!(
            StoredInvitation,
            r#"select i.room_id as "room_id!", r.handle as "room!", i.user_id as "user_id!", u.handle as "who!",
                      b.handle as "by!", i.role as "role!", i.at as "at!", i.expires_at as "expires_at!"
               from room_invitation i join room r on r.id = i.room_id
               join account u on u.id = i.user_id join account b on b.id = i.by_id
               where i.user_id = $1 and i.expires_at > $2 order by i.at limit 200"#,
            user.0,
            now.0
        );
        let readers = &self.running.readers;
        let rows = readers.ask(rows.fetch_all(&readers.pool)).await?;
        rows.into_iter().map(StoredInvitation::read).collect()
    }

    async fn invitations_to(&self, room: RoomId, now: Timestamp) -> Result<Vec<Invitation>, Error> {
        let rows = sqlx::query_as!(
            StoredInvitation,
            r#"select i.room_id as "room_id!", r.handle as "room!", i.user_id as "user_id!", u.handle as "who!",
                      b.handle as "by!", i.role as "role!", i.at as "at!", i.expires_at as "expires_at!"
               from room_invitation i join room r on r.id = i.room_id
               join account u on u.id = i.user_id join account b on b.id = i.by_id
               where i.room_id = $1 and i.expires_at > $2 order by i.at limit 1000"#,
            room.0,
            now.0
        );
        let readers = &self.running.readers;
        let rows = readers.ask(rows.fetch_all(&readers.pool)).await?;
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
               where room_id = $1 and handle > $2 order by handle limit $3"#,
            room.0,
            after,
            limit
        );
        let readers = &self.running.readers;
        let rows = readers.ask(rows.fetch_all(&readers.pool)).await?;
        rows.into_iter().map(StoredRequest::read).collect()
    }

    async fn links(&self, room: RoomId, now: Timestamp) -> Result<Vec<Link>, Error> {
        let rows = sqlx::query_as!(
            StoredLink,
            r#"select l.id as "id!", l.hash as "hash!", a.handle as "by_handle!", l.role as "role!", l.uses_left,
                      l.at as "at!", l.expires_at
               from room_link l join account a on a.id = l.by_id
               where l.room_id = $1 and (l.expires_at is null or l.expires_at > $2) order by l.id limit 50"#,
            room.0,
            now.0
        );
        let readers = &self.running.readers;
        let rows = readers.ask(rows.fetch_all(&readers.pool)).await?;
        rows.into_iter().map(|row| row.read(room)).collect()
    }

    async fn linked(&self, hash: &LinkHash, now: Timestamp) -> Result<Option<Handle>, Error> {
        let hash = &hash.0[..];
        let found = sqlx::query_scalar!(
            "select r.handle from room_link l join room r on r.id = l.room_id
             where l.hash = $1 and (l.expires_at is null or l.expires_at > $2) and (l.uses_left is null or l.uses_left > 0)",
            hash,
            now.0
        );
        let readers = &self.running.readers;
        let found = readers.ask(found.fetch_optional(&readers.pool)).await?;
        found.map(|found| handle(&found)).transpose()
    }
}
