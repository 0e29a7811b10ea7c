//! The ways into a room for those who are not in it. What has run out goes with the next of its room.

use crate::SqliteStore;
use crate::failure::error;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{Handle, LinkHash, RoomId, RulesVersion, Timestamp, UserId};
use store::lane::{Write, Writer as _};
use store::stored::{damaged, handle, role};
use store::{Error, Invitation, Link, LinkId, NewInvitation, NewLink, NewRequest, Request, Way, Ways};

/// See [`Ways::invite`].
struct NewInvitationOf(NewInvitation);

/// See [`Ways::ask_in`].
struct NewRequestOf(NewRequest);

/// See [`Ways::add_link`].
struct NewLinkOf(NewLink);

/// A way that is shut.
enum Ended {
    Invitation(RoomId, UserId),
    Request(RoomId, UserId),
    Link(RoomId, LinkId),
}

/// Whether the room's rules are still those, and the person is neither in it nor banned.
async fn is_open(
    to: &mut Writer,
    room: RoomId,
    rules: RulesVersion,
    user: Option<UserId>,
) -> Result<Option<Way>, Error> {
    let found = sqlx::query_scalar!("select rules_version from room where id = ?", room.0);
    if found.fetch_optional(&mut to.conn).await.map_err(error)? != Some(rules.0) {
        return Ok(Some(Way::Stale));
    }
    let Some(user) = user else { return Ok(None) };
    let barred = sqlx::query_scalar!(
        r#"select exists (select 1 from membership where room_id = ? and user_id = ? and to_seq is null)
               or exists (select 1 from ban where room_id = ? and user_id = ?) as "barred!: bool""#,
        room.0,
        user.0,
        room.0,
        user.0
    );
    let is_barred = barred.fetch_one(&mut to.conn).await.map_err(error)?;
    Ok(is_barred.then_some(Way::Pointless))
}

#[async_trait]
impl Write<Writer> for NewInvitationOf {
    type Answer = Way;

    async fn write(&self, to: &mut Writer) -> Result<Way, Error> {
        let NewInvitation { room, rules, user, by, role, at, expires_at } = &self.0;
        to.begin().await?;
        if let Some(way) = is_open(to, *room, *rules, Some(*user)).await? {
            return Ok(way);
        }
        let over = sqlx::query!(
            "delete from room_invitation where expires_at <= ? and (room_id = ? or user_id = ?)",
            at.0,
            room.0,
            user.0
        );
        over.execute(&mut to.conn).await.map_err(error)?;
        let counts = sqlx::query!(
            r#"select (select count(*) from room_invitation where room_id = ? and user_id <> ?) as "of_room!: i64",
                      (select count(*) from room_invitation where user_id = ? and room_id <> ?) as "of_user!: i64""#,
            room.0,
            user.0,
            user.0,
            room.0
        );
        let counts = counts.fetch_one(&mut to.conn).await.map_err(error)?;
        if counts.of_room >= i64::from(Way::INVITATIONS)
            || counts.of_user >= i64::from(Way::INVITATIONS_OF_ONE)
        {
            return Ok(Way::TooMany);
        }
        let role = *role as u8;
        let upsert = sqlx::query!(
            "insert into room_invitation (room_id, user_id, by_id, role, at, expires_at) values (?, ?, ?, ?, ?, ?)
             on conflict (room_id, user_id) do update set by_id = excluded.by_id, role = excluded.role,
                 at = excluded.at, expires_at = excluded.expires_at",
            room.0,
            user.0,
            by.0,
            role,
            at.0,
            expires_at.0
        );
        upsert.execute(&mut to.conn).await.map_err(error)?;
        Ok(Way::Open)
    }
}

#[async_trait]
impl Write<Writer> for NewRequestOf {
    type Answer = Way;

