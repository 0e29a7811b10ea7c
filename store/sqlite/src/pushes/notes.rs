//! Notes are taken by whoever tells them.

use crate::failure::error;
use crate::open::Running;
use crate::readers::Readers;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use chat::{RoomId, RoomKind, Timestamp, UserId};
use std::collections::HashMap;
use store::lane::Write;
use store::stored::{StoredPushDevice, handle, number, room_kind, seq};
use store::{Error, Note, NoteContext, PushDevice, Take};

/// See [`store::Pushes::take_notes`].
pub(super) struct TakeSome(pub(super) Take);

#[async_trait]
impl Write<Writer> for TakeSome {
    type Answer = Vec<Note>;

    async fn write(&self, to: &mut Writer) -> Result<Vec<Note>, Error> {
        let Take { provider, by, now, hold, limit } = &self.0;
        let hold = i64::try_from(hold.as_millis()).unwrap_or(i64::MAX);
        let (until, limit) = (now.0.saturating_add(hold), (*limit).min(500));
        let rows = sqlx::query!(
            r#"update push_note set taken_by = ?1, taken_until = ?2
               where (device_id, room_id) in (
                   select device_id, room_id from push_note
                   where provider = ?3 and next_at <= ?4 and (taken_until is null or taken_until <= ?4)
                   order by next_at limit ?5)
               returning device_id as "device_id!", room_id as "room_id!", from_seq, seq, since, attempts as "attempts!",
                         told_seq as "told_seq!""#,
            by,
            until,
            provider,
            now.0,
            limit
        );
        let rows = rows.fetch_all(&mut to.conn).await.map_err(error)?;
        let devices = devices(to, rows.iter().map(|row| row.device_id).collect()).await?;
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
}

async fn devices(to: &mut Writer, ids: Vec<i64>) -> Result<HashMap<i64, PushDevice>, Error> {
    let ids = json(&ids)?;
    let rows = sqlx::query_as!(
        StoredPushDevice,
        r#"select id as "id!", user_id, device, app, provider, how, address, registered_at, disabled, disabled_at
           from push_device where id in (select value from json_each(?))"#,
        ids
    );
    let rows = rows.fetch_all(&mut to.conn).await.map_err(error)?.into_iter();
    rows.map(|row| Ok((row.id, row.open(to.keys.master())?))).collect()
}

/// See [`store::Pushes::next_note`].
pub(super) async fn next(readers: &Readers, provider: &str) -> Result<Option<Timestamp>, Error> {
    let at = sqlx::query_scalar!(
        r#"select min(max(next_at, coalesce(taken_until, 0))) as "at: i64" from push_note
           where provider = ? and next_at is not null"#,
        provider
    );
    Ok(at.fetch_one(readers).await.map_err(error)?.map(Timestamp))
}

/// See [`store::Pushes::note_contexts`].
pub(super) async fn contexts(
    running: &Running,
    places: &[(UserId, RoomId)],
    now: Timestamp,
) -> Result<Vec<Option<NoteContext>>, Error> {
    let mut badges: HashMap<UserId, u32> = HashMap::new();
    for (user, _) in places {
        if !badges.contains_key(user) {
            badges.insert(*user, badge(running, *user, now).await?);
        }
    }
    let asked = places.iter().enumerate().map(|(at, (user, room))| (user.0, room.0, at));
    let asked = json(&asked.collect::<Vec<_>>())?;
    let rows = sqlx::query!(
        r#"select j.value ->> 2 as "at!: i64", r.handle as "handle!", r.name as "name?", r.kind as "kind!",
                  exists (select 1 from membership m where m.room_id = r.id and m.user_id = j.value ->> 0
                          and m.to_seq is null) as "is_member!: bool",
                  coalesce((select c.read_seq from cursor c where c.user_id = j.value ->> 0 and c.room_id = r.id), 0)
                      as "read_seq!: i64"
           from json_each(?) j cross join room r on r.id = j.value ->> 1"#,
        asked
    );
    let mut found = vec![None; places.len()];
    for row in rows.fetch_all(&running.readers).await.map_err(error)? {
        let Some((at, (user, room))) =
            usize::try_from(row.at).ok().and_then(|at| Some((at, places.get(at)?)))
        else {
            continue;
        };
        let told = running.arrears.of(*user, *room).map_or(0, |mark| number(mark.seq.0));
        found[at] = Some(NoteContext {
            handle: handle(&row.handle)?,
            direct: room_kind(row.kind)? == RoomKind::Direct,
            name: row.name,
            is_member: row.is_member,
            read: seq(row.read_seq.max(told)),
            badge: badges.get(user).copied().unwrap_or(0),
        });
    }
    Ok(found)
}

/// How much is unread in all rooms of a user that may ring.
async fn badge(running: &Running, user: UserId, now: Timestamp) -> Result<u32, Error> {
    let rows = sqlx::query!(
        r#"select m.room_id as "room_id!", coalesce(c.read_n, 0) as "read_n!: i64",
                  (select e.n from message e where e.room_id = m.room_id order by e.seq desc limit 1) as "last_n!: i64"
           from membership m
           left join cursor c on c.user_id = m.user_id and c.room_id = m.room_id
           left join conversation v on v.user_id = m.user_id and v.room_id = m.room_id
           where m.user_id = ?1 and m.ended_at is null and m.room_id > 0
                 and (v.muted_until is null or v.muted_until <= ?2)"#,
        user.0,
        now.0
    );
    let rows = rows.fetch_all(&running.readers).await.map_err(error)?.into_iter();
    let unread = rows.map(|row| {
        let told = running.arrears.of(user, RoomId(row.room_id)).map_or(0, |mark| number(mark.n));
        row.last_n.saturating_sub(row.read_n.max(told)).max(0)
    });
    Ok(u32::try_from(unread.sum::<i64>()).unwrap_or(u32::MAX))
}
