//! What the tables know of rooms that shall be changed and of who is in them, and what a batch changes about that.

use super::ways;
use crate::failure::error;
use crate::keys::pairs;
use crate::writer::Writer;
use chat::{Role, RoomId, Seat, Seq, Timestamp, UserId};
use std::collections::{BTreeSet, HashMap, HashSet};
use store::Error;
use store::plan::{Asked, Known, Plan, Ruled, Sits};
use store::seal::Voice;
use store::stored::{StoredPolicy, StoredSettings, number, role, room_kind};

/// Reads what is asked about; the rooms are locked.
pub(super) async fn load(to: &mut Writer, asked: &Asked, known: &mut Known) -> Result<(), Error> {
    if !asked.movers.is_empty() {
        known.members = members(to, &asked.movers).await?;
    }
    if !asked.owned.is_empty() {
        known.members.extend(owners(to, &asked.owned).await?);
    }
    if !asked.ruled.is_empty() {
        known.ruled = ruled(to, &asked.ruled).await?;
    }
    if !asked.guests.is_empty() {
        known.left = left(to, &asked.guests).await?;
        known.banned = banned(to, &asked.guests).await?;
    }
    ways::load(to, asked, known).await?;
    if !asked.paused.is_empty() {
        known.paused = paused(to, &asked.paused).await?;
    }
    Ok(())
}

async fn members(to: &mut Writer, movers: &BTreeSet<Voice>) -> Result<HashMap<Voice, Sits>, Error> {
    let (rooms, users) = pairs(movers);
    let rows = sqlx::query!(
        "select m.room_id, m.user_id, m.from_seq, m.role, m.muted_until
         from unnest($1::bigint[], $2::bigint[]) j (room_id, user_id)
         join membership m on m.room_id = j.room_id and m.user_id = j.user_id and m.to_seq is null",
        &rooms,
        &users
    );
    let rows = rows.fetch_all(to.conn()?).await.map_err(error)?.into_iter();
    rows.map(|row| {
        let seat = Seat { role: role(i64::from(row.role))?, muted_until: row.muted_until.map(Timestamp) };
        let sits = Sits { from_seq: Seq(row.from_seq.cast_unsigned()), seat };
        Ok(((RoomId(row.room_id), UserId(row.user_id)), sits))
    })
    .collect()
}

async fn owners(to: &mut Writer, rooms: &BTreeSet<RoomId>) -> Result<HashMap<Voice, Sits>, Error> {
    let rooms: Vec<i64> = rooms.iter().map(|room| room.0).collect();
    let rows = sqlx::query!(
        "select room_id, user_id, from_seq, muted_until from membership
         where room_id = any($1) and to_seq is null and role >= 3 and role = 4",
        &rooms
    );
    let rows = rows.fetch_all(to.conn()?).await.map_err(error)?.into_iter();
    Ok(rows
        .map(|row| {
            let seat = Seat { role: Role::Owner, muted_until: row.muted_until.map(Timestamp) };
            let sits = Sits { from_seq: Seq(row.from_seq.cast_unsigned()), seat };
            ((RoomId(row.room_id), UserId(row.user_id)), sits)
        })
        .collect())
}

async fn ruled(to: &mut Writer, rooms: &BTreeSet<RoomId>) -> Result<HashMap<RoomId, Ruled>, Error> {
    let rooms: Vec<i64> = rooms.iter().map(|room| room.0).collect();
    let rows = sqlx::query!(
        "select id, kind, name, description, avatar, join_rule, history, write_role, pin_role, invite_role,
                call_role, member_limit, slow_mode, listed
         from room where id = any($1)",
        &rooms
    );
    let rows = rows.fetch_all(to.conn()?).await.map_err(error)?.into_iter();
    rows.map(|row| {
        let policy = StoredPolicy {
            join_rule: i64::from(row.join_rule),
            history: i64::from(row.history),
            write_role: i64::from(row.write_role),
            pin_role: i64::from(row.pin_role),
            invite_role: i64::from(row.invite_role),
            call_role: i64::from(row.call_role),
            member_limit: row.member_limit,
            slow_mode: row.slow_mode,
            listed: row.listed,
        };
        let settings =
            StoredSettings { name: row.name, description: row.description, avatar: row.avatar, policy };
        let kind = room_kind(i64::from(row.kind))?;
        Ok((RoomId(row.id), Ruled { kind, settings: settings.read()? }))
    })
    .collect()
}

async fn left(to: &mut Writer, guests: &BTreeSet<Voice>) -> Result<HashMap<Voice, Seq>, Error> {
    let (rooms, users) = pairs(guests);
    let rows = sqlx::query!(
        r#"select m.room_id, m.user_id, max(m.to_seq) as "to_seq!"
           from unnest($1::bigint[], $2::bigint[]) j (room_id, user_id)
           join membership m on m.room_id = j.room_id and m.user_id = j.user_id
           where m.to_seq is not null group by m.room_id, m.user_id"#,
        &rooms,
        &users
    );
    let rows = rows.fetch_all(to.conn()?).await.map_err(error)?.into_iter();
    Ok(rows
        .map(|row| ((RoomId(row.room_id), UserId(row.user_id)), Seq(row.to_seq.cast_unsigned())))
        .collect())
}

