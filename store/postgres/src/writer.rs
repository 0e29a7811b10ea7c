//! The transaction of a batch.
//!
//! It begins by writing its number into the row `writer`, under this server's epoch. Three things follow from that.
//! Whoever took the database raised the epoch, so a server that lost it finds no row and ends. The row stays locked to
//! the end of the transaction, so there is one at a time. And when the answer to a COMMIT is lost, the row tells: once
//! it can be locked again the lost transaction has ended, and its number stands there if it was done. Nobody is
//! answered before that is known.

use crate::failure::within;
use crate::link::{Link, PATIENCE};
use crate::log;
use crate::readers::Readers;
use crate::rooms;
use async_trait::async_trait;
use chat::{Handle, UserId};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Executor as _};
use std::sync::Arc;
use std::time::Duration;
use store::lane::{self, Failed};
use store::plan::Waiting;
use store::seal::{Keyring, SenderKey, Voice};
use store::{Consumer, Error, Fate, NewEntry, NewEvent, NewRoom};
use tokio::sync::watch;

/// How long undoing may take; a connection that does not answer to it is dropped, which undoes as well.
const UNDO: Duration = Duration::from_secs(2);

/// What a write works with. What it remembers of a transaction counts only once that is on the disk.
pub(crate) struct Writer {
    link: Link,
    pub(crate) keys: Arc<Keyring>,
    pub(crate) consumers: Vec<Consumer>,
    pub(crate) incarnation: i64,
    /// Where saying something takes something away.
    pub(crate) waiting: Waiting,
    /// Keys whose salts this transaction writes.
    fresh_keys: Vec<(Voice, Arc<SenderKey>)>,
    /// Voices whose salts this transaction deletes.
    gone_keys: Vec<Voice>,
    /// What this transaction tells users.
    events: Vec<NewEvent>,
    /// The number of the last transaction that began.
    batch: i64,
    begun: bool,
    readers: Readers,
    /// True when the store is to close.
    stop: watch::Receiver<bool>,
    on_fatal: Arc<dyn Fn(Error) + Send + Sync>,
}

/// What the row says of a transaction whose answer was lost.
enum Found {
    Done,
    Undone,
}

/// Both numbers of the row as one: a server takes the database a few million times at most, and begins fewer than 2^40
/// transactions.
pub(crate) const fn stamp(epoch: i64, batch: i64) -> i64 {
    (epoch << 40) | batch
}

impl Writer {
    pub(crate) fn new(
        link: Link,
        keys: Arc<Keyring>,
        (consumers, incarnation): (Vec<Consumer>, i64),
        readers: Readers,
        waiting: Waiting,
        stop: watch::Receiver<bool>,
        on_fatal: Arc<dyn Fn(Error) + Send + Sync>,
    ) -> Writer {
        let (fresh_keys, gone_keys, events) = (Vec::new(), Vec::new(), Vec::new());
        let (batch, begun) = (0, false);
        Writer {
            link,
            keys,
            consumers,
            incarnation,
            waiting,
            fresh_keys,
            gone_keys,
            events,
            batch,
            begun,
            readers,
            stop,
            on_fatal,
        }
    }

    /// The connection, in the running transaction.
    pub(crate) fn conn(&mut self) -> Result<&mut PgConnection, Error> {
        self.link.conn()
    }

    /// Plans what follows for the tables as they are now, or keeps plans again, as is usual. A queue of messages is empty at one
    /// time and has a hundred thousand rows at another: a plan kept from the first reads all of them each time.
    pub(crate) async fn plans_anew(&mut self, anew: bool) -> Result<(), Error> {
        let words = if anew {
            "set local plan_cache_mode = force_custom_plan"
        } else {
            "set local plan_cache_mode = auto"
        };
        within(PATIENCE, self.conn()?.execute(words)).await.map(drop)
    }

    /// The number of the running transaction: one that is committed later has a greater one.
    pub(crate) fn stamp(&self) -> i64 {
        stamp(self.link.epoch(), self.batch)
    }

    /// Remembers a key whose salt this transaction writes.
    pub(crate) fn will_know(&mut self, voice: Voice, key: Arc<SenderKey>) {
        self.fresh_keys.push((voice, key));
    }

    /// Forgets keys whose salts this transaction deletes.
    pub(crate) fn will_forget(&mut self, voices: impl IntoIterator<Item = Voice>) {
        self.gone_keys.extend(voices);
    }

    /// What this transaction wrote is so from now on.
    fn remember(&mut self) {
        for (voice, key) in self.fresh_keys.drain(..) {
            self.keys.remember(voice, key);
        }
        if !self.gone_keys.is_empty() {
            self.keys.forget(self.gone_keys.drain(..));
        }
    }

