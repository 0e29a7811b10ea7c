//! A device takes its seat.

use super::end;
use crate::failure::error;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{RoomId, Seq, Timestamp, UserId};
use std::collections::HashMap;
use store::lane::Write;
use store::{Error, InFlight, Opened, Opening, Reopened, SessionId, SessionState, StoredWill, packed};

/// See [`store::Store::open_session`].
pub(crate) struct Open {
    user: UserId,
    client_id: String,
    clean_start: bool,
    keep: Option<u32>,
    devices: u32,
    will: Option<StoredWill>,
    now: Timestamp,
}

impl From<Opening<'_>> for Open {
    fn from(opening: Opening<'_>) -> Open {
        let Opening { user, client_id, clean_start, keep, devices, will, now } = opening;
        Open { user, client_id: client_id.to_owned(), clean_start, keep, devices, will: will.cloned(), now }
    }
}

struct Stored {
    id: i64,
    epoch: i64,
    clean: bool,
    incarnation: i64,
    saved_at: i64,
    expires_at: Option<i64>,
    subscriptions: Vec<u8>,
    cursors: Vec<u8>,
    in_flight: Vec<u8>,
    replies: Option<Vec<u8>>,
    will: Option<Vec<u8>>,
    will_due: Option<i64>,
}

/// There is no place for the device. Nothing went wrong, so it is an answer and no error of the transaction.
pub(crate) struct Crowded;

#[async_trait]
impl Write<Writer> for Open {
    type Answer = Result<Opened, Crowded>;

    async fn write(&self, to: &mut Writer) -> Result<Result<Opened, Crowded>, Error> {
        match self.find(to).await? {
            Some(stored) if self.clean_start || stored.has_expired(self.now) => {
                let orphaned_will = stored.open_will(to)?;
                end::forget(to, &[stored.id]).await?;
                let made = self.make(to).await?;
                Ok(made.map(|made| Opened {
                    orphaned_will: orphaned_will.or(made.orphaned_will.clone()),
                    ..made
                }))
            }
            Some(stored) => self.resume(to, stored).await.map(Ok),
            None => self.make(to).await,
        }
    }
}

/// A session that made room, and its will.
type GoneDevice = (SessionId, Option<StoredWill>);

impl Open {
    async fn find(&self, to: &mut Writer) -> Result<Option<Stored>, Error> {
        let found = sqlx::query_as!(
            Stored,
            "select id, epoch, clean, incarnation, saved_at, expires_at, subscriptions, cursors, in_flight, replies,
                    will, will_due
             from session where user_id = $1 and client_id = $2",
            self.user.0,
            self.client_id
        );
        found.fetch_optional(to.conn()?).await.map_err(error)
    }