async fn banned(to: &mut Writer, guests: &BTreeSet<Voice>) -> Result<HashSet<Voice>, Error> {
    let (rooms, users) = pairs(guests);
    let rows = sqlx::query!(
        "select b.room_id, b.user_id from unnest($1::bigint[], $2::bigint[]) j (room_id, user_id)
         join ban b on b.room_id = j.room_id and b.user_id = j.user_id",
        &rooms,
        &users
    );
    let rows = rows.fetch_all(to.conn()?).await.map_err(error)?.into_iter();
    Ok(rows.map(|row| (RoomId(row.room_id), UserId(row.user_id))).collect())
}

async fn paused(to: &mut Writer, voices: &BTreeSet<Voice>) -> Result<HashMap<Voice, Timestamp>, Error> {
    let (rooms, users) = pairs(voices);
    let rows = sqlx::query!(
        "select l.room_id, l.user_id, l.at from unnest($1::bigint[], $2::bigint[]) j (room_id, user_id)
         join last_said l on l.room_id = j.room_id and l.user_id = j.user_id",
        &rooms,
        &users
    );
    let rows = rows.fetch_all(to.conn()?).await.map_err(error)?.into_iter();
    Ok(rows.map(|row| ((RoomId(row.room_id), UserId(row.user_id)), Timestamp(row.at))).collect())
}

/// Writes what is set for rooms, what people are in them and who is let in no more.
pub(super) async fn write(to: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    seats(to, plan).await?;
    settings(to, plan).await?;
    bans(to, plan).await?;
    ways::write(to, plan).await?;
    pauses(to, plan).await
}

async fn seats(to: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.seated.is_empty() {
        return Ok(());
    }
    type Seated<'a> = (&'a Voice, &'a (Seq, Seat));
    let column = |value: fn(Seated<'_>) -> i64| plan.seated.iter().map(value).collect::<Vec<i64>>();
    let roles: Vec<i16> = plan.seated.values().map(|(_, seat)| i16::from(seat.role as u8)).collect();
    let muted: Vec<Option<i64>> =
        plan.seated.values().map(|(_, seat)| seat.muted_until.map(|until| until.0)).collect();
    let update = sqlx::query!(
        "update membership m set role = j.role, muted_until = j.muted_until
         from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::bigint[])
              j (room_id, user_id, from_seq, role, muted_until)
         where m.room_id = j.room_id and m.user_id = j.user_id and m.from_seq = j.from_seq",
        &column(|((room, _), _)| room.0),
        &column(|((_, user), _)| user.0),
        &column(|(_, (from_seq, _))| number(from_seq.0)),
        &roles,
        &muted as &[Option<i64>]
    );
    update.execute(to.conn()?).await.map(drop).map_err(error)
}

async fn settings(to: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    for room in &plan.ruled {
        let Some(Ruled { settings, .. }) = plan.known.ruled.get(room) else { continue };
        let (about, policy) = (&settings.about, &settings.policy);
        let role = |role: chat::Role| i16::from(role as u8);
        let update = sqlx::query!(
            "update room set name = $1, description = $2, avatar = $3, join_rule = $4, history = $5, write_role = $6,
                             pin_role = $7, invite_role = $8, call_role = $9, member_limit = $10, slow_mode = $11,
                             listed = $12
             where id = $13",
            about.name.as_deref(),
            about.description.as_deref(),
            about.avatar.as_deref(),
            i16::from(policy.join as u8),
            i16::from(policy.history as u8),
            role(policy.write),
            role(policy.pin),
            role(policy.invite),
            role(policy.call_all),
            policy.member_limit.map(i64::from),
            i64::from(policy.slow_mode),
            policy.listed,
            room.0
        );
        update.execute(to.conn()?).await.map_err(error)?;
    }
    Ok(())
}

async fn bans(to: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.banned.is_empty() {
        return Ok(());
    }
    let begun: Vec<_> =
        plan.banned.iter().filter_map(|(voice, ban)| ban.as_ref().map(|ban| (voice, ban))).collect();
    let (rooms, users) = pairs(begun.iter().map(|(voice, _)| *voice));
    let handles: Vec<String> = begun.iter().map(|(_, ban)| ban.handle.clone()).collect();
    let by: Vec<i64> = begun.iter().map(|(_, ban)| ban.by.0).collect();
    let at: Vec<i64> = begun.iter().map(|(_, ban)| ban.at.0).collect();
    let upsert = sqlx::query!(
        "insert into ban (room_id, user_id, handle, by_id, at)
         select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[])
         on conflict (room_id, user_id) do update set by_id = excluded.by_id, at = excluded.at",
        &rooms,
        &users,
        &handles,
        &by,
        &at
    );
    upsert.execute(to.conn()?).await.map_err(error)?;
    let ended = plan.banned.iter().filter(|(_, ban)| ban.is_none()).map(|(voice, _)| voice);
    let (rooms, users) = pairs(ended);
    let delete = sqlx::query!(
        "delete from ban b using unnest($1::bigint[], $2::bigint[]) j (room_id, user_id)
         where b.room_id = j.room_id and b.user_id = j.user_id",
        &rooms,
        &users
    );
    delete.execute(to.conn()?).await.map(drop).map_err(error)
}

async fn pauses(to: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.paused.is_empty() {
        return Ok(());
    }
    let (rooms, users) = pairs(plan.paused.keys());
    let at: Vec<i64> = plan.paused.values().map(|at| at.0).collect();
    let upsert = sqlx::query!(
        "insert into last_said (room_id, user_id, at)
         select * from unnest($1::bigint[], $2::bigint[], $3::bigint[])
         on conflict (room_id, user_id) do update set at = excluded.at",
        &rooms,
        &users,
        &at
    );
    upsert.execute(to.conn()?).await.map(drop).map_err(error)
}
