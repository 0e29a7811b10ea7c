//! Where users meet.

use crate::accounts::state_of;
use crate::ends::End;
use crate::failure::error;
use crate::media;
use crate::readers::Readers;
use crate::writer::{Writer, json, json_of};
use async_trait::async_trait;
use chat::{Act, Handle, Kind, RoomId, RulesVersion, Seq, UserId};
use store::lane::Write;
use store::seal::pack_fact;
use store::stored::{StoredPolicy, damaged, handle, in_list, room_kind};
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
        let name = self.0.handle.as_str();
        let taken = sqlx::query_scalar!("select id from room where handle = ?", name);
        if let Some(id) = taken.fetch_optional(&mut to.conn).await.map_err(error)? {
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
        let found = sqlx::query_scalar!("select room_id from direct where a = ? and b = ?", a, b);
        if let Some(id) = found.fetch_optional(&mut to.conn).await.map_err(error)? {
            return Ok(RoomId(id));
        }
        make(to, &self.room).await?;
        let insert =
            sqlx::query!("insert into direct (a, b, room_id) values (?, ?, ?)", a, b, self.room.id.0);
        insert.execute(&mut to.conn).await.map_err(error)?;
        Ok(self.room.id)
    }
}

/// The room, its first entry and its first members.
pub(crate) async fn make(to: &mut Writer, room: &NewRoom) -> Result<(), Error> {
    let (_, wrapped) = to.keys.master().make_room_key(room.id)?;
    let (name, kind, key_id) = (room.handle.as_str(), i64::from(room.kind as u8), to.keys.master().id());
    let count = number_of(room);
    let (about, policy) = (&room.settings.about, StoredPolicy::from(&room.settings.policy));
    let hangs = media::hang_first(to, room).await?;
    let (title, description, avatar) =
        (about.name.as_deref(), about.description.as_deref(), about.avatar.as_deref().filter(|_| hangs));
    let insert = sqlx::query!(
        "insert into room (id, handle, kind, rules_version, first_seq, member_count, key_id, wrapped_key, created_at,
                           name, description, avatar, join_rule, history, write_role, pin_role, invite_role,
                           call_role, member_limit, slow_mode, listed)
         values (?, ?, ?, 1, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        room.id.0,
        name,
        kind,
        count,
        key_id,
        wrapped,
        room.at.0,
        title,
        description,
        avatar,
        policy.join_rule,
        policy.history,
        policy.write_role,
        policy.pin_role,
        policy.invite_role,
        policy.call_role,
        policy.member_limit,
        policy.slow_mode,
        policy.listed
    );
    insert.execute(&mut to.conn).await.map_err(error)?;
    first_entry(to, room).await?;
    first_members(to, room).await
}

fn number_of(room: &NewRoom) -> i64 {
    i64::try_from(room.members.len()).unwrap_or(i64::MAX)
}

async fn first_entry(to: &mut Writer, room: &NewRoom) -> Result<(), Error> {
    let members = room.members.iter().map(|(_, handle, _)| handle.clone()).collect();
    let body = pack_fact(&Act::Created { members })?;
    let kind = i64::from(Kind::Created as u8);
    let insert = sqlx::query!(
        "insert into message (room_id, seq, n, sender_id, kind, sent_at, body)
         select ?, 1, 0, a.id, ?, ?, ? from account a where a.id = ?",
        room.id.0,
        kind,
        room.at.0,
        body,
        room.by.0
    );
    let inserted = insert.execute(&mut to.conn).await.map_err(error)?;
    match inserted.rows_affected() {
        1 => {
            to.makes(room.id, End { seq: 1, id: inserted.last_insert_rowid(), at: room.at.0 });
            Ok(())
        }
        _ => Err(Error::Broken(format!("user {} has no account and can make no room", room.by))),
    }
}

async fn first_members(to: &mut Writer, room: &NewRoom) -> Result<(), Error> {
    let members: Vec<_> =
        room.members.iter().map(|(user, handle, role)| (user.0, handle.as_str(), *role as u8)).collect();
    let members = json(&members)?;
    let insert = sqlx::query!(
        "insert into membership (room_id, user_id, from_seq, to_seq, ended_at, role, handle)
         select ?, j.value ->> 0, 1, null, null, j.value ->> 2, j.value ->> 1 from json_each(?) j",
        room.id.0,
        members
    );
    insert.execute(&mut to.conn).await.map_err(error)?;
    let users: Vec<i64> = room.members.iter().map(|(user, ..)| user.0).collect();
    crate::accounts::rooms_changed(to, &users).await
}

/// Of these users those whose accounts go on, and whether their own rooms are there.
pub(crate) async fn own(to: &mut Writer, users: &[UserId]) -> Result<Vec<(UserId, Handle, bool)>, Error> {
    let users: Vec<i64> = users.iter().map(|user| user.0).collect();
    let (users, deleted) = (json(&users)?, state_of(AccountState::Deleted));
    let rows = sqlx::query!(
        r#"select a.id as "id!", a.handle as "handle!", r.id is not null as "is_there!: bool"
           from json_each(?) j cross join account a on a.id = j.value left join room r on r.id = -a.id
           where a.state <> ?"#,
        users,
        deleted
    );
    let rows = rows.fetch_all(&mut to.conn).await.map_err(error)?;
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
        "select r.handle from direct d cross join room r on r.id = d.room_id where d.a = ? and d.b = ?",
        a,
        b
    );
    found.fetch_optional(readers).await.map_err(error)?.map(|found| handle(&found)).transpose()
}

/// Rooms in the order of their handles, without those that are somebody's own (kind 9).
pub(crate) async fn list(readers: &Readers, after: Option<&Handle>, limit: u32) -> Result<Vec<Room>, Error> {
    let (after, limit) = (after.map_or("", Handle::as_str), in_list(limit));
    let rows = sqlx::query!(
        "select id, handle, kind, rules_version, last_seq, last_n, member_count from room_with_end
         where handle > ? and kind <> 9 order by handle limit ?",
        after,
        limit
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?.into_iter();
    rows.map(|row| {
        Ok(Room {
            id: RoomId(row.id),
            handle: handle(&row.handle)?,
            kind: room_kind(row.kind)?,
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
    let rooms = json_of(rooms)?;
    let rows = sqlx::query!(
        r#"select r.id as "id!", r.last_seq as "last_seq!"
           from json_each(?) j cross join room_with_end r on r.id = j.value"#,
        rooms
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?.into_iter();
    Ok(rows
        .map(|row| RoomHead { room: RoomId(row.id), last_seq: Seq(row.last_seq.cast_unsigned()) })
        .collect())
}