    async fn make(&self, to: &mut Writer) -> Result<Result<Opened, Crowded>, Error> {
        let fresh = Opened { id: None, epoch: 1, found: None, orphaned_will: None, crowded_out: None };
        if self.keep.is_none() {
            return Ok(Ok(fresh));
        }
        let (crowded_out, orphaned_will) = match self.make_room(to).await? {
            Ok(gone) => gone.unzip(),
            Err(crowded) => return Ok(Err(crowded)),
        };
        let nothing = packed::pack(&[(); 0].as_slice())?;
        let insert = sqlx::query_scalar!(
            "insert into session (user_id, client_id, epoch, clean, incarnation, saved_at, outlives, subscriptions,
                                  cursors, in_flight)
             values ($1, $2, 1, false, $3, $4, $5, $6, $6, $6) returning id",
            self.user.0,
            self.client_id,
            to.incarnation,
            self.now.0,
            self.outlives(),
            nothing
        );
        let id = SessionId(insert.fetch_one(to.conn()?).await.map_err(error)?);
        self.leave_will(to, id).await?;
        let orphaned_will = orphaned_will.flatten();
        Ok(Ok(Opened { id: Some(id), orphaned_will, crowded_out, ..fresh }))
    }

    /// One device more than a user may have takes the place of the one that was away longest, whose will is then due.
    async fn make_room(&self, to: &mut Writer) -> Result<Result<Option<GoneDevice>, Crowded>, Error> {
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!" from session where user_id = $1"#,
            self.user.0
        );
        if count.fetch_one(to.conn()?).await.map_err(error)? < i64::from(self.devices) {
            return Ok(Ok(None));
        }
        let longest = sqlx::query_as!(
            Stored,
            "select id, epoch, clean, incarnation, saved_at, expires_at, subscriptions, cursors, in_flight, replies,
                    will, will_due
             from session s where user_id = $1 and clean
             order by exists (select 1 from push_device p where p.user_id = s.user_id and p.device = s.client_id), saved_at
             limit 1",
            self.user.0
        );
        match longest.fetch_optional(to.conn()?).await.map_err(error)? {
            None => Ok(Err(Crowded)),
            Some(stored) => {
                let will = stored.open_will(to)?;
                end::forget(to, &[stored.id]).await?;
                Ok(Ok(Some((SessionId(stored.id), will))))
            }
        }
    }

    /// As the column has it: absent for ever.
    fn outlives(&self) -> Option<i64> {
        Some(self.keep.unwrap_or(0)).filter(|seconds| *seconds != u32::MAX).map(i64::from)
    }

    /// What this device brought along is in the row before it hears that it is here.
    async fn leave_will(&self, to: &mut Writer, id: SessionId) -> Result<(), Error> {
        let Some(will) = &self.will else { return Ok(()) };
        let sealed = packed::seal_will(&to.keys.master().session_key(id)?, will)?;
        let update = sqlx::query!(
            "update session set will = $1, will_delay = $2, will_due = null where id = $3",
            sealed,
            i64::from(will.delay),
            id.0
        );
        update.execute(to.conn()?).await.map(drop).map_err(error)
    }

    /// A will that waited is not said any more, unless its time had come before the device did.
    async fn resume(&self, to: &mut Writer, mut stored: Stored) -> Result<Opened, Error> {
        let epoch = stored.epoch + 1;
        if stored.incarnation != to.incarnation {
            stored.cut(to).await?;
        }
        let update = sqlx::query!(
            "update session set epoch = $1, clean = false, outlives = $2, expires_at = null, will = null,
                                will_due = null, cursors = $3, in_flight = $4, incarnation = $5 where id = $6",
            epoch,
            self.outlives(),
            stored.cursors,
            stored.in_flight,
            to.incarnation,
            stored.id
        );
        update.execute(to.conn()?).await.map_err(error)?;
        let id = SessionId(stored.id);
        self.leave_will(to, id).await?;
        let late = stored.will_due.is_some_and(|due| due <= self.now.0);
        let orphaned_will = if late { stored.open_will(to)? } else { None };
        let unreleased = unreleased(to, id).await?;
        let found = Some(stored.reopen(to, unreleased)?);
        Ok(Opened { id: Some(id), epoch: epoch.cast_unsigned(), found, orphaned_will, crowded_out: None })
    }
}

impl Stored {
    fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now.0)
    }

    fn open_will(&self, to: &Writer) -> Result<Option<StoredWill>, Error> {
        let Some(sealed) = self.will.clone() else { return Ok(None) };
        let key = to.keys.master().session_key(SessionId(self.id))?;
        packed::open_will(&key, sealed)
    }

    /// After a restore its places may lie past the ends of the logs: they are moved to the ends.
    async fn cut(&mut self, to: &mut Writer) -> Result<(), Error> {
        let mut cursors = packed::unpack_cursors(&self.cursors)?;
        let mut in_flight: Vec<InFlight> = packed::unpack(&self.in_flight)?;
        let rooms: Vec<i64> = cursors.iter().map(|(room, _)| room.0).collect();
        let ends = sqlx::query!("select id, last_seq from room where id = any($1)", &rooms);
        let ends = ends.fetch_all(to.conn()?).await.map_err(error)?.into_iter();
        let ends: HashMap<RoomId, u64> =
            ends.map(|row| (RoomId(row.id), row.last_seq.cast_unsigned())).collect();
        packed::cut(&mut cursors, &mut in_flight, &ends);
        (self.cursors, self.in_flight) = (packed::pack_cursors(&cursors)?, packed::pack(&in_flight)?);
        Ok(())
    }

    fn reopen(self, to: &Writer, unreleased: Vec<(u16, RoomId, Seq)>) -> Result<Reopened, Error> {
        let key = to.keys.master().session_key(SessionId(self.id))?;
        let state = SessionState {
            subscriptions: packed::unpack(&self.subscriptions)?,
            cursors: packed::unpack_cursors(&self.cursors)?,
            in_flight: packed::unpack(&self.in_flight)?,
            replies: packed::open_replies(&key, self.replies)?,
        };
        Ok(Reopened {
            state,
            unreleased,
            incarnation: self.incarnation.cast_unsigned(),
            clean: self.clean,
            saved_at: Timestamp(self.saved_at),
        })
    }
}

/// QoS 2 packets that wait for their PUBREL.
async fn unreleased(to: &mut Writer, id: SessionId) -> Result<Vec<(u16, RoomId, Seq)>, Error> {
    let (first, last) = id.packets();
    let rows = sqlx::query!(
        "select id, room_id, seq from inbound where id between $1 and $2 and held order by id",
        first,
        last
    );
    let rows = rows.fetch_all(to.conn()?).await.map_err(error)?.into_iter();
    Ok(rows
        .map(|row| ((row.id & 0xffff) as u16, RoomId(row.room_id), Seq(row.seq.cast_unsigned())))
        .collect())
}
