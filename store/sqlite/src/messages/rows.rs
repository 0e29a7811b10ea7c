//! The statements that write a batch of messages: rows with bodies go in by chunks of fixed sizes, small numbers as JSON.

use crate::chunks::{FEW, chunks};
use crate::failure::error;
use crate::writer::json;
use sqlx::error::BoxDynError;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, SqliteConnection};
use std::collections::BTreeSet;
use std::sync::LazyLock;
use store::Error;
use store::messages::{Outcome, QueueRow, SealedMessage};

/// The statement for each size of a chunk.
type Inserts = LazyLock<[String; FEW.len()]>;

static MESSAGES: Inserts = LazyLock::new(|| {
    FEW.map(|rows| {
        let values = vec!["(?,?,?,?,?)"; rows].join(",");
        format!("insert into app_message (id, topic, body, qos, at) values {values}")
    })
});

static QUEUE: Inserts = LazyLock::new(|| {
    FEW.map(|rows| {
        let values = vec!["(?,?,?,?,?,?,?)"; rows].join(",");
        format!(
            "insert into app_queue (session, message, how, size, shared, expires_at, turn) values {values}"
        )
    })
});

static RETAINED: Inserts = LazyLock::new(|| {
    FEW.map(|rows| {
        let values = vec!["(?,?,?,?,?,?,?)"; rows].join(",");
        format!(
            "insert into app_retained (key, topic, id, body, qos, at, expires_at) values {values}
             on conflict (key) do update set id = excluded.id, body = excluded.body, qos = excluded.qos,
                                             at = excluded.at, expires_at = excluded.expires_at"
        )
    })
});

/// Writes all that a batch came to.
pub(super) async fn write(conn: &mut SqliteConnection, outcome: &Outcome<'_>) -> Result<(), Error> {
    insert(conn, &MESSAGES, &outcome.waiting, |to, message| add_message(to, message)).await?;
    insert(conn, &QUEUE, &outcome.queue, add_place).await?;
    ended(conn, &outcome.ended).await?;
    shared(conn, &outcome.shared).await?;
    insert(conn, &RETAINED, &outcome.retained, |to, (key, message)| add_retained(to, key, message)).await?;
    clear(conn, &outcome.cleared).await?;
    hold(conn, &outcome.packets).await
}

async fn insert<T>(
    conn: &mut SqliteConnection,
    inserts: &'static Inserts,
    rows: &[T],
    add: impl Fn(&mut SqliteArguments, &T) -> Result<(), BoxDynError>,
) -> Result<(), Error> {
    for (size, chunk) in chunks(&FEW, rows) {
        let mut arguments = SqliteArguments::default();
        let added = chunk.iter().try_for_each(|row| add(&mut arguments, row));
        added.map_err(|failure| Error::Broken(failure.to_string()))?;
        let insert = sqlx::query_with(inserts[size].as_str(), arguments);
        insert.execute(&mut *conn).await.map_err(error)?;
    }
    Ok(())
}

fn add_message(to: &mut SqliteArguments, message: &SealedMessage) -> Result<(), BoxDynError> {
    to.add(message.id)?;
    to.add(&message.topic[..])?;
    to.add(&message.body[..])?;
    to.add(i64::from(message.qos))?;
    to.add(message.at.0)
}

fn add_place(to: &mut SqliteArguments, row: &QueueRow<'_>) -> Result<(), BoxDynError> {
    to.add(row.session)?;
    to.add(row.message.id)?;
    to.add(row.how)?;
    to.add(row.message.size)?;
    to.add(i64::from(row.shared))?;
    to.add(row.message.expires_at.map(|at| at.0))?;
    to.add(i64::from(row.turn))
}

fn add_retained(to: &mut SqliteArguments, key: &[u8], message: &SealedMessage) -> Result<(), BoxDynError> {
    to.add(key)?;
    to.add(&message.topic[..])?;
    to.add(message.id)?;
    to.add(&message.body[..])?;
    to.add(i64::from(message.qos))?;
    to.add(message.at.0)?;
    to.add(message.expires_at.map(|at| at.0))
}

/// Nothing was begun with them that is only written now.
async fn ended(conn: &mut SqliteConnection, sessions: &BTreeSet<i64>) -> Result<(), Error> {
    if sessions.is_empty() {
        return Ok(());
    }
    let sessions = json(&sessions)?;
    let insert = sqlx::query!(
        "insert into app_ended (session, clean) select j.value, 1 from json_each(?) j where true
         on conflict (session) do nothing",
        sessions
    );
    insert.execute(conn).await.map(drop).map_err(error)
}

async fn shared(conn: &mut SqliteConnection, shared: &[(i64, i64)]) -> Result<(), Error> {
    if shared.is_empty() {
        return Ok(());
    }
    let shared = json(&shared)?;
    let insert = sqlx::query!(
        "insert into app_shared (message, queues) select j.value ->> 0, j.value ->> 1 from json_each(?) j",
        shared
    );
    insert.execute(conn).await.map(drop).map_err(error)
}

async fn clear(conn: &mut SqliteConnection, cleared: &[Vec<u8>]) -> Result<(), Error> {
    if cleared.is_empty() {
        return Ok(());
    }
    let cleared = json(&cleared.iter().map(hex::encode).collect::<Vec<_>>())?;
    let delete = sqlx::query!(
        "delete from app_retained where key in (select unhex(j.value) from json_each(?) j)",
        cleared
    );
    delete.execute(conn).await.map(drop).map_err(error)
}

/// They became no entry of a room.
async fn hold(conn: &mut SqliteConnection, packets: &[i64]) -> Result<(), Error> {
    if packets.is_empty() {
        return Ok(());
    }
    let packets = json(&packets)?;
    let upsert = sqlx::query!(
        "insert into inbound (id, room_id, seq, held) select j.value, 0, 0, 1 from json_each(?) j where true
         on conflict (id) do update set room_id = excluded.room_id, seq = excluded.seq, held = excluded.held",
        packets
    );
    upsert.execute(conn).await.map(drop).map_err(error)
}
