//! Notes are taken by whoever tells them.

use super::PostgresPushes;
use crate::failure::error;
use crate::readers::Readers;
use chat::{RoomId, RoomKind, Timestamp, UserId};
use sqlx::PgConnection;
use std::collections::HashMap;
use store::stored::{StoredPushDevice, handle, room_kind, seq};
use store::{Error, Note, NoteContext, PushDevice, Take};

/// See [`store::Pushes::take_notes`]. What another process takes just now is left to it.
pub(super) async fn take(to: &PostgresPushes, take: &Take) -> Result<Vec<Note>, Error> {
    let Take { provider, by, now, hold, limit } = take;
    let hold = i64::try_from(hold.as_millis()).unwrap_or(i64::MAX);
    let mut tx = to.begin().await?;
    let rows = sqlx::query!(
        "with mine as materialized (
             select device_id, room_id from push_note
             where provider = $3 and next_at <= $4 and (taken_until is null or taken_until <= $4)
             order by next_at limit $5 for update skip locked)
         update push_note n set taken_by = $1, taken_until = $2
         from mine where n.device_id = mine.device_id and n.room_id = mine.room_id
         returning n.device_id, n.room_id, n.from_seq, n.seq, n.since, n.attempts, n.told_seq",
        by,
        now.0.saturating_add(hold),
        provider,
        now.0,
        i64::from((*limit).min(500))
    );
    let rows = rows.fetch_all(&mut *tx).await.map_err(error)?;
    let devices = devices(&mut tx, to, rows.iter().map(|row| row.device_id).collect()).await?;
    tx.commit().await.map_err(error)?;
    let mut notes = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(device) = devices.get(&row.device_id) else { continue };
        notes.push(Note {
            device: device.clone(),
            room: RoomId(row.room_id),
            what: row.from_seq.zip(row.seq).map(|(from, to)| (seq(from), seq(to))),
            since: Timestamp(row.since.unwrap_or(now.0)),
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            told: seq(row.told_seq),
            by: *by,
        });
    }
    Ok(notes)
}

async fn devices(
    conn: &mut PgConnection,
    to: &PostgresPushes,
    ids: Vec<i64>,
) -> Result<HashMap<i64, PushDevice>, Error> {
    let rows = sqlx::query_as!(
        StoredPushDevice,
        "select id, user_id, device, app, provider, how, address, registered_at, disabled, disabled_at
         from push_device where id = any($1)",
        &ids
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?.into_iter();
    rows.map(|row| Ok((row.id, row.open(to.keys.master())?))).collect()
}

/// See [`store::Pushes::next_note`].
pub(super) async fn next(readers: &Readers, provider: &str) -> Result<Option<Timestamp>, Error> {
    let at = sqlx::query_scalar!(
        "select min(greatest(next_at, coalesce(taken_until, 0))) from push_note
         where provider = $1 and next_at is not null",
        provider
    );
    Ok(readers.ask(at.fetch_one(&readers.pool)).await?.map(Timestamp))
}

/// See [`store::Pushes::note_contexts`].
pub(super) async fn contexts(
    readers: &Readers,
    places: &[(UserId, RoomId)],
    now: Timestamp,
) -> Result<Vec<Option<NoteContext>>, Error> {
    let badges = badges(readers, places, now).await?;
    let (users, rooms): (Vec<i64>, Vec<i64>) = places.iter().map(|(user, room)| (user.0, room.0)).unzip();
    let rows = sqlx::query!(
        r#"select j.place as "place!", r.handle, r.name, r.kind,
                  exists (select 1 from membership m where m.room_id = r.id and m.user_id = j.user_id
                          and m.to_seq is null) as "is_member!",
                  coalesce((select c.read_seq from cursor c where c.user_id = j.user_id and c.room_id = r.id), 0)
                      as "read_seq!"
           from unnest($1::bigint[], $2::bigint[]) with ordinality j (user_id, room_id, place)
           join room r on r.id = j.room_id"#,
        &users,
        &rooms
    );
    let mut found = vec![None; places.len()];
    for row in readers.ask(rows.fetch_all(&readers.pool)).await? {
        let at = usize::try_from(row.place - 1).ok();
        let Some((at, (user, _))) = at.and_then(|at| Some((at, places.get(at)?))) else { continue };
        found[at] = Some(NoteContext {
            handle: handle(&row.handle)?,
            direct: room_kind(i64::from(row.kind))? == RoomKind::Direct,
            name: row.name,
            is_member: row.is_member,
            read: seq(row.read_seq),
            badge: badges.get(user).copied().unwrap_or(0),
        });
    }
    Ok(found)
}

/// How much is unread in all rooms of these users that may ring.
async fn badges(
    readers: &Readers,
    places: &[(UserId, RoomId)],
    now: Timestamp,
) -> Result<HashMap<UserId, u32>, Error> {
    let mut users: Vec<i64> = places.iter().map(|(user, _)| user.0).collect();
    users.sort_unstable();
    users.dedup();
    let rows = sqlx::query!(
        r#"select m.user_id, sum(greatest(r.last_n - coalesce(c.read_n, 0), 0))::bigint as "unread!"
           from unnest($1::bigint[]) j (user_id)
           join membership m on m.user_id = j.user_id and m.ended_at is null and m.room_id > 0
           join room r on r.id = m.room_id
           left join cursor c on c.user_id = m.user_id and c.room_id = m.room_id
           left join conversation v on v.user_id = m.user_id and v.room_id = m.room_id
           where v.muted_until is null or v.muted_until <= $2
           group by m.user_id"#,
        &users,
        now.0
    );
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter();
    Ok(rows.map(|row| (UserId(row.user_id), u32::try_from(row.unread).unwrap_or(u32::MAX))).collect())
}
