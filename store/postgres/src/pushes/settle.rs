//! What came of notes.

use super::PostgresPushes;
use crate::failure::error;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use store::stored::number;
use store::{Delivery, Error, Settled, Settling};

/// See [`store::Pushes::settle`]. Written twice, as when the answer to a commit is lost, it is written once.
pub(super) async fn settle(to: &PostgresPushes, settled: &[Settled]) -> Result<(), Error> {
    let mut in_order: Vec<&Settled> = settled.iter().collect();
    in_order.sort_unstable_by_key(|one| (one.device, one.room));
    let mut tx = to.begin().await?;
    lock(&mut tx, &in_order).await?;
    notes(&mut tx, &in_order).await?;
    for one in &in_order {
        device(&mut tx, one).await?;
    }
    report(&mut tx, &in_order).await?;
    tx.commit().await.map_err(error)
}

type Value = fn(&Settled) -> i64;

fn column(settled: &[&Settled], value: Value) -> Vec<i64> {
    settled.iter().map(|one| value(one)).collect()
}

async fn lock(conn: &mut PgConnection, settled: &[&Settled]) -> Result<(), Error> {
    let lock = sqlx::query!(
        "select 1 as one from push_note where (device_id, room_id) in
             (select * from unnest($1::bigint[], $2::bigint[]))
         order by device_id, room_id for update",
        &column(settled, |one| one.device.0),
        &column(settled, |one| one.room.0)
    );
    lock.fetch_all(conn).await.map(drop).map_err(error)
}

/// What was said while something was told is told next; what was read while it was told is taken back.
async fn notes(conn: &mut PgConnection, settled: &[&Settled]) -> Result<(), Error> {
    let later: Vec<Option<i64>> = settled
        .iter()
        .map(|one| match one.what {
            Settling::Later(at) | Settling::Waits(at) => Some(at.0),
            _ => None,
        })
        .collect();
    let tried: Vec<bool> = settled.iter().map(|one| matches!(one.what, Settling::Later(_))).collect();
    let told: Vec<bool> = settled.iter().map(|one| one.what == Settling::Told).collect();
    let back: Vec<bool> = settled.iter().map(|one| one.what == Settling::TakenBack).collect();
    let update = sqlx::query!(
        "update push_note n
         set attempts = case when j.later is null then 0 else n.attempts + j.tried::int end, taken_by = null, taken_until = null,
             told_from = case when j.told and n.told_seq = 0 then coalesce(n.from_seq, j.seq) when j.back then 0
                              else n.told_from end,
             told_seq = case when j.told then greatest(n.told_seq, j.seq) when j.back then 0 else n.told_seq end,
             done_seq = case when j.later is null then greatest(n.done_seq, j.seq) else n.done_seq end,
             takes_back = case when j.later is not null then n.takes_back else j.told and j.is_read and n.seq <= j.seq end,
             from_seq = case when j.later is not null or j.back or n.seq > j.seq then n.from_seq end,
             since = case when j.later is not null or j.back or n.seq > j.seq then n.since end,
             next_at = case when j.later is not null then j.later
                            when n.seq > j.seq or (j.back and n.seq is not null) or (j.told and j.is_read) then j.at end,
             seq = case when j.later is not null or j.back or n.seq > j.seq then n.seq end
         from (select u.*, exists (
                   select 1 from push_note o join cursor c on c.user_id = o.user_id and c.room_id = o.room_id
                   where o.device_id = u.device_id and o.room_id = u.room_id and c.read_seq >= u.seq) as is_read
               from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bool[],
                           $8::bool[], $9::bool[]) u (device_id, room_id, by, seq, at, later, told, back, tried)) j
         where n.device_id = j.device_id and n.room_id = j.room_id and n.taken_by = j.by",
        &column(settled, |one| one.device.0),
        &column(settled, |one| one.room.0),
        &column(settled, |one| one.by),
        &column(settled, |one| number(one.seq.0)),
        &column(settled, |one| one.at.0),
        &later as &[Option<i64>],
        &told,
        &back,
        &tried
    );
    update.execute(conn).await.map(drop).map_err(error)
}

