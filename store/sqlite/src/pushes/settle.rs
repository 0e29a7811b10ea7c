//! What came of notes.

use crate::failure::error;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use std::collections::BTreeSet;
use store::lane::Write;
use store::stored::number;
use store::{Delivery, Error, Settled, Settling};

/// See [`store::Pushes::settle`].
pub(super) struct Settle(pub(super) Vec<Settled>);

#[async_trait]
impl Write<Writer> for Settle {
    type Answer = ();
    // What was told is told: it must not be told again because the disk is full.
    const SPARES: bool = true;

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        for one in &self.0 {
            note(to, one).await?;
            device(to, one).await?;
        }
        report(to, &self.0).await
    }
}

async fn note(to: &mut Writer, one: &Settled) -> Result<(), Error> {
    let (told, back) = (one.what == Settling::Told, one.what == Settling::TakenBack);
    let seq = number(one.seq.0);
    if let Settling::Later(at) | Settling::Waits(at) = one.what {
        let tried = matches!(one.what, Settling::Later(_));
        let update = sqlx::query!(
            "update push_note set attempts = attempts + ?, next_at = ?, taken_by = null, taken_until = null
             where device_id = ? and room_id = ? and taken_by = ?",
            tried,
            at.0,
            one.device.0,
            one.room.0,
            one.by
        );
        return update.execute(&mut to.conn).await.map(drop).map_err(error);
    }
    // What was said while it was told is told next; what was read while it was told is taken back.
    let update = sqlx::query!(
        "update push_note
         set told_from = case when ?1 and told_seq = 0 then coalesce(from_seq, ?2) when ?3 then 0 else told_from end,
             told_seq = case when ?1 then max(told_seq, ?2) when ?3 then 0 else told_seq end,
             done_seq = max(done_seq, ?2), attempts = 0, taken_by = null, taken_until = null,
             takes_back = ?1 and seq <= ?2 and exists (
                 select 1 from cursor c where c.user_id = push_note.user_id and c.room_id = push_note.room_id
                 and c.read_seq >= ?2),
             from_seq = case when seq > ?2 or ?3 then from_seq end, since = case when seq > ?2 or ?3 then since end,
             next_at = case when seq > ?2 or (?3 and seq is not null) or (?1 and exists (
                 select 1 from cursor c where c.user_id = push_note.user_id and c.room_id = push_note.room_id
                 and c.read_seq >= ?2)) then ?4 end,
             seq = case when seq > ?2 or ?3 then seq end
         where device_id = ?5 and room_id = ?6 and taken_by = ?7",
        told,
        seq,
        back,
        one.at.0,
        one.device.0,
        one.room.0,
        one.by
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
    let mut devices = BTreeSet::new();
    for one in settled {
        let Some(outcome) = &one.outcome else { continue };
        devices.insert(one.device.0);
        let seq = number(one.seq.0);
        let insert = sqlx::query!(
            "insert into push_delivery
                 (number, device_id, user_id, app, provider, room_id, seq, outcome, reason, name, is_dead, at)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (number) do nothing",
            outcome.number,
            one.device.0,
            one.user.0,
            one.way.0,
            one.way.1,
            one.room.0,
            seq,
            outcome.word,
            outcome.reason,
            outcome.id,
            outcome.is_dead,
            one.at.0
        );
        insert.execute(&mut to.conn).await.map_err(error)?;
        let waited = one.at.0.saturating_sub(one.since.0).max(0);
        let count = sqlx::query!(
            "insert into push_outcome (app, provider, outcome, reason, times, last_at, waited)
             values (?1, ?2, ?3, case when (select count(*) from push_outcome where app = ?1 and provider = ?2) < 64
                                 then ?4 else 'other' end, 1, ?5, ?6)
             on conflict (app, provider, outcome, reason) do update
             set times = times + 1, last_at = excluded.last_at, waited = waited + excluded.waited",
            one.way.0,
            one.way.1,
            outcome.word,
            outcome.reason,
            one.at.0,
            waited
        );
        count.execute(&mut to.conn).await.map_err(error)?;
    }
    trim(to, devices).await
}

async fn trim(to: &mut Writer, devices: BTreeSet<i64>) -> Result<(), Error> {
    if devices.is_empty() {
        return Ok(());
    }
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