    async fn write(&self, to: &mut Writer) -> Result<Way, Error> {
        let NewRequest { room, rules, user, handle, words, at } = &self.0;
        to.begin().await?;
        if let Some(way) = is_open(to, *room, *rules, Some(*user)).await? {
            return Ok(way);
        }
        let count = sqlx::query_scalar!(
            "select count(*) from room_request where room_id = ? and user_id <> ?",
            room.0,
            user.0
        );
        if count.fetch_one(&mut to.conn).await.map_err(error)? >= i64::from(Way::REQUESTS) {
            return Ok(Way::TooMany);
        }
        let handle = handle.as_str();
        let upsert = sqlx::query!(
            "insert into room_request (room_id, user_id, handle, words, at) values (?, ?, ?, ?, ?)
             on conflict (room_id, user_id) do update set words = excluded.words, at = excluded.at",
            room.0,
            user.0,
            handle,
            words,
            at.0
        );
        upsert.execute(&mut to.conn).await.map_err(error)?;
        Ok(Way::Open)
    }
}

#[async_trait]
impl Write<Writer> for NewLinkOf {
    type Answer = Way;

    async fn write(&self, to: &mut Writer) -> Result<Way, Error> {
        let NewLink { id, room, rules, hash, by, role, uses, at, expires_at } = &self.0;
        to.begin().await?;
        if let Some(way) = is_open(to, *room, *rules, None).await? {
            return Ok(way);
        }
        let over = sqlx::query!("delete from room_link where room_id = ? and expires_at <= ?", room.0, at.0);
        over.execute(&mut to.conn).await.map_err(error)?;
        let count = sqlx::query_scalar!("select count(*) from room_link where room_id = ?", room.0);
        if count.fetch_one(&mut to.conn).await.map_err(error)? >= i64::from(Way::LINKS) {
            return Ok(Way::TooMany);
        }
        let (hash, role, uses) = (&hash.0[..], *role as u8, uses.map(i64::from));
        let expires_at = expires_at.map(|end| end.0);
        let insert = sqlx::query!(
            "insert into room_link (id, room_id, hash, by_id, role, uses_left, at, expires_at)
             values (?, ?, ?, ?, ?, ?, ?, ?)",
            id.0,
            room.0,
            hash,
            by.0,
            role,
            uses,
            at.0,
            expires_at
        );
        insert.execute(&mut to.conn).await.map_err(error)?;
        Ok(Way::Open)
    }
}

#[async_trait]
impl Write<Writer> for Ended {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        to.begin().await?;
        let done = match self {
            Ended::Invitation(room, user) => {
                let delete = sqlx::query!(
                    "delete from room_invitation where room_id = ? and user_id = ?",
                    room.0,
                    user.0
                );
                delete.execute(&mut to.conn).await
            }
            Ended::Request(room, user) => {
                let delete = sqlx::query!(
                    "delete from room_request where room_id = ? and user_id = ?",
                    room.0,
                    user.0
                );
                delete.execute(&mut to.conn).await
            }
            Ended::Link(room, id) => {
                let delete = sqlx::query!("delete from room_link where room_id = ? and id = ?", room.0, id.0);
                delete.execute(&mut to.conn).await
            }
        };
        Ok(done.map_err(error)?.rows_affected() == 1)
    }
}

/// An invitation, column by column.
struct Invited {
    room_id: i64,
    room: String,
    user_id: i64,
    who: String,
    by: String,
    role: i64,
    at: i64,
    expires_at: i64,
}

impl Invited {
    fn read(self) -> Result<Invitation, Error> {
        Ok(Invitation {
            room: RoomId(self.room_id),
            handle: handle(&self.room)?,
            user: UserId(self.user_id),
            who: handle(&self.who)?,
            by: handle(&self.by)?,
            role: role(self.role)?,
            at: Timestamp(self.at),
            expires_at: Timestamp(self.expires_at),
        })
    }
}

#[async_trait]
impl Ways for SqliteStore {
    async fn invite(&self, new: &NewInvitation) -> Result<Way, Error> {
        self.running.lane.write(NewInvitationOf(new.clone())).await
    }

