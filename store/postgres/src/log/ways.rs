//! What the tables know of ways into rooms, and which a batch opens and shuts.

use crate::failure::error;
use crate::keys::pairs;
use crate::writer::Writer;
use chat::{LinkHash, LinkId, OpenWays, RoomId, Timestamp, UserId};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use store::Error;
use store::plan::{Asked, Invited, Known, Linked, OpenInvitation, OpenRequest, Plan};
use store::seal::Voice;
use store::stored::{damaged, role};

/// Reads what is asked about; the rooms are locked.
pub(super) async fn load(to: &mut Writer, asked: &Asked, known: &mut Known) -> Result<(), Error> {
    if !asked.guests.is_empty() {
        known.invited = invited(to, &asked.guests).await?;
    }
    for hash in &asked.links {
        known.links.extend(link(to, *hash).await?.map(|link| (*hash, link)));
    }
    for id in &asked.ends {
        let found = sqlx::query_scalar!("select room_id from room_link where id = $1", id.0);
        let found = found.fetch_optional(to.conn()?).await.map_err(error)?;
        known.ends.extend(found.map(|room| (*id, RoomId(room))));
    }
    if !asked.asking.is_empty() {
        known.asking = asking(to, &asked.asking).await?;
    }
    if !asked.opening.is_empty() {
        known.open = open(to, &asked.opening).await?;
    }
    if !asked.invitees.is_empty() {
        known.invitees = invitees(to, &asked.invitees).await?;
    }
    Ok(())
}

async fn invited(to: &mut Writer, guests: &BTreeSet<Voice>) -> Result<HashMap<Voice, Invited>, Error> {
    let (rooms, users) = pairs(guests);
    let rows = sqlx::query!(
        "select i.room_id, i.user_id, i.role, i.expires_at
         from unnest($1::bigint[], $2::bigint[]) j (room_id, user_id)
         join room_invitation i on i.room_id = j.room_id and i.user_id = j.user_id",
        &rooms,
        &users
    );
    let rows = rows.fetch_all(to.conn()?).await.map_err(error)?.into_iter();
    rows.map(|row| {
        let invited = Invited { role: role(i64::from(row.role))?, expires_at: Timestamp(row.expires_at) };
        Ok(((RoomId(row.room_id), UserId(row.user_id)), invited))
    })
    .collect()
}

async fn link(to: &mut Writer, hash: LinkHash) -> Result<Option<Linked>, Error> {
    let found = sqlx::query!(
        "select id, room_id, role, uses_left, expires_at from room_link where hash = $1",
        &hash.0[..]
    );
    let Some(row) = found.fetch_optional(to.conn()?).await.map_err(error)? else { return Ok(None) };
    let uses = row.uses_left.map(|left| u32::try_from(left).map_err(|_| damaged("count of uses")));
    Ok(Some(Linked {
        id: LinkId(row.id),
        room: RoomId(row.room_id),
        role: role(i64::from(row.role))?,
        uses_left: uses.transpose()?,
        expires_at: row.expires_at.map(Timestamp),
    }))
}

async fn asking(to: &mut Writer, asked: &BTreeSet<Voice>) -> Result<HashSet<Voice>, Error> {
    let (rooms, users) = pairs(asked);
    let rows = sqlx::query!(
        "select r.room_id, r.user_id from unnest($1::bigint[], $2::bigint[]) j (room_id, user_id)
         join room_request r on r.room_id = j.room_id and r.user_id = j.user_id",
        &rooms,
        &users
    );
    let rows = rows.fetch_all(to.conn()?).await.map_err(error)?.into_iter();
    Ok(rows.map(|row| (RoomId(row.room_id), UserId(row.user_id))).collect())
}

/// How much is open, and good by then.
async fn open(
    to: &mut Writer,
    rooms: &BTreeMap<RoomId, Timestamp>,
) -> Result<HashMap<RoomId, OpenWays>, Error> {
    let (rooms, at): (Vec<i64>, Vec<i64>) = rooms.iter().map(|(room, at)| (room.0, at.0)).unzip();
    let rows = sqlx::query!(
        r#"select j.room_id as "room_id!",
                  (select count(*) from room_invitation i
                   where i.room_id = j.room_id and i.expires_at > j.at) as "invitations!",
                  (select count(*) from room_request r where r.room_id = j.room_id) as "requests!",
                  (select count(*) from room_link l where l.room_id = j.room_id
                   and (l.expires_at is null or l.expires_at > j.at)) as "links!"
           from unnest($1::bigint[], $2::bigint[]) j (room_id, at)"#,
        &rooms,
        &at
    );
    let rows = rows.fetch_all(to.conn()?).await.map_err(error)?.into_iter();
    Ok(rows
        .map(|row| {
            let (invitations, requests, links) =
                (count(row.invitations), count(row.requests), count(row.links));
            (RoomId(row.room_id), OpenWays { invitations, requests, links, of_one: 0 })
        })
        .collect())
}

async fn invitees(
    to: &mut Writer,
    users: &BTreeMap<UserId, Timestamp>,
) -> Result<HashMap<UserId, u32>, Error> {
    let (users, at): (Vec<i64>, Vec<i64>) = users.iter().map(|(user, at)| (user.0, at.0)).unzip();
    let rows = sqlx::query!(
        r#"select j.user_id as "user_id!",
                  (select count(*) from room_invitation i
                   where i.user_id = j.user_id and i.expires_at > j.at) as "invitations!"
           from unnest($1::bigint[], $2::bigint[]) j (user_id, at)"#,
        &users,
        &at
    );
    let rows = rows.fetch_all(to.conn()?).await.map_err(error)?.into_iter();
    Ok(rows.map(|row| (UserId(row.user_id), count(row.invitations))).collect())
}

