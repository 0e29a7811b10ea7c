//! Where users meet.

use crate::accounts::state_of;
use crate::failure::error;
use crate::media;
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{Act, Handle, Kind, RoomId, RulesVersion, Seq, UserId};
use store::lane::Write;
use store::seal::pack_fact;
use store::stored::{damaged, handle, in_list, room_kind};
use store::{AccountState, Error, Made, NewRoom, Room, RoomHead};

/// Makes a room.
pub(crate) struct Make(pub(crate) NewRoom);

/// Finds or makes the room of two.
pub(crate) struct Direct {
    pub(crate) pair: (UserId, UserId),
    pub(crate) room: NewRoom,
}

#[async_trait]
impl Write<Writer> for Make {
    type Answer = Made;

    async fn write(&self, to: &mut Writer) -> Result<Made, Error> {
        let taken = sqlx::query_scalar!("select id from room where handle = $1", self.0.handle.as_str());
        if let Some(id) = taken.fetch_optional(to.conn()?).await.map_err(error)? {
            return Ok(Made::Taken(RoomId(id)));
        }
        make(to, &self.0).await?;
        Ok(Made::New)
    }
}

#[async_trait]
impl Write<Writer> for Direct {
    type Answer = RoomId;

    async fn write(&self, to: &mut Writer) -> Result<RoomId, Error> {
        let (a, b) = in_order(self.pair);
        let found = sqlx::query_scalar!("select room_id from direct where a = $1 and b = $2", a, b);
        if let Some(id) = found.fetch_optional(to.conn()?).await.map_err(error)? {
            return Ok(RoomId(id));
        }
        make(to, &self.room).await?;
        let insert =
            sqlx::query!("insert into direct (a, b, room_id) values ($1, $2, $3)", a, b, self.room.id.0);
        insert.execute(to.conn()?).await.map_err(error)?;
        Ok(self.room.id)
    }
}

/// The room, its first entry and its first members.
pub(crate) async fn make(to: &mut Writer, room: &NewRoom) -> Result<(), Error> {
    let (_, wrapped) = to.keys.master().make_room_key(room.id)?;
    let count = i64::try_from(room.members.len()).unwrap_or(i64::MAX);
    let (about, policy) = (&room.settings.about, &room.settings.policy);
    let hangs = media::hang_first(to, room).await?;
    let least = |role: chat::Role| i16::from(role as u8);
    let insert = sqlx::query!(
        "insert into room (id, handle, kind, rules_version, last_seq, last_n, first_seq, member_count, key_id,
                           wrapped_key, created_at, changed, name, description, avatar, join_rule, history, write_role,
                           pin_role, invite_role, call_role, member_limit, slow_mode, listed)
         values ($1, $2, $3, 1, 1, 0, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
                 $20)",
        room.id.0,
        room.handle.as_str(),
        i16::from(room.kind as u8),
        count,
        to.keys.master().id(),
        wrapped,
        room.at.0,
        to.stamp(),
        about.name.as_deref(),
        about.description.as_deref(),
        about.avatar.as_deref().filter(|_| hangs),
        i16::from(policy.join as u8),
        i16::from(policy.history as u8),
        least(policy.write),
        least(policy.pin),
        least(policy.invite),
        least(policy.call_all),
        policy.member_limit.map(i64::from),
        i64::from(policy.slow_mode),
        policy.listed
    );
    insert.execute(to.conn()?).await.map_err(error)?;
    first_entry(to, room).await?;
    first_members(to, room).await
}

async fn first_entry(to: &mut Writer, room: &NewRoom) -> Result<(), Error> {
    let members = room.members.iter().map(|(_, handle, _)| handle.clone()).collect();
    let body = pack_fact(&Act::Created { members })?;
    let insert = sqlx::query!(
        "insert into message (room_id, seq, n, sender_id, kind, sent_at, body)
         select $1, 1, 0, a.id, $2, $3, $4 from account a where a.id = $5",
        room.id.0,
        i16::from(Kind::Created as u8),
        room.at.0,
        body,
        room.by.0
    );
    match insert.execute(to.conn()?).await.map_err(error)?.rows_affected() {
        1 => Ok(()),
        _ => Err(Error::Broken(format!("user {} has no account and can make no room", room.by))),
    }
}

