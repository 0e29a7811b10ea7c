//! A device takes its seat.

use super::end;
use crate::failure::error;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{RoomId, Seq, Timestamp, UserId};
use std::sync::LazyLock;
use store::lane::Write;
use store::stored::damaged;
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

#[derive(sqlx::FromRow)]
struct Stored {
    id: i64,
    epoch: i64,
    clean: i64,
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

/// A session's row.
#[derive(sqlx::FromRow)]
struct Found {
    #[sqlx(flatten)]
    stored: Stored,
    /// Its packets that wait for a PUBREL, as a JSON list.
    unreleased: String,
    /// There was no more to do than to take it, and that is done.
    is_resumed: bool,
}

/// Finds the row, and resumes the session where that changes nothing else: two statements on one way to SQLite's
/// thread, so that what is found is what was there before. When a server comes back, everybody does this at once.
static FIND_AND_RESUME: LazyLock<String> = LazyLock::new(|| {
    let is_plain = "incarnation = ?3 and will is null and (expires_at is null or expires_at > ?4) and not ?6";
    format!(
        "select id, epoch, clean, incarnation, saved_at, expires_at, subscriptions, cursors, in_flight, replies, will,
                will_due,
                (select json_group_array(json_array(i.id, i.room_id, i.seq)) from inbound i
                 where i.id between s.id << 16 and (s.id << 16) + 65535 and i.held = 1) as unreleased,
                {is_plain} as is_resumed
         from session s where user_id = ?1 and client_id = ?2;
         update session set epoch = epoch + 1, clean = 0, outlives = ?5, expires_at = null
         where user_id = ?1 and client_id = ?2 and {is_plain}"
    )
});

/// There is no place for the device. Nothing went wrong, so it is an answer and no error of the transaction.
pub(crate) struct Crowded;

#[async_trait]
impl Write<Writer> for Open {
    type Answer = Result<Opened, Crowded>;
    const SPARES: bool = true;

    async fn write(&self, to: &mut Writer) -> Result<Result<Opened, Crowded>, Error> {
        match self.find(to).await? {
            Some(found) if found.is_resumed => found.resumed(to, None).map(Ok),
            Some(Found { stored, .. }) if self.clean_start || stored.has_expired(self.now) => {
                let orphaned_will = stored.open_will(to)?;
                end::forget(to, &[stored.id]).await?;
                let made = self.make(to).await?;
                Ok(made.map(|made| Opened {
                    orphaned_will: orphaned_will.or(made.orphaned_will.clone()),
                    ..made
                }))
            }
            Some(found) => self.resume(to, found).await.map(Ok),
            None => self.make(to).await,
        }
    }
}

/// A session that made room, and its will.
type GoneDevice = (SessionId, Option<StoredWill>);

impl Open {
    async fn find(&self, to: &mut Writer) -> Result<Option<Found>, Error> {
        let found = sqlx::query_as(FIND_AND_RESUME.as_str())
            .bind(self.user.0)
            .bind(&self.client_id)
            .bind(to.incarnation)
            .bind(self.now.0)
            .bind(self.outlives())
            .bind(self.clean_start || self.will.is_some())
            .fetch_all(&mut to.conn);
        Ok(found.await.map_err(error)?.pop())
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
        let outlives = self.outlives();
        let nothing = packed::pack(&[(); 0].as_slice())?;
        let insert = sqlx::query!(
            "insert into session (user_id, client_id, epoch, clean, incarnation, saved_at, outlives, subscriptions,
                                  cursors, in_flight)
             values (?1, ?2, 1, 0, ?3, ?4, ?5, ?6, ?6, ?6)",
            self.user.0,
            self.client_id,
            to.incarnation,
            self.now.0,
            outlives,
            nothing
        );
        let id = SessionId(insert.execute(&mut to.conn).await.map_err(error)?.last_insert_rowid());
        self.leave_will(to, id).await?;
        let orphaned_will = orphaned_will.flatten();
        Ok(Ok(Opened { id: Some(id), orphaned_will, crowded_out, ..fresh }))
    }

