//! What the file knows of rooms that shall be changed and of who is in them, and what a batch changes about that.

use super::ways;
use crate::failure::error;
use crate::writer::{Writer, json, json_of};
use chat::{Role, RoomId, Seat, Seq, Timestamp, UserId};
use sqlx::SqliteConnection;
use std::collections::{BTreeSet, HashMap, HashSet};
use store::Error;
use store::lane::Writer as _;
use store::plan::{Asked, Known, Plan, Ruled, Sits};
use store::seal::Voice;
use store::stored::{StoredPolicy, StoredSettings, number, role, room_kind};

/// Reads what is asked about.
pub(super) async fn load(conn: &mut SqliteConnection, asked: &Asked, known: &mut Known) -> Result<(), Error> {
    if !asked.movers.is_empty() {
        known.members = members(conn, &voices(&asked.movers)?).await?;
    }
    if !asked.owned.is_empty() {
        known.members.extend(owners(conn, &asked.owned).await?);
    }
    if !asked.ruled.is_empty() {
        known.ruled = ruled(conn, &asked.ruled).await?;
    }
    if !asked.guests.is_empty() {
        let guests = voices(&asked.guests)?;
        known.left = left(conn, &guests).await?;
        known.banned = banned(conn, &guests).await?;
    }
    ways::load(conn, asked, known).await?;
    if !asked.paused.is_empty() {
        known.paused = paused(conn, &voices(&asked.paused)?).await?;
    }
    Ok(())
}

fn voices(voices: &BTreeSet<Voice>) -> Result<String, Error> {
    json(&voices.iter().map(|(room, user)| (room.0, user.0)).collect::<Vec<_>>())
}

