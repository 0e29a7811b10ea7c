//! What came of notes.

use crate::failure::error;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use std::collections::BTreeSet;
use store::lane::Write;
use store::stored::number;
use store::{Delivery, Error, Outcome, Settled, Settling};

/// See [`store::Pushes::settle`].
pub(super) struct Settle(pub(super) Vec<Settled>);

#[async_trait]
impl Write<Writer> for Settle {
    type Answer = ();
    // What was told is told: it must not be told again because the disk is full.
    const SPARES: bool = true;

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        notes(to, &self.0).await?;
        for one in &self.0 {
            device(to, one).await?;
        }
        report(to, &self.0).await
    }
}

/// What was said while something was told is told next; what was read while it was told is taken back.
async fn notes(to: &mut Writer, settled: &[Settled]) -> Result<(), Error> {
    let row = |one: &Settled| {
        let later = match one.what {
            Settling::Later(at) | Settling::Waits(at) => Some(at.0),
            _ => None,
        };
        let (told, back) = (one.what == Settling::Told, one.what == Settling::TakenBack);
        let tried = matches!(one.what, Settling::Later(_));
        (one.device.0, one.room.0, one.by, number(one.seq.0), one.at.0, later, told, back, tried)
    };
    let settled = json(&settled.iter().map(row).collect::<Vec<_>>())?;
    let update = sqlx::query!(
        "update push_note
         set attempts = case when j.later is null then 0 else attempts + j.tried end, taken_by = null, taken_until = null,
             told_from = case when j.told and told_seq = 0 then coalesce(from_seq, j.seq) when j.back then 0
                              else told_from end,
             told_seq = case when j.told then max(told_seq, j.seq) when j.back then 0 else told_seq end,
             done_seq = case when j.later is null then max(done_seq, j.seq) else done_seq end,
             takes_back = case when j.later is not null then takes_back
                               else j.told and j.is_read and push_note.seq <= j.seq end,
             from_seq = case when j.later is not null or j.back or push_note.seq > j.seq then from_seq end,
             since = case when j.later is not null or j.back or push_note.seq > j.seq then since end,
             next_at = case when j.later is not null then j.later
                            when push_note.seq > j.seq or (j.back and push_note.seq is not null) or (j.told and j.is_read)
                            then j.at end,
             seq = case when j.later is not null or j.back or push_note.seq > j.seq then push_note.seq end
         from (select u.*, exists (
                   select 1 from push_note o cross join cursor c on c.user_id = o.user_id and c.room_id = o.room_id
                   where o.device_id = u.device_id and o.room_id = u.room_id and c.read_seq >= u.seq) as is_read
               from (select value ->> 0 as device_id, value ->> 1 as room_id, value ->> 2 as by, value ->> 3 as seq,
                            value ->> 4 as at, value ->> 5 as later, value ->> 6 as told, value ->> 7 as back,
                            value ->> 8 as tried from json_each(?)) u) j
         where push_note.device_id = j.device_id and push_note.room_id = j.room_id and push_note.taken_by = j.by",
        settled
    );
    update.execute(&mut to.conn).await.map(drop).map_err(error)
}

async fn device(to: &mut Writer, one: &Settled) -> Result<(), Error> {
    match &one.what {
        Settling::Gone(since) => {
            let delete = sqlx::query!(
                "delete from push_device where id = ? and registered_at < ?",
                one.device.0,
                since.0
            );
            delete.execute(&mut to.conn).await.map(drop).map_err(error)
        }
        Settling::Disabled(why) => {
            let update = sqlx::query!(
                "update push_device set disabled = ?1, disabled_at = ?2 where id = ?3 and registered_at < ?2",
                why,
                one.at.0,
                one.device.0
            );
            update.execute(&mut to.conn).await.map_err(error)?;
            let notes = sqlx::query!(
                "delete from push_note where device_id = ?1
                 and exists (select 1 from push_device where id = ?1 and disabled is not null)",
                one.device.0
            );
            notes.execute(&mut to.conn).await.map(drop).map_err(error)
        }
        Settling::Told
        | Settling::TakenBack
        | Settling::Dropped
        | Settling::Later(_)
        | Settling::Waits(_) => Ok(()),
    }
}

/// Of each device and of what nobody heard, the last ones are kept.
async fn report(to: &mut Writer, settled: &[Settled]) -> Result<(), Error> {
    let told: Vec<_> = settled.iter().filter_map(|one| Some((one, one.outcome.as_ref()?))).collect();
    if told.is_empty() {
        return Ok(());
    }
    let lines = told.iter().map(|(one, outcome)| {
        let Outcome { number: name, word, reason, id, is_dead } = *outcome;
        let (device, user, (app, provider), at) = (one.device.0, one.user.0, &one.way, one.at.0);
        let (seq, waited) = (number(one.seq.0), at.saturating_sub(one.since.0).max(0));
        (name, device, user, app, provider, one.room.0, seq, word, reason, id, is_dead, at, waited)
    });
    let lines = json(&lines.collect::<Vec<_>>())?;
    let insert = sqlx::query!(
        "insert into push_delivery
             (number, device_id, user_id, app, provider, room_id, seq, outcome, reason, name, is_dead, at)
         select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
                value ->> 8, value ->> 9, value ->> 10, value ->> 11
         from json_each(?) where true on conflict (number) do nothing",
        lines
    );
    insert.execute(&mut to.conn).await.map_err(error)?;
    let count = sqlx::query!(
        "insert into push_outcome (app, provider, outcome, reason, times, last_at, waited)
         select app, provider, outcome, reason, count(*), max(at), sum(waited)
         from (select app, provider, outcome, at, waited,
                      case when (select count(*) from push_outcome o where o.app = l.app and o.provider = l.provider) < 64
                           then reason else 'other' end as reason
               from (select value ->> 3 as app, value ->> 4 as provider, value ->> 7 as outcome, value ->> 8 as reason,
                            value ->> 11 as at, value ->> 12 as waited from json_each(?)) l)
         where true group by app, provider, outcome, reason
         on conflict (app, provider, outcome, reason) do update
         set times = times + excluded.times, last_at = max(last_at, excluded.last_at), waited = waited + excluded.waited",
        lines
    );
    count.execute(&mut to.conn).await.map_err(error)?;
    trim(to, told.iter().map(|(one, _)| one.device.0).collect()).await
}

async fn trim(to: &mut Writer, devices: BTreeSet<i64>) -> Result<(), Error> {
    let devices = json(&devices)?;
    let delete = sqlx::query!(
        "delete from push_delivery where number in (
             select d.number from json_each(?1) j cross join push_delivery d on d.device_id = j.value
             where d.is_dead = 0 and d.number < (
                 select o.number from push_delivery o where o.device_id = j.value
                 order by o.number desc limit 1 offset ?2))",
        devices,
        Delivery::KEPT
    );
    delete.execute(&mut to.conn).await.map_err(error)?;
    let dead = sqlx::query!(
        "delete from push_delivery where is_dead = 1 and number < (
             select number from push_delivery where is_dead = 1 order by number desc limit 1 offset ?)",
        Delivery::DEAD_KEPT
    );
    dead.execute(&mut to.conn).await.map(drop).map_err(error)
}