    async fn invitations_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Invitation>, Error> {
        let rows = sqlx::query_as!(
            Invited,
            r#"select i.room_id as "room_id!", r.handle as "room!", i.user_id as "user_id!", u.handle as "who!",
                      b.handle as "by!", i.role as "role!", i.at as "at!", i.expires_at as "expires_at!"
               from room_invitation i cross join room r on r.id = i.room_id
               cross join account u on u.id = i.user_id cross join account b on b.id = i.by_id
               where i.user_id = ? and i.expires_at > ? order by i.at limit 200"#,
            user.0,
            now.0
        );
        let rows = rows.fetch_all(&self.running.readers).await.map_err(error)?;
        rows.into_iter().map(Invited::read).collect()
    }

    async fn invitations_to(&self, room: RoomId, now: Timestamp) -> Result<Vec<Invitation>, Error> {
        let rows = sqlx::query_as!(
            Invited,
            r#"select i.room_id as "room_id!", r.handle as "room!", i.user_id as "user_id!", u.handle as "who!",
                      b.handle as "by!", i.role as "role!", i.at as "at!", i.expires_at as "expires_at!"
               from room_invitation i cross join room r on r.id = i.room_id
               cross join account u on u.id = i.user_id cross join account b on b.id = i.by_id
               where i.room_id = ? and i.expires_at > ? order by i.at limit 1000"#,
            room.0,
            now.0
        );
        let rows = rows.fetch_all(&self.running.readers).await.map_err(error)?;
        rows.into_iter().map(Invited::read).collect()
    }

    async fn end_invitation(&self, room: RoomId, user: UserId) -> Result<bool, Error> {
        self.running.lane.write(Ended::Invitation(room, user)).await
    }

    async fn ask_in(&self, new: &NewRequest) -> Result<Way, Error> {
        self.running.lane.write(NewRequestOf(new.clone())).await
    }

    async fn requests(
        &self,
        room: RoomId,
        after: Option<&Handle>,
        limit: u32,
    ) -> Result<Vec<Request>, Error> {
        let (after, limit) = (after.map_or("", Handle::as_str), i64::from(limit.min(1_000)));
        let rows = sqlx::query!(
            r#"select user_id as "user_id!", handle as "handle!", words as "words!", at as "at!" from room_request
               where room_id = ? and handle > ? order by handle limit ?"#,
            room.0,
            after,
            limit
        );
        let rows = rows.fetch_all(&self.running.readers).await.map_err(error)?.into_iter();
        rows.map(|row| {
            let (user, at) = (UserId(row.user_id), Timestamp(row.at));
            Ok(Request { user, handle: handle(&row.handle)?, words: row.words, at })
        })
        .collect()
    }

    async fn end_request(&self, room: RoomId, user: UserId) -> Result<bool, Error> {
        self.running.lane.write(Ended::Request(room, user)).await
    }

    async fn add_link(&self, new: &NewLink) -> Result<Way, Error> {
        self.running.lane.write(NewLinkOf(new.clone())).await
    }

    async fn links(&self, room: RoomId, now: Timestamp) -> Result<Vec<Link>, Error> {
        let rows = sqlx::query!(
            r#"select l.id as "id!", l.hash as "hash!", a.handle as "by_handle!", l.role as "role!", l.uses_left,
                      l.at as "at!", l.expires_at
               from room_link l cross join account a on a.id = l.by_id
               where l.room_id = ? and (l.expires_at is null or l.expires_at > ?) order by l.id limit 50"#,
            room.0,
            now.0
        );
        let rows = rows.fetch_all(&self.running.readers).await.map_err(error)?.into_iter();
        rows.map(|row| {
            let uses = row.uses_left.map(|left| u32::try_from(left).map_err(|_| damaged("count of uses")));
            Ok(Link {
                id: LinkId(row.id),
                room,
                hash: LinkHash(row.hash.try_into().map_err(|_| damaged("hash"))?),
                by: handle(&row.by_handle)?,
                role: role(row.role)?,
                uses_left: uses.transpose()?,
                at: Timestamp(row.at),
                expires_at: row.expires_at.map(Timestamp),
            })
        })
        .collect()
    }

    async fn end_link(&self, room: RoomId, id: LinkId) -> Result<bool, Error> {
        self.running.lane.write(Ended::Link(room, id)).await
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