async fn members(conn: &mut SqliteConnection, movers: &str) -> Result<HashMap<Voice, Sits>, Error> {
    let rows = sqlx::query!(
        r#"select m.room_id as "room_id!", m.user_id as "user_id!", m.from_seq as "from_seq!", m.role as "role!",
                  m.muted_until
           from json_each(?) j
           cross join membership m on m.room_id = j.value ->> 0 and m.user_id = j.value ->> 1 and m.to_seq is null"#,
        movers
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?.into_iter();
    rows.map(|row| {
        let seat = Seat { role: role(row.role)?, muted_until: row.muted_until.map(Timestamp) };
        let sits = Sits { from_seq: Seq(row.from_seq.cast_unsigned()), seat };
        Ok(((RoomId(row.room_id), UserId(row.user_id)), sits))
    })
    .collect()
}

async fn owners(
    conn: &mut SqliteConnection,
    rooms: &BTreeSet<RoomId>,
) -> Result<HashMap<Voice, Sits>, Error> {
    let rooms = json_of(rooms)?;
    let rows = sqlx::query!(
        r#"select m.room_id as "room_id!", m.user_id as "user_id!", m.from_seq as "from_seq!", m.muted_until
           from json_each(?) j
           cross join membership m on m.room_id = j.value and m.to_seq is null and m.role >= 3 and m.role = 4"#,
        rooms
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?.into_iter();
    Ok(rows
        .map(|row| {
            let seat = Seat { role: Role::Owner, muted_until: row.muted_until.map(Timestamp) };
            let sits = Sits { from_seq: Seq(row.from_seq.cast_unsigned()), seat };
            ((RoomId(row.room_id), UserId(row.user_id)), sits)
        })
        .collect())
}

async fn ruled(
    conn: &mut SqliteConnection,
    rooms: &BTreeSet<RoomId>,
) -> Result<HashMap<RoomId, Ruled>, Error> {
    let rooms = json_of(rooms)?;
    let rows = sqlx::query!(
        r#"select r.id as "id!", r.kind as "kind!", r.name, r.description, r.avatar, r.join_rule as "join_rule!",
                  r.history as "history!", r.write_role as "write_role!", r.pin_role as "pin_role!",
                  r.invite_role as "invite_role!", r.call_role as "call_role!", r.member_limit,
                  r.slow_mode as "slow_mode!", r.listed as "listed!: bool"
           from json_each(?) j cross join room r on r.id = j.value"#,
        rooms
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?.into_iter();
    rows.map(|row| {
        let policy = StoredPolicy {
            join_rule: row.join_rule,
            history: row.history,
            write_role: row.write_role,
            pin_role: row.pin_role,
            invite_role: row.invite_role,
            call_role: row.call_role,
            member_limit: row.member_limit,
            slow_mode: row.slow_mode,
            listed: row.listed,
        };
        let settings =
            StoredSettings { name: row.name, description: row.description, avatar: row.avatar, policy };
        Ok((RoomId(row.id), Ruled { kind: room_kind(row.kind)?, settings: settings.read()? }))
    })
    .collect()
}

async fn left(conn: &mut SqliteConnection, guests: &str) -> Result<HashMap<Voice, Seq>, Error> {
    let rows = sqlx::query!(
        r#"select m.room_id as "room_id!", m.user_id as "user_id!", max(m.to_seq) as "to_seq!: i64"
           from json_each(?) j
           cross join membership m on m.room_id = j.value ->> 0 and m.user_id = j.value ->> 1
           where m.to_seq is not null group by m.room_id, m.user_id"#,
        guests
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?.into_iter();
    Ok(rows
        .map(|row| ((RoomId(row.room_id), UserId(row.user_id)), Seq(row.to_seq.cast_unsigned())))
        .collect())
}

async fn banned(conn: &mut SqliteConnection, guests: &str) -> Result<HashSet<Voice>, Error> {
    let rows = sqlx::query!(
        r#"select b.room_id as "room_id!", b.user_id as "user_id!"
           from json_each(?) j cross join ban b on b.room_id = j.value ->> 0 and b.user_id = j.value ->> 1"#,
        guests
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?.into_iter();
    Ok(rows.map(|row| (RoomId(row.room_id), UserId(row.user_id))).collect())
}

async fn paused(conn: &mut SqliteConnection, voices: &str) -> Result<HashMap<Voice, Timestamp>, Error> {
    let rows = sqlx::query!(
        r#"select l.room_id as "room_id!", l.user_id as "user_id!", l.at as "at!"
           from json_each(?) j cross join last_said l on l.room_id = j.value ->> 0 and l.user_id = j.value ->> 1"#,
        voices
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?.into_iter();
    Ok(rows.map(|row| ((RoomId(row.room_id), UserId(row.user_id)), Timestamp(row.at))).collect())
}

/// Writes what is set for rooms, what people are in them and who is let in no more.
pub(super) async fn write(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    seats(writer, plan).await?;
    settings(writer, plan).await?;
    bans(writer, plan).await?;
    ways::write(writer, plan).await?;
    pauses(writer, plan).await
}

async fn seats(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.seated.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let seats = plan.seated.iter().map(|((room, user), (from_seq, seat))| {
        let muted_until = seat.muted_until.map(|until| until.0);
        (room.0, user.0, number(from_seq.0), seat.role as u8, muted_until)
    });
    let seats = json(&seats.collect::<Vec<_>>())?;
    let update = sqlx::query!(
        "update membership set role = j.value ->> 3, muted_until = j.value ->> 4 from json_each(?) j
         where room_id = j.value ->> 0 and user_id = j.value ->> 1 and from_seq = j.value ->> 2",
        seats
    );
    update.execute(&mut writer.conn).await.map(drop).map_err(error)
}

async fn settings(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    for room in &plan.ruled {
        let Some(Ruled { settings, .. }) = plan.known.ruled.get(room) else { continue };
        writer.begin().await?;
        let (about, policy) = (&settings.about, StoredPolicy::from(&settings.policy));
        let (name, description, avatar) =
            (about.name.as_deref(), about.description.as_deref(), about.avatar.as_deref());
        let update = sqlx::query!(
            "update room set name = ?, description = ?, avatar = ?, join_rule = ?, history = ?, write_role = ?,
                             pin_role = ?, invite_role = ?, call_role = ?, member_limit = ?, slow_mode = ?, listed = ?
             where id = ?",
            name,
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
            policy.listed,
            room.0
        );
        update.execute(&mut writer.conn).await.map_err(error)?;
    }
    Ok(())
}

async fn bans(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.banned.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let (mut begun, mut ended) = (Vec::new(), Vec::new());
    for ((room, user), ban) in &plan.banned {
        match ban {
            Some(ban) => begun.push((room.0, user.0, ban.handle.as_str(), ban.by.0, ban.at.0)),
            None => ended.push((room.0, user.0)),
        }
    }
    let (begun, ended) = (json(&begun)?, json(&ended)?);
    let upsert = sqlx::query!(
        "insert into ban (room_id, user_id, handle, by_id, at)
         select j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4 from json_each(?) j where true
         on conflict (room_id, user_id) do update set by_id = excluded.by_id, at = excluded.at",
        begun
    );
    upsert.execute(&mut writer.conn).await.map_err(error)?;
    let delete = sqlx::query!(
        "delete from ban where (room_id, user_id) in (select j.value ->> 0, j.value ->> 1 from json_each(?) j)",
        ended
    );
    delete.execute(&mut writer.conn).await.map(drop).map_err(error)
}

async fn pauses(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.paused.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let paused = plan.paused.iter().map(|((room, user), at)| (room.0, user.0, at.0));
    let paused = json(&paused.collect::<Vec<_>>())?;
    let upsert = sqlx::query!(
        "insert into last_said (room_id, user_id, at)
         select j.value ->> 0, j.value ->> 1, j.value ->> 2 from json_each(?) j where true
         on conflict (room_id, user_id) do update set at = excluded.at",
        paused
    );
    upsert.execute(&mut writer.conn).await.map(drop).map_err(error)
}