    /// One device more than a user may have takes the place of the one that was away longest, whose will is then due.
    async fn make_room(&self, to: &mut Writer) -> Result<Result<Option<GoneDevice>, Crowded>, Error> {
        let count = sqlx::query_scalar!("select count(*) from session where user_id = ?", self.user.0);
        if count.fetch_one(&mut to.conn).await.map_err(error)? < i64::from(self.devices) {
            return Ok(Ok(None));
        }
        let longest = sqlx::query_as!(
            Stored,
            "select id, epoch, clean, incarnation, saved_at, expires_at, subscriptions, cursors, in_flight, replies,
                    will, will_due
             from session s where user_id = ? and clean = 1
             order by exists (select 1 from push_device p where p.user_id = s.user_id and p.device = s.client_id), saved_at
             limit 1",
            self.user.0
        );
        match longest.fetch_optional(&mut to.conn).await.map_err(error)? {
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
            "update session set will = ?, will_delay = ?, will_due = null where id = ?",
            sealed,
            will.delay,
            id.0
        );
        update.execute(&mut to.conn).await.map(|_| ()).map_err(error)
    }

    /// A will that waited is not said any more, unless its time had come before the device did.
    async fn resume(&self, to: &mut Writer, mut found: Found) -> Result<Opened, Error> {
        let stored = &mut found.stored;
        let epoch = stored.epoch + 1;
        if stored.incarnation != to.incarnation {
            stored.cut(to).await?;
        }
        let outlives = self.outlives();
        let update = sqlx::query!(
            "update session set epoch = ?, clean = 0, outlives = ?, expires_at = null, will = null, will_due = null,
                                cursors = ?, in_flight = ?, incarnation = ? where id = ?",
            epoch,
            outlives,
            stored.cursors,
            stored.in_flight,
            to.incarnation,
            stored.id
        );
        update.execute(&mut to.conn).await.map_err(error)?;
        self.leave_will(to, SessionId(stored.id)).await?;
        let late = stored.will_due.is_some_and(|due| due <= self.now.0);
        let orphaned_will = if late { stored.open_will(to)? } else { None };
        found.resumed(to, orphaned_will)
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
        let heads = to.heads.load(&mut to.conn, cursors.iter().map(|(room, _)| *room)).await?;
        let ends = heads.into_iter().map(|(room, head)| (room, head.last_seq)).collect();
        packed::cut(&mut cursors, &mut in_flight, &ends);
        (self.cursors, self.in_flight) = (packed::pack_cursors(&cursors)?, packed::pack(&in_flight)?);
        Ok(())
    }
}

impl Found {
    /// What was found, under the epoch that begins.
    fn resumed(self, to: &Writer, orphaned_will: Option<StoredWill>) -> Result<Opened, Error> {
        let (id, epoch) = (SessionId(self.stored.id), (self.stored.epoch + 1).cast_unsigned());
        let found = Some(self.reopen(to)?);
        Ok(Opened { id: Some(id), epoch, found, orphaned_will, crowded_out: None })
    }

    fn reopen(self, to: &Writer) -> Result<Reopened, Error> {
        let Found { stored, unreleased, .. } = self;
        let key = to.keys.master().session_key(SessionId(stored.id))?;
        let state = SessionState {
            subscriptions: packed::unpack(&stored.subscriptions)?,
            cursors: packed::unpack_cursors(&stored.cursors)?,
            in_flight: packed::unpack(&stored.in_flight)?,
            replies: packed::open_replies(&key, stored.replies)?,
        };
        Ok(Reopened {
            state,
            unreleased: packets(&unreleased)?,
            incarnation: stored.incarnation.cast_unsigned(),
            clean: stored.clean != 0,
            saved_at: Timestamp(stored.saved_at),
        })
    }
}

/// QoS 2 packets that wait for their PUBREL, from the JSON that SQLite made of them.
fn packets(json: &str) -> Result<Vec<(u16, RoomId, Seq)>, Error> {
    let rows: Vec<(i64, i64, i64)> = serde_json::from_str(json).map_err(|_| damaged("list of packets"))?;
    let packet =
        |(id, room, seq): (i64, i64, i64)| ((id & 0xffff) as u16, RoomId(room), Seq(seq.cast_unsigned()));
    let mut packets: Vec<_> = rows.into_iter().map(packet).collect();
    packets.sort_unstable_by_key(|(id, ..)| *id);
    Ok(packets)
}