async fn first_members(to: &mut Writer, room: &NewRoom) -> Result<(), Error> {
    let users: Vec<i64> = room.members.iter().map(|(user, ..)| user.0).collect();
    let handles: Vec<String> = room.members.iter().map(|(_, handle, _)| handle.to_string()).collect();
    let roles: Vec<i16> = room.members.iter().map(|(.., role)| i16::from(*role as u8)).collect();
    let insert = sqlx::query!(
        "insert into membership (room_id, user_id, from_seq, role, handle)
         select $1, j.user_id, 1, j.role, j.handle
         from unnest($2::bigint[], $3::smallint[], $4::text[]) j (user_id, role, handle)",
        room.id.0,
        &users,
        &roles,
        &handles
    );
    insert.execute(to.conn()?).await.map_err(error)?;
    crate::accounts::rooms_changed(to, &users).await
}

/// Of these users those whose accounts go on, and whether their own rooms are there.
pub(crate) async fn own(to: &mut Writer, users: &[UserId]) -> Result<Vec<(UserId, Handle, bool)>, Error> {
    let users: Vec<i64> = users.iter().map(|user| user.0).collect();
    let rows = sqlx::query!(
        r#"select a.id, a.handle, r.id is not null as "is_there!"
           from account a left join room r on r.id = -a.id where a.id = any($1) and a.state <> $2"#,
        &users,
        state_of(AccountState::Deleted)
    );
    let rows = rows.fetch_all(to.conn()?).await.map_err(error)?;
    rows.into_iter().map(|row| Ok((UserId(row.id), handle(&row.handle)?, row.is_there))).collect()
}

/// A pair as it is stored.
fn in_order((one, other): (UserId, UserId)) -> (i64, i64) {
    (one.0.min(other.0), one.0.max(other.0))
}

/// The handle of two users' room.
pub(crate) async fn direct(readers: &Readers, pair: (UserId, UserId)) -> Result<Option<Handle>, Error> {
    let (a, b) = in_order(pair);
    let found = sqlx::query_scalar!(
        "select r.handle from direct d join room r on r.id = d.room_id where d.a = $1 and d.b = $2",
        a,
        b
    );
    readers.ask(found.fetch_optional(&readers.pool)).await?.map(|found| handle(&found)).transpose()
}

/// Rooms in the order of their handles, without those that are somebody's own (kind 9).
pub(crate) async fn list(readers: &Readers, after: Option<&Handle>, limit: u32) -> Result<Vec<Room>, Error> {
    let rows = sqlx::query!(
        "select id, handle, kind, rules_version, last_seq, last_n, member_count from room
         where handle > $1 and kind <> 9 order by handle limit $2",
        after.map_or("", Handle::as_str),
        in_list(limit)
    );
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter();
    rows.map(|row| {
        Ok(Room {
            id: RoomId(row.id),
            handle: handle(&row.handle)?,
            kind: room_kind(i64::from(row.kind))?,
            rules: RulesVersion(row.rules_version),
            last_seq: Seq(row.last_seq.cast_unsigned()),
            last_n: row.last_n.cast_unsigned(),
            members: u32::try_from(row.member_count).map_err(|_| damaged("count of members"))?,
        })
    })
    .collect()
}

/// The ends of these rooms' logs.
pub(crate) async fn heads(readers: &Readers, rooms: &[RoomId]) -> Result<Vec<RoomHead>, Error> {
    let rooms: Vec<i64> = rooms.iter().map(|room| room.0).collect();
    let rows = sqlx::query!("select id, last_seq from room where id = any($1)", &rooms);
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter();
    Ok(rows
        .map(|row| RoomHead { room: RoomId(row.id), last_seq: Seq(row.last_seq.cast_unsigned()) })
        .collect())
}
