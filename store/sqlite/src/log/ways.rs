//! What the file knows of ways into rooms, and which a batch opens and shuts.

use crate::failure::error;
use crate::writer::{Writer, json};
use chat::{LinkHash, LinkId, OpenWays, RoomId, Timestamp, UserId};
use sqlx::SqliteConnection;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use store::Error;
use store::lane::Writer as _;
use store::plan::{Asked, Invited, Known, Linked, Plan};
use store::seal::Voice;
use store::stored::{damaged, role};

/// Reads what is asked about.
pub(super) async fn load(conn: &mut SqliteConnection, asked: &Asked, known: &mut Known) -> Result<(), Error> {
    if !asked.guests.is_empty() {
        known.invited = invited(conn, &asked.guests).await?;
    }
    for hash in &asked.links {
        known.links.extend(link(conn, *hash).await?.map(|link| (*hash, link)));
    }
    for id in &asked.ends {
        let found = sqlx::query_scalar!("select room_id from room_link where id = ?", id.0);
        let found = found.fetch_optional(&mut *conn).await.map_err(error)?;
        known.ends.extend(found.map(|room| (*id, RoomId(room))));
    }
    if !asked.asking.is_empty() {
        known.asking = asking(conn, &asked.asking).await?;
    }
    if !asked.opening.is_empty() {
        known.open = open(conn, &asked.opening).await?;
    }
    if !asked.invitees.is_empty() {
        known.invitees = invitees(conn, &asked.invitees).await?;
    }
    Ok(())
}

fn pairs<'a>(voices: impl IntoIterator<Item = &'a Voice>) -> Result<String, Error> {
    json(&voices.into_iter().map(|(room, user)| (room.0, user.0)).collect::<Vec<_>>())
}