    /// The answer to a COMMIT was lost. Asks until it is known what became of it, however long the database is away:
    /// who would guess loses what was said, or says it twice. Whoever waits for the answer has a limit of their own.
    async fn find_out(&mut self, lost: Error) -> Result<Found, Failed> {
        tracing::warn!(error = %lost, "the answer to a commit was lost; asking what became of it");
        self.link.lose();
        let mut stop = self.stop.clone();
        loop {
            let stopped = async { drop(stop.wait_for(|stop| *stop).await) };
            let asked = tokio::select! {
                asked = self.look() => asked,
                // The store closes, and those who wait hear that it is not known.
                () = stopped => return Err(Failed::Undone(lost)),
            };
            match asked {
                Ok(found) => return Ok(found),
                Err(taken @ Error::Locked(_)) => return Err(Failed::Unknown(taken)),
                Err(error) => {
                    tracing::warn!(%error, "it is not known yet what became of a commit");
                    self.link.lose();
                }
            }
        }
    }

    async fn look(&mut self) -> Result<Found, Error> {
        let (epoch, batch) = (self.link.epoch(), self.batch);
        let conn = self.link.connected().await?;
        // Waits for the end of the lost transaction, which holds the row.
        let row = sqlx::query_scalar!("select batch from writer where epoch = $1 for update", epoch);
        match within(PATIENCE, row.fetch_optional(conn)).await? {
            None => Err(self.link.taken()),
            Some(found) if found == batch => Ok(Found::Done),
            Some(_) => Ok(Found::Undone),
        }
    }
}

#[async_trait]
impl lane::Writer for Writer {
    /// The server ends each statement after ten seconds, and a batch has a dozen at most; this is for a server that
    /// says nothing at all.
    const PATIENCE: Option<Duration> = Some(Duration::from_secs(30));

    async fn begin(&mut self) -> Result<(), Error> {
        if self.begun {
            return Ok(());
        }
        let (epoch, batch) = (self.link.epoch(), self.batch + 1);
        let conn = self.link.connected().await?;
        // One way there and back for both. The numbers are ours.
        let words = format!("begin; update writer set batch = {batch} where epoch = {epoch}");
        match within(PATIENCE, conn.execute(sqlx::raw_sql(AssertSqlSafe(words)))).await {
            Ok(done) if done.rows_affected() == 1 => {
                (self.batch, self.begun) = (batch, true);
                Ok(())
            }
            other => {
                self.link.lose();
                Err(other.err().unwrap_or_else(|| self.link.taken()))
            }
        }
    }

    async fn append(&mut self, batch: &[&NewEntry]) -> Result<Vec<Fate>, Error> {
        self.begin().await?;
        log::append(self, batch).await
    }

    fn events(&mut self) -> &mut Vec<NewEvent> {
        &mut self.events
    }

    async fn own_rooms(&mut self, users: &[UserId]) -> Result<Vec<(UserId, Handle, bool)>, Error> {
        rooms::own(self, users).await
    }

    async fn make_room(&mut self, room: &NewRoom) -> Result<(), Error> {
        rooms::make(self, room).await
    }

    async fn commit(&mut self) -> Result<bool, Failed> {
        if !std::mem::take(&mut self.begun) {
            return Ok(false);
        }
        let conn = self.link.conn().map_err(Failed::Undone)?;
        let found = match within(PATIENCE, conn.execute("commit")).await {
            Ok(_) => Found::Done,
            Err(lost) => self.find_out(lost).await?,
        };
        match found {
            Found::Done => {
                self.remember();
                Ok(true)
            }
            Found::Undone => {
                self.fresh_keys.clear();
                self.gone_keys.clear();
                self.waiting.forget();
                Err(Failed::Undone(Error::Unavailable(
                    "the database lost a transaction before its end".into(),
                )))
            }
        }
    }

    async fn roll_back(&mut self) {
        self.fresh_keys.clear();
        self.gone_keys.clear();
        self.waiting.forget();
        if !std::mem::take(&mut self.begun) {
            return;
        }
        let undone = match self.link.conn() {
            Ok(conn) => within(UNDO, conn.execute("rollback")).await.is_ok(),
            Err(_) => true,
        };
        if !undone {
            self.link.lose();
        }
    }

    fn note(&mut self, error: &Error) {
        match error {
            Error::Locked(place) => (self.on_fatal)(Error::Locked(place.clone())),
            Error::Full => tracing::error!("the database's disk is full; messages wait until there is space"),
            Error::Unavailable(_) => tracing::warn!(%error, "a transaction was undone"),
            _ => tracing::error!(%error, "a write failed"),
        }
    }

    /// Closes everything, last what holds the database.
    async fn finish(self) {
        if tokio::time::timeout(PATIENCE, self.readers.pool.close()).await.is_err() {
            tracing::warn!("a reader did not end in time");
        }
        self.link.close().await;
    }
}
