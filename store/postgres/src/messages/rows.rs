//! The statements that write a batch of messages: one for each table, with a column of values for each of its columns.

use crate::failure::error;
use sqlx::postgres::PgConnection;
use std::collections::BTreeSet;
use store::Error;
use store::messages::{Outcome, QueueRow, SealedMessage};

/// Rows of queues in one statement: some 100 ms, far below the time that a statement has.
const PLACES: usize = 10_000;

/// Writes all that a batch came to.
pub(super) async fn write(conn: &mut PgConnection, outcome: &Outcome<'_>) -> Result<(), Error> {
    messages(conn, &outcome.waiting).await?;
    for places in outcome.queue.chunks(PLACES) {
        queue(conn, places).await?;
    }
    ended(conn, &outcome.ended).await?;
    shared(conn, &outcome.shared).await?;
    retain(conn, &outcome.retained).await?;
    clear(conn, &outcome.cleared).await?;
    hold(conn, &outcome.packets).await
}

async fn messages(conn: &mut PgConnection, messages: &[&SealedMessage]) -> Result<(), Error> {
    if messages.is_empty() {
        return Ok(());
    }
    let column = |value: fn(&SealedMessage) -> i64| messages.iter().map(|one| value(one)).collect::<Vec<_>>();
    let topics: Vec<&str> = messages.iter().map(|message| &message.topic[..]).collect();
    let bodies: Vec<&[u8]> = messages.iter().map(|message| &message.body[..]).collect();
    let qos: Vec<i16> = messages.iter().map(|message| i16::from(message.qos)).collect();
    let insert = sqlx::query!(
        "insert into app_message (id, topic, body, qos, at)
         select * from unnest($1::bigint[], $2::text[], $3::bytea[], $4::smallint[], $5::bigint[])",
        &column(|message| message.id),
        &topics as &[&str],
        &bodies as &[&[u8]],
        &qos,
        &column(|message| message.at.0)
    );
    insert.execute(conn).await.map(drop).map_err(error)
}

async fn queue(conn: &mut PgConnection, rows: &[QueueRow<'_>]) -> Result<(), Error> {
    let column = |value: fn(&QueueRow<'_>) -> i64| rows.iter().map(value).collect::<Vec<_>>();
    let how: Vec<&[u8]> = rows.iter().map(|row| row.how).collect();
    let shared: Vec<bool> = rows.iter().map(|row| row.shared).collect();
    let ends: Vec<Option<i64>> = rows.iter().map(|row| row.message.expires_at.map(|at| at.0)).collect();
    let turns: Vec<i16> = rows.iter().map(|row| i16::from(row.turn)).collect();
    let insert = sqlx::query!(
        "insert into app_queue (session, message, how, size, shared, expires_at, turn)
         select * from unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bigint[], $5::boolean[], $6::bigint[],
                              $7::smallint[])",
        &column(|row| row.session),
        &column(|row| row.message.id),
        &how as &[&[u8]],
        &column(|row| row.message.size),
        &shared,
        &ends as &[Option<i64>],
        &turns
    );
    insert.execute(conn).await.map(drop).map_err(error)
}

/// Nothing was begun with them that is only written now.
async fn ended(conn: &mut PgConnection, sessions: &BTreeSet<i64>) -> Result<(), Error> {
    if sessions.is_empty() {
        return Ok(());
    }
    let sessions: Vec<i64> = sessions.iter().copied().collect();
    let insert = sqlx::query!(
        "insert into app_ended (session, clean) select j.id, true from unnest($1::bigint[]) j (id)
         on conflict (session) do nothing",
        &sessions
    );
    insert.execute(conn).await.map(drop).map_err(error)
}

async fn shared(conn: &mut PgConnection, shared: &[(i64, i64)]) -> Result<(), Error> {
    if shared.is_empty() {
        return Ok(());
    }
    let (messages, queues): (Vec<i64>, Vec<i64>) = shared.iter().copied().unzip();
    let insert = sqlx::query!(
        "insert into app_shared (message, queues) select * from unnest($1::bigint[], $2::bigint[])",
        &messages,
        &queues
    );
    insert.execute(conn).await.map(drop).map_err(error)
}

async fn retain(conn: &mut PgConnection, retained: &[(Vec<u8>, &SealedMessage)]) -> Result<(), Error> {
    if retained.is_empty() {
        return Ok(());
    }
    let column =
        |value: fn(&SealedMessage) -> i64| retained.iter().map(|(_, one)| value(one)).collect::<Vec<_>>();
    let keys: Vec<&[u8]> = retained.iter().map(|(key, _)| &key[..]).collect();
    let topics: Vec<&str> = retained.iter().map(|(_, message)| &message.topic[..]).collect();
    let bodies: Vec<&[u8]> = retained.iter().map(|(_, message)| &message.body[..]).collect();
    let qos: Vec<i16> = retained.iter().map(|(_, message)| i16::from(message.qos)).collect();
    let ends: Vec<Option<i64>> =
        retained.iter().map(|(_, message)| message.expires_at.map(|at| at.0)).collect();
    let upsert = sqlx::query!(
        "insert into app_retained (key, topic, id, body, qos, at, expires_at)
         select * from unnest($1::bytea[], $2::text[], $3::bigint[], $4::bytea[], $5::smallint[], $6::bigint[],
                              $7::bigint[])
         on conflict (key) do update set id = excluded.id, body = excluded.body, qos = excluded.qos, at = excluded.at,
                                         expires_at = excluded.expires_at",
        &keys as &[&[u8]],
        &topics as &[&str],
        &column(|message| message.id),
        &bodies as &[&[u8]],
        &qos,
        &column(|message| message.at.0),
        &ends as &[Option<i64>]
    );
    upsert.execute(conn).await.map(drop).map_err(error)
}

async fn clear(conn: &mut PgConnection, cleared: &[Vec<u8>]) -> Result<(), Error> {
    if cleared.is_empty() {
        return Ok(());
    }
    let delete = sqlx::query!("delete from app_retained where key = any($1)", cleared);
    delete.execute(conn).await.map(drop).map_err(error)
}

/// They became no entry of a room.
async fn hold(conn: &mut PgConnection, packets: &[i64]) -> Result<(), Error> {
    if packets.is_empty() {
        return Ok(());
    }
    let upsert = sqlx::query!(
        "insert into inbound (id, room_id, seq, held) select j.id, 0, 0, true from unnest($1::bigint[]) j (id)
         on conflict (id) do update set room_id = excluded.room_id, seq = excluded.seq, held = excluded.held",
        packets
    );
    upsert.execute(conn).await.map(drop).map_err(error)
}
