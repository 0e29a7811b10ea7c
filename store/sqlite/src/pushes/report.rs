//! What is shown of what was told.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::json;
use chat::{RoomId, Seq, Timestamp, UserId};
use std::time::Duration;
use store::stored::{StoredDelivery, number};
use store::{Backlog, Delivery, Error, OutcomeCount, PushDeviceId};

/// See [`store::Pushes::deliveries`].
pub(super) async fn deliveries(readers: &Readers, device: PushDeviceId) -> Result<Vec<Delivery>, Error> {
    let rows = sqlx::query_as!(
        StoredDelivery,
        r#"select number as "number!", device_id, user_id, app, provider, room_id, seq, outcome, reason, name, at
           from push_delivery where device_id = ? order by number desc limit ?"#,
        device.0,
        Delivery::KEPT
    );
    Ok(rows.fetch_all(readers).await.map_err(error)?.into_iter().map(Delivery::from).collect())
}

/// See [`store::Pushes::dead_letters`].
pub(super) async fn dead(readers: &Readers, before: Option<i64>, limit: u32) -> Result<Vec<Delivery>, Error> {
    let (before, limit) = (before.unwrap_or(i64::MAX), limit.min(200));
    let rows = sqlx::query_as!(
        StoredDelivery,
        r#"select number as "number!", device_id, user_id, app, provider, room_id, seq, outcome, reason, name, at
           from push_delivery where is_dead = 1 and number < ? order by number desc limit ?"#,
        before,
        limit
    );
    Ok(rows.fetch_all(readers).await.map_err(error)?.into_iter().map(Delivery::from).collect())
}

/// See [`store::Pushes::backlog`].
pub(super) async fn backlog(readers: &Readers) -> Result<Vec<Backlog>, Error> {
    let rows = sqlx::query!(
        r#"select provider as "provider!", count(*) as "waiting!: i64",
                  coalesce(sum(attempts > 0), 0) as "retried!: i64", min(since) as "oldest: i64"
           from push_note where next_at is not null group by provider order by provider"#
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?.into_iter();
    let backlog = rows.map(|row| Backlog {
        provider: row.provider,
        waiting: row.waiting.cast_unsigned(),
        retried: row.retried.cast_unsigned(),
        oldest: row.oldest.map(Timestamp),
    });
    Ok(backlog.collect())
}

/// See [`store::Pushes::outcomes`].
pub(super) async fn outcomes(readers: &Readers) -> Result<Vec<OutcomeCount>, Error> {
    let rows = sqlx::query!("select * from push_outcome order by app, provider, outcome, reason limit 10000");
    let rows = rows.fetch_all(readers).await.map_err(error)?.into_iter();
    let count = rows.map(|row| OutcomeCount {
        way: (row.app, row.provider),
        outcome: row.outcome,
        reason: row.reason,
        times: row.times.cast_unsigned(),
        last: Timestamp(row.last_at),
        age: Duration::from_millis((row.waited / row.times.max(1)).max(0).cast_unsigned()),
    });
    Ok(count.collect())
}

/// See [`store::Pushes::pushed`].
pub(super) async fn pushed(
    readers: &Readers,
    (room, seq): (RoomId, Seq),
    users: &[UserId],
) -> Result<Vec<(UserId, u32, u32)>, Error> {
    let users = json(&users.iter().take(1_000).map(|user| user.0).collect::<Vec<_>>())?;
    let seq = number(seq.0);
    let rows = sqlx::query!(
        r#"select n.user_id as "user_id!", sum(?1 between n.told_from and n.told_seq) as "told!: i64",
                  sum(n.seq is not null and n.from_seq <= ?1 and n.seq >= ?1) as "waiting!: i64"
           from json_each(?2) j cross join push_note n on n.room_id = ?3 and n.user_id = j.value
           group by n.user_id order by n.user_id"#,
        seq,
        users,
        room.0
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?.into_iter();
    let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(rows.map(|row| (UserId(row.user_id), count(row.told), count(row.waiting))).collect())
}