async fn invited(
    conn: &mut SqliteConnection,
    guests: &BTreeSet<Voice>,
) -> Result<HashMap<Voice, Invited>, Error> {
    let guests = pairs(guests)?;
    let rows = sqlx::query!(
        r#"select i.room_id as "room_id!", i.user_id as "user_id!", i.role as "role!", i.expires_at as "expires_at!"
           from json_each(?) j
           cross join room_invitation i on i.room_id = j.value ->> 0 and i.user_id = j.value ->> 1"#,
        guests
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?.into_iter();
    rows.map(|row| {
        let invited = Invited { role: role(row.role)?, expires_at: Timestamp(row.expires_at) };
        Ok(((RoomId(row.room_id), UserId(row.user_id)), invited))
    })
    .collect()
}

async fn link(conn: &mut SqliteConnection, hash: LinkHash) -> Result<Option<Linked>, Error> {
    let hash = &hash.0[..];
    let found =
        sqlx::query!("select id, room_id, role, uses_left, expires_at from room_link where hash = ?", hash);
    let Some(row) = found.fetch_optional(conn).await.map_err(error)? else { return Ok(None) };
    let uses = row.uses_left.map(|left| u32::try_from(left).map_err(|_| damaged("count of uses")));
    Ok(Some(Linked {
        id: LinkId(row.id),
        room: RoomId(row.room_id),
        role: role(row.role)?,
        uses_left: uses.transpose()?,
        expires_at: row.expires_at.map(Timestamp),
    }))
}

async fn asking(conn: &mut SqliteConnection, asked: &BTreeSet<Voice>) -> Result<HashSet<Voice>, Error> {
    let asked = pairs(asked)?;
    let rows = sqlx::query!(
        r#"select r.room_id as "room_id!", r.user_id as "user_id!" from json_each(?) j
           cross join room_request r on r.room_id = j.value ->> 0 and r.user_id = j.value ->> 1"#,
        asked
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?.into_iter();
    Ok(rows.map(|row| (RoomId(row.room_id), UserId(row.user_id))).collect())
}

/// How much is open, and good by then.
async fn open(
    conn: &mut SqliteConnection,
    rooms: &BTreeMap<RoomId, Timestamp>,
) -> Result<HashMap<RoomId, OpenWays>, Error> {
    let rooms = json(&rooms.iter().map(|(room, at)| (room.0, at.0)).collect::<Vec<_>>())?;
    let rows = sqlx::query!(
        r#"select j.value ->> 0 as "room_id!: i64",
                  (select count(*) from room_invitation i
                   where i.room_id = j.value ->> 0 and i.expires_at > j.value ->> 1) as "invitations!: u32",
                  (select count(*) from room_request r where r.room_id = j.value ->> 0) as "requests!: u32",
                  (select count(*) from room_link l where l.room_id = j.value ->> 0
                   and (l.expires_at is null or l.expires_at > j.value ->> 1)) as "links!: u32"
           from json_each(?) j"#,
        rooms
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?.into_iter();
    Ok(rows
        .map(|row| {
            let (invitations, requests, links) = (row.invitations, row.requests, row.links);
            (RoomId(row.room_id), OpenWays { invitations, requests, links, of_one: 0 })
        })
        .collect())
}

async fn invitees(
    conn: &mut SqliteConnection,
    users: &BTreeMap<UserId, Timestamp>,
) -> Result<HashMap<UserId, u32>, Error> {
    let users = json(&users.iter().map(|(user, at)| (user.0, at.0)).collect::<Vec<_>>())?;
    let rows = sqlx::query!(
        r#"select j.value ->> 0 as "user_id!: i64",
                  (select count(*) from room_invitation i
                   where i.user_id = j.value ->> 0 and i.expires_at > j.value ->> 1) as "invitations!: u32"
           from json_each(?) j"#,
        users
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?.into_iter();
    Ok(rows.map(|row| (UserId(row.user_id), row.invitations)).collect())
}

/// Writes which invitations, requests and links there are from now on, and which no more.
pub(super) async fn write(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    tidy(writer, plan).await?;
    invitations(writer, plan).await?;
    requests(writer, plan).await?;
    links(writer, plan).await?;
    uses(writer, plan).await
}

/// What was over goes with the next of its room.
async fn tidy(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    for (room, at) in &plan.tidied {
        writer.begin().await?;
        let over =
            sqlx::query!("delete from room_invitation where room_id = ? and expires_at <= ?", room.0, at.0);
        over.execute(&mut writer.conn).await.map_err(error)?;
        let over = sqlx::query!("delete from room_link where room_id = ? and expires_at <= ?", room.0, at.0);
        over.execute(&mut writer.conn).await.map_err(error)?;
    }
    Ok(())
}

async fn invitations(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.invitations.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let open: Vec<_> = plan
        .invitations
        .iter()
        .filter_map(|((room, user), one)| {
            one.map(|one| (room.0, user.0, one.by.0, one.role as u8, one.at.0, one.until.0))
        })
        .collect();
    let shut = shut(&plan.invitations)?;
    let delete = sqlx::query!(
        "delete from room_invitation where (room_id, user_id) in
         (select j.value ->> 0, j.value ->> 1 from json_each(?) j)",
        shut
    );
    delete.execute(&mut writer.conn).await.map_err(error)?;
    if open.is_empty() {
        return Ok(());
    }
    let open = json(&open)?;
    let upsert = sqlx::query!(
        "insert into room_invitation (room_id, user_id, by_id, role, at, expires_at)
         select j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4, j.value ->> 5
         from json_each(?) j where true
         on conflict (room_id, user_id) do update set by_id = excluded.by_id, role = excluded.role,
             at = excluded.at, expires_at = excluded.expires_at",
        open
    );
    upsert.execute(&mut writer.conn).await.map(drop).map_err(error)
}

/// Where there is none any more.
fn shut<T>(ways: &BTreeMap<Voice, Option<T>>) -> Result<String, Error> {
    pairs(ways.iter().filter(|(_, one)| one.is_none()).map(|(place, _)| place))
}

async fn requests(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.requests.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let open: Vec<_> = plan
        .requests
        .iter()
        .filter_map(|((room, user), one)| one.map(|one| (room.0, user.0, one.handle, one.words, one.at.0)))
        .collect();
    let shut = shut(&plan.requests)?;
    let delete = sqlx::query!(
        "delete from room_request where (room_id, user_id) in
         (select j.value ->> 0, j.value ->> 1 from json_each(?) j)",
        shut
    );
    delete.execute(&mut writer.conn).await.map_err(error)?;
    if open.is_empty() {
        return Ok(());
    }
    let open = json(&open)?;
    let upsert = sqlx::query!(
        "insert into room_request (room_id, user_id, handle, words, at)
         select j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4
         from json_each(?) j where true
         on conflict (room_id, user_id) do update set words = excluded.words, at = excluded.at",
        open
    );
    upsert.execute(&mut writer.conn).await.map(drop).map_err(error)
}

async fn links(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    for (id, one) in &plan.links {
        writer.begin().await?;
        let Some(open) = one else {
            let delete = sqlx::query!("delete from room_link where id = ?", id.0);
            delete.execute(&mut writer.conn).await.map_err(error)?;
            continue;
        };
        let (hash, role, uses) = (&open.link.hash.0[..], open.link.role as u8, open.link.uses.map(i64::from));
        let expires_at = open.link.until.map(|until| until.0);
        let insert = sqlx::query!(
            "insert into room_link (id, room_id, hash, by_id, role, uses_left, at, expires_at)
             values (?, ?, ?, ?, ?, ?, ?, ?)",
            id.0,
            open.room.0,
            hash,
            open.by.0,
            role,
            uses,
            open.at.0,
            expires_at
        );
        insert.execute(&mut writer.conn).await.map_err(error)?;
    }
    Ok(())
}

/// A link that is used up goes.
async fn uses(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    for (hash, left) in &plan.used {
        writer.begin().await?;
        let (hash, left) = (&hash.0[..], i64::from(*left));
        let update = sqlx::query!("update room_link set uses_left = ? where hash = ?", left, hash);
        let delete = sqlx::query!("delete from room_link where hash = ?", hash);
        let change = if left == 0 { delete } else { update };
        change.execute(&mut writer.conn).await.map_err(error)?;
    }
    Ok(())
}
