//! What is to be told is written down.

use super::PostgresPushes;
use crate::failure::error;
use chat::{RoomId, Seq, UserId};
use sqlx::PgConnection;
use store::stored::number;
use store::{Error, NewNote, PUSH_AFTER_GRACE, PushDecision};

/// See [`store::Pushes::decide`].
pub(super) async fn decide(to: &PostgresPushes, decisions: &[PushDecision]) -> Result<(), Error> {
    let mut tx = to.begin().await?;
    let rooms: Vec<i64> = decisions.iter().map(|one| one.room.0).collect();
    // Whoever says something there has the row until it is committed: what follows sees all of it, or comes before it.
    let lock =
        sqlx::query!("select 1 as one from room where id = any($1) order by id for no key update", &rooms);
    lock.fetch_all(&mut *tx).await.map_err(error)?;
    done(&mut tx, decisions).await?;
    again(&mut tx, decisions).await?;
    let mut noted: Vec<(&PushDecision, &NewNote)> =
        decisions.iter().flat_map(|one| one.notes.iter().map(move |note| (one, note))).collect();
    noted.sort_unstable_by_key(|(one, note)| (note.device, one.room));
    notes(&mut tx, &noted).await?;
    let read: Vec<_> =
        decisions.iter().flat_map(|one| one.read.iter().map(|(user, seq)| (*user, one.room, *seq))).collect();
    let now = decisions.iter().map(|one| one.now.0).max().unwrap_or(0);
    take_back(&mut tx, &read, now).await?;
    tx.commit().await.map_err(error)
}

/// Nothing waits in these rooms any more but what was said meanwhile: that has a look of its own after the grace, if it
/// wants one.
async fn done(conn: &mut PgConnection, decisions: &[PushDecision]) -> Result<(), Error> {
    let kinds: Vec<i16> = decisions.iter().map(|one| i16::from(one.kind)).collect();
    let column = |value: fn(&PushDecision) -> i64| decisions.iter().map(value).collect::<Vec<i64>>();
    let (rooms, next) = (column(|one| one.room.0), column(|one| number(one.to.next().0)));
    let update = sqlx::query!(
        "update due d set from_seq = j.next, due_at = j.now
         from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[]) j (kind, room_id, next, now)
         join room r on r.id = j.room_id
         where d.kind = j.kind and d.room_id = j.room_id and j.kind <> $5 and r.last_seq >= j.next",
        &kinds,
        &rooms,
        &next,
        &column(|one| one.now.0),
        i16::from(PUSH_AFTER_GRACE)
    );
    update.execute(&mut *conn).await.map_err(error)?;
    // What goes on begins after what was looked at by now.
    let delete = sqlx::query!(
        "delete from due d using unnest($1::smallint[], $2::bigint[], $3::bigint[]) j (kind, room_id, next)
         where d.kind = j.kind and d.room_id = j.room_id and d.from_seq < j.next",
        &kinds,
        &rooms,
        &next
    );
    delete.execute(conn).await.map(drop).map_err(error)
}

async fn again(conn: &mut PgConnection, decisions: &[PushDecision]) -> Result<(), Error> {
    let again =
        decisions.iter().filter_map(|one| one.again.map(|(from, at)| (one.room.0, (number(from.0), at.0))));
    let (rooms, (from, at)): (Vec<i64>, (Vec<i64>, Vec<i64>)) = again.unzip();
    if rooms.is_empty() {
        return Ok(());
    }
    let upsert = sqlx::query!(
        "insert into due (kind, room_id, from_seq, due_at)
         select $1, * from unnest($2::bigint[], $3::bigint[], $4::bigint[])
         on conflict (kind, room_id) do update
         set from_seq = least(due.from_seq, excluded.from_seq), due_at = least(due.due_at, excluded.due_at)",
        i16::from(PUSH_AFTER_GRACE),
        &rooms,
        &from,
        &at
    );
    upsert.execute(conn).await.map(drop).map_err(error)
}

/// What waits there already goes on waiting for its time, and tells of more. A device that went meanwhile is told nothing.
async fn notes(conn: &mut PgConnection, notes: &[(&PushDecision, &NewNote)]) -> Result<(), Error> {
    if notes.is_empty() {
        return Ok(());
    }
    let column = |value: fn(&PushDecision, &NewNote) -> i64| -> Vec<i64> {
        notes.iter().map(|(one, note)| value(one, note)).collect()
    };
    let providers: Vec<String> = notes.iter().map(|(_, note)| note.provider.clone()).collect();
    let upsert = sqlx::query!(
        "insert into push_note as n (device_id, room_id, user_id, provider, from_seq, seq, since, next_at)
         select p.id, j.room_id, j.user_id, j.provider, j.from_seq, j.seq, j.since, j.now
         from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[],
                     $8::bigint[]) with ordinality
              j (device_id, room_id, user_id, provider, from_seq, seq, since, now, place)
         join push_device p on p.id = j.device_id
         order by j.place
         on conflict (device_id, room_id) do update
         set from_seq = least(n.from_seq, excluded.from_seq), seq = greatest(n.seq, excluded.seq),
             since = coalesce(n.since, excluded.since), takes_back = false,
             next_at = case when n.seq is null then excluded.next_at else coalesce(n.next_at, excluded.next_at) end",
        &column(|_, note| note.device.0),
        &column(|one, _| one.room.0),
        &column(|_, note| note.user.0),
        &providers,
        &column(|_, note| number(note.from.0)),
        &column(|_, note| number(note.seq.0)),
        &column(|_, note| note.since.0),
        &column(|one, _| one.now.0)
    );
    upsert.execute(conn).await.map(drop).map_err(error)
}

/// What these devices show of rooms is to be taken back: it was read up to there.
pub(crate) async fn take_back(
    conn: &mut PgConnection,
    read: &[(UserId, RoomId, Seq)],
    now: i64,
) -> Result<(), Error> {
    if read.is_empty() {
        return Ok(());
    }
    let users: Vec<i64> = read.iter().map(|(user, ..)| user.0).collect();
    let rooms: Vec<i64> = read.iter().map(|(_, room, _)| room.0).collect();
    let seqs: Vec<i64> = read.iter().map(|(_, _, seq)| number(seq.0)).collect();
    let update = sqlx::query!(
        "with shown as materialized (
             select n.device_id, n.room_id
             from unnest($2::bigint[], $3::bigint[], $4::bigint[]) j (user_id, room_id, seq)
             join push_note n on n.user_id = j.user_id and n.room_id = j.room_id
             where n.told_seq > 0 and n.told_seq <= j.seq and n.seq is null and not n.takes_back
             order by n.device_id, n.room_id for update of n)
         update push_note n set takes_back = true, next_at = $1
         from shown where n.device_id = shown.device_id and n.room_id = shown.room_id",
        now,
        &users,
        &rooms,
        &seqs
    );
    update.execute(conn).await.map(drop).map_err(error)
}