/// More than there may be is enough to know.
fn count(rows: i64) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

/// Writes which invitations, requests and links there are from now on, and which no more.
pub(super) async fn write(to: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    tidy(to, plan).await?;
    invitations(to, plan).await?;
    requests(to, plan).await?;
    links(to, plan).await?;
    uses(to, plan).await
}

/// What was over goes with the next of its room.
async fn tidy(to: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    for (room, at) in &plan.tidied {
        let over =
            sqlx::query!("delete from room_invitation where room_id = $1 and expires_at <= $2", room.0, at.0);
        over.execute(to.conn()?).await.map_err(error)?;
        let over =
            sqlx::query!("delete from room_link where room_id = $1 and expires_at <= $2", room.0, at.0);
        over.execute(to.conn()?).await.map_err(error)?;
    }
    Ok(())
}

async fn invitations(to: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.invitations.is_empty() {
        return Ok(());
    }
    let (rooms, users) = shut(&plan.invitations);
    let delete = sqlx::query!(
        "delete from room_invitation i using unnest($1::bigint[], $2::bigint[]) j (room_id, user_id)
         where i.room_id = j.room_id and i.user_id = j.user_id",
        &rooms,
        &users
    );
    delete.execute(to.conn()?).await.map_err(error)?;
    let open: Vec<(&Voice, &OpenInvitation)> =
        plan.invitations.iter().filter_map(|(place, one)| Some((place, one.as_ref()?))).collect();
    if open.is_empty() {
        return Ok(());
    }
    let (rooms, users) = pairs(open.iter().map(|(place, _)| *place));
    let column =
        |value: fn(&OpenInvitation) -> i64| open.iter().map(|(_, one)| value(one)).collect::<Vec<i64>>();
    let roles: Vec<i16> = open.iter().map(|(_, one)| i16::from(one.role as u8)).collect();
    let upsert = sqlx::query!(
        "insert into room_invitation (room_id, user_id, by_id, role, at, expires_at)
         select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::bigint[], $6::bigint[])
         on conflict (room_id, user_id) do update set by_id = excluded.by_id, role = excluded.role,
             at = excluded.at, expires_at = excluded.expires_at",
        &rooms,
        &users,
        &column(|one| one.by.0),
        &roles,
        &column(|one| one.at.0),
        &column(|one| one.until.0)
    );
    upsert.execute(to.conn()?).await.map(drop).map_err(error)
}

/// Where there is none any more.
fn shut<T>(ways: &BTreeMap<Voice, Option<T>>) -> (Vec<i64>, Vec<i64>) {
    pairs(ways.iter().filter(|(_, one)| one.is_none()).map(|(place, _)| place))
}

async fn requests(to: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.requests.is_empty() {
        return Ok(());
    }
    let (rooms, users) = shut(&plan.requests);
    let delete = sqlx::query!(
        "delete from room_request r using unnest($1::bigint[], $2::bigint[]) j (room_id, user_id)
         where r.room_id = j.room_id and r.user_id = j.user_id",
        &rooms,
        &users
    );
    delete.execute(to.conn()?).await.map_err(error)?;
    let open: Vec<(&Voice, &OpenRequest<'_>)> =
        plan.requests.iter().filter_map(|(place, one)| Some((place, one.as_ref()?))).collect();
    if open.is_empty() {
        return Ok(());
    }
    let (rooms, users) = pairs(open.iter().map(|(place, _)| *place));
    let handles: Vec<String> = open.iter().map(|(_, one)| one.handle.to_owned()).collect();
    let words: Vec<String> = open.iter().map(|(_, one)| one.words.to_owned()).collect();
    let at: Vec<i64> = open.iter().map(|(_, one)| one.at.0).collect();
    let upsert = sqlx::query!(
        "insert into room_request (room_id, user_id, handle, words, at)
         select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[])
         on conflict (room_id, user_id) do update set words = excluded.words, at = excluded.at",
        &rooms,
        &users,
        &handles,
        &words,
        &at
    );
    upsert.execute(to.conn()?).await.map(drop).map_err(error)
}

async fn links(to: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    for (id, one) in &plan.links {
        let Some(open) = one else {
            let delete = sqlx::query!("delete from room_link where id = $1", id.0);
            delete.execute(to.conn()?).await.map_err(error)?;
            continue;
        };
        let insert = sqlx::query!(
            "insert into room_link (id, room_id, hash, by_id, role, uses_left, at, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            id.0,
            open.room.0,
            &open.link.hash.0[..],
            open.by.0,
            i16::from(open.link.role as u8),
            open.link.uses.map(i64::from),
            open.at.0,
            open.link.until.map(|until| until.0)
        );
        insert.execute(to.conn()?).await.map_err(error)?;
    }
    Ok(())
}

/// A link that is used up goes.
async fn uses(to: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    for (hash, left) in &plan.used {
        let hash = &hash.0[..];
        let update =
            sqlx::query!("update room_link set uses_left = $1 where hash = $2", i64::from(*left), hash);
        let delete = sqlx::query!("delete from room_link where hash = $1", hash);
        let change = if *left == 0 { delete } else { update };
        change.execute(to.conn()?).await.map_err(error)?;
    }
    Ok(())
}