async fn device(conn: &mut PgConnection, one: &Settled) -> Result<(), Error> {
    match &one.what {
        Settling::Gone(since) => {
            let delete = sqlx::query!(
                "delete from push_device where id = $1 and registered_at < $2",
                one.device.0,
                since.0
            );
            delete.execute(conn).await.map(drop).map_err(error)
        }
        Settling::Disabled(why) => {
            let update = sqlx::query!(
                "update push_device set disabled = $1, disabled_at = $2 where id = $3 and registered_at < $2",
                why,
                one.at.0,
                one.device.0
            );
            update.execute(&mut *conn).await.map_err(error)?;
            let notes = sqlx::query!(
                "delete from push_note where device_id = $1
                 and exists (select 1 from push_device where id = $1 and disabled is not null)",
                one.device.0
            );
            notes.execute(conn).await.map(drop).map_err(error)
        }
        Settling::Told
        | Settling::TakenBack
        | Settling::Dropped
        | Settling::Later(_)
        | Settling::Waits(_) => Ok(()),
    }
}

/// Of each device and of what nobody heard, the last ones are kept.
async fn report(conn: &mut PgConnection, settled: &[&Settled]) -> Result<(), Error> {
    let told: Vec<_> = settled.iter().filter_map(|one| Some((*one, one.outcome.as_ref()?))).collect();
    if told.is_empty() {
        return Ok(());
    }
    let numbers = |value: fn(&Settled) -> i64| told.iter().map(|(one, _)| value(one)).collect::<Vec<i64>>();
    let texts = |value: fn(&Settled) -> &str| {
        told.iter().map(|(one, _)| value(one).to_owned()).collect::<Vec<String>>()
    };
    let outcomes: Vec<String> = told.iter().map(|(_, outcome)| outcome.word.to_owned()).collect();
    let reasons: Vec<String> = told.iter().map(|(_, outcome)| outcome.reason.clone()).collect();
    let names: Vec<String> = told.iter().map(|(_, outcome)| outcome.id.clone()).collect();
    let dead: Vec<bool> = told.iter().map(|(_, outcome)| outcome.is_dead).collect();
    let insert = sqlx::query!(
        "with fresh as (
             insert into push_delivery
                 (number, device_id, user_id, app, provider, room_id, seq, outcome, reason, name, is_dead, at)
             select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[],
                                  $7::bigint[], $8::text[], $9::text[], $10::text[], $11::bool[], $12::bigint[])
             on conflict (number) do nothing
             returning number, app, provider, outcome, reason, at),
         counted as (
             select f.app, f.provider, f.outcome,
                    case when (select count(*) from push_outcome o where o.app = f.app and o.provider = f.provider) < 64
                         then f.reason else 'other' end as reason,
                    f.at, greatest(f.at - j.since, 0) as waited
             from fresh f join unnest($1::bigint[], $13::bigint[]) j (number, since) on j.number = f.number)
         insert into push_outcome as o (app, provider, outcome, reason, times, last_at, waited)
         select app, provider, outcome, reason, count(*), max(at), sum(waited)::bigint from counted
         group by app, provider, outcome, reason order by app, provider, outcome, reason
         on conflict (app, provider, outcome, reason) do update
         set times = o.times + excluded.times, last_at = greatest(o.last_at, excluded.last_at),
             waited = o.waited + excluded.waited",
        &told.iter().map(|(_, outcome)| outcome.number).collect::<Vec<i64>>(),
        &numbers(|one| one.device.0),
        &numbers(|one| one.user.0),
        &texts(|one| &one.way.0),
        &texts(|one| &one.way.1),
        &numbers(|one| one.room.0),
        &numbers(|one| number(one.seq.0)),
        &outcomes,
        &reasons,
        &names,
        &dead,
        &numbers(|one| one.at.0),
        &numbers(|one| one.since.0)
    );
    insert.execute(&mut *conn).await.map_err(error)?;
    trim(conn, told.iter().map(|(one, _)| one.device.0).collect()).await
}

async fn trim(conn: &mut PgConnection, devices: BTreeSet<i64>) -> Result<(), Error> {
    let devices: Vec<i64> = devices.into_iter().collect();
    let delete = sqlx::query!(
        "delete from push_delivery where number in (
             select d.number from unnest($1::bigint[]) j (device_id)
             cross join lateral (select o.number from push_delivery o where o.device_id = j.device_id
                                 order by o.number desc limit 1 offset $2) last
             join push_delivery d on d.device_id = j.device_id and d.number < last.number
             where not d.is_dead)",
        &devices,
        i64::from(Delivery::KEPT)
    );
    delete.execute(&mut *conn).await.map_err(error)?;
    let dead = sqlx::query!(
        "delete from push_delivery where is_dead and number < (
             select number from push_delivery where is_dead order by number desc limit 1 offset $1)",
        i64::from(Delivery::DEAD_KEPT)
    );
    dead.execute(conn).await.map(drop).map_err(error)
}
