//! The one connection that writes, and its transaction.

use crate::callers::Callers;
use crate::checkpoint::{self, Checkpointer};
use crate::ends::{Coming, End, Ends};
use crate::faces::Faces;
use crate::failure::{self, error};
use crate::folder::Folder;
use crate::heads::Heads;
use crate::marks::{Arrears, Place, Slice};
use crate::readers::Readers;
use crate::reserve::Reserve;
use crate::rooms;
use async_trait::async_trait;
use chat::{Handle, RoomId, UserId};
use serde::Serialize;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Connection as _, SqliteConnection};
use std::collections::HashMap;
use std::sync::Arc;
use store::lane::{self, Failed};
use store::plan::{Mark, Waiting};
use store::seal::{Keyring, SenderKey, Voice};
use store::stored::number;
use store::{Consumer, Error, Fate, NewEntry, NewEvent, NewRoom, ReadMark};

/// What a write works with. What it remembers of a transaction counts only once that is on the disk.
pub(crate) struct Writer {
    pub(crate) conn: SqliteConnection,
    pub(crate) heads: Heads,
    pub(crate) keys: Arc<Keyring>,
    pub(crate) consumers: Vec<Consumer>,
    pub(crate) incarnation: i64,
    /// Where saying something takes something away.
    pub(crate) waiting: Waiting,
    /// `meta.changes`, and whether this transaction has raised it.
    changes: i64,
    stamped: bool,
    /// Keys whose salts this transaction writes.
    fresh_keys: Vec<(Voice, Arc<SenderKey>)>,
    /// Voices whose salts this transaction deletes.
    gone_keys: Vec<Voice>,
    arrears: Arc<Arrears>,
    ends: Arc<Ends>,
    faces: Arc<Faces>,
    pub(crate) callers: Arc<Callers>,
    /// Rooms that look otherwise after this transaction.
    repainted: Vec<RoomId>,
    /// Rooms that this transaction makes, and their first entries.
    made: Vec<(RoomId, End)>,
    /// What this transaction tells users.
    events: Vec<NewEvent>,
    /// Whether the transaction has begun: it does with its first write.
    begun: bool,
    /// Its last messages, which go to SQLite together with the commit.
    last: Option<Last>,
    shore: Shore,
}

/// What is in memory beside the file: the lane keeps it as the file is, readers look there first.
pub(crate) struct Memory {
    pub(crate) heads: Heads,
    pub(crate) arrears: Arc<Arrears>,
    pub(crate) ends: Arc<Ends>,
    pub(crate) faces: Arc<Faces>,
    pub(crate) callers: Arc<Callers>,
}

/// What is kept until the last write: all of it is closed in order then.
pub(crate) struct Shore {
    pub(crate) folder: Folder,
    pub(crate) readers: Readers,
    pub(crate) checkpointer: Checkpointer,
    pub(crate) reserve: Reserve,
}

/// The last messages of a transaction, and what all of its messages tell. A way to SQLite's thread and back costs more
/// than a small statement does there, so what can goes along: the text says `commit` too, and in its other form `begin`.
pub(crate) struct Last {
    pub(crate) with_commit: &'static str,
    pub(crate) with_both: &'static str,
    pub(crate) arguments: SqliteArguments,
    pub(crate) marks: Vec<(Place, Mark)>,
    /// How many messages the transaction has.
    pub(crate) messages: usize,
    /// Where the logs of its rooms end with it, as everybody in them is told.
    pub(crate) ends: HashMap<RoomId, Coming>,
    /// Earlier marks that it writes.
    pub(crate) slice: Slice,
}

impl Writer {
    pub(crate) fn new(
        conn: SqliteConnection,
        keys: Arc<Keyring>,
        memory: Memory,
        consumers: Vec<Consumer>,
        incarnation: i64,
        (changes, waiting): (i64, Waiting),
        shore: Shore,
    ) -> Writer {
        let Memory { heads, arrears, ends, faces, callers } = memory;
        let (fresh_keys, gone_keys) = (Vec::new(), Vec::new());
        let (events, made, repainted) = (Vec::new(), Vec::new(), Vec::new());
        let (begun, stamped, last) = (false, false, None);
        Writer {
            conn,
            heads,
            keys,
            consumers,
            incarnation,
            waiting,
            changes,
            stamped,
            fresh_keys,
            gone_keys,
            arrears,
            ends,
            faces,
            callers,
            repainted,
            made,
            events,
            begun,
            last,
            shore,
        }
    }

    /// Says what is still to be said, and `commit`. Gives the id of the row that was written last.
    async fn last_words(&mut self, last: Option<&mut Last>) -> Result<i64, sqlx::Error> {
        let (words, arguments) = match last {
            None => ("commit", SqliteArguments::default()),
            Some(last) => {
                let words = if self.begun { last.with_commit } else { last.with_both };
                (words, std::mem::take(&mut last.arguments))
            }
        };
        // A failure between the two leaves a transaction to undo.
        self.begun = true;
        let done = sqlx::query_with(words, arguments).execute(&mut self.conn).await?;
        Ok(done.last_insert_rowid())
    }

    /// What this transaction wrote is so from now on.
    fn remember(&mut self, last: Option<Last>, last_id: i64) {
        self.heads.committed();
        self.callers.committed();
        for (voice, key) in self.fresh_keys.drain(..) {
            self.keys.remember(voice, key);
        }
        if !self.gone_keys.is_empty() {
            self.keys.forget(self.gone_keys.drain(..));
        }
        // Before the moment is told: what a list shows is not older than its token.
        self.repainted.drain(..).for_each(|room| self.faces.forget(room));
        self.ends.made(self.made.drain(..));
        if let Some(last) = last {
            self.arrears.written(&last.slice);
            self.arrears.add(last.marks, last.messages, last_id);
            self.ends.grew(last.ends.into_iter(), last_id);
        }
        if std::mem::take(&mut self.stamped) {
            self.ends.changed(self.changes);
        }
    }

    /// The number of this transaction among those that change something that is no entry of a log.
    pub(crate) async fn stamp(&mut self) -> Result<i64, Error> {
        lane::Writer::begin(self).await?;
        if !self.stamped {
            // One that was undone leaves a hole, which nobody minds.
            self.changes += 1;
            self.stamped = true;
            let update = sqlx::query!("update meta set changes = ?", self.changes);
            update.execute(&mut self.conn).await.map_err(error)?;
        }
        Ok(self.changes)
    }

    /// This transaction makes a room.
    pub(crate) fn makes(&mut self, room: RoomId, first: End) {
        self.made.push((room, first));
    }

    /// This transaction changes what these rooms show of themselves in lists.
    pub(crate) fn repaints(&mut self, rooms: impl IntoIterator<Item = RoomId>) {
        self.repainted.extend(rooms);
    }

    /// Remembers a key whose salt this transaction writes.
    pub(crate) fn will_know(&mut self, voice: Voice, key: Arc<SenderKey>) {
        self.fresh_keys.push((voice, key));
    }

    /// Forgets keys whose salts this transaction deletes.
    pub(crate) fn will_forget(&mut self, voices: impl IntoIterator<Item = Voice>) {
        for voice in voices {
            self.repainted.push(voice.0);
            self.gone_keys.push(voice);
        }
    }

    /// Some of what earlier messages told, to be written along with so many new ones.
    pub(crate) fn arrears(&self, messages: usize) -> Slice {
        self.arrears.slice(messages)
    }

    /// How far this person is known to have read, beside what the table of marks says.
    pub(crate) fn told(&self, mark: &ReadMark) -> i64 {
        self.arrears.of(mark.user, mark.room).map_or(0, |told| number(told.seq.0))
    }

    /// Keeps the last messages for the commit.
    pub(crate) fn end_with(&mut self, last: Last) {
        self.last = Some(last);
    }

    /// Runs a statement without arguments.
    pub(crate) async fn run(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        sqlx::query(sql).execute(&mut self.conn).await.map(|_| ())
    }
}

#[async_trait]
impl lane::Writer for Writer {
    /// Takes the right to write at once. What was read before still holds: nobody else writes.
    async fn begin(&mut self) -> Result<(), Error> {
        if !self.begun {
            self.run("begin immediate").await.map_err(error)?;
            self.begun = true;
        }
        Ok(())
    }

    async fn append(&mut self, batch: &[&NewEntry]) -> Result<Vec<Fate>, Error> {
        crate::log::append(self, batch).await
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

    /// An I/O error is the end: the disk did not take the commit, and after it nothing is known of the file.
    async fn commit(&mut self) -> Result<bool, Failed> {
        if !self.begun && self.last.is_none() {
            return Ok(false);
        }
        let mut last = self.last.take();
        match self.last_words(last.as_mut()).await {
            Ok(last_id) => {
                self.begun = false;
                self.remember(last, last_id);
                Ok(true)
            }
            Err(failure) if failure::is_fatal(&failure) => Err(Failed::Unknown(error(failure))),
            Err(failure) => {
                self.roll_back().await;
                Err(Failed::Undone(error(failure)))
            }
        }
    }

    /// SQLite may have done so by itself (a full disk).
    async fn roll_back(&mut self) {
        self.stamped = false;
        self.waiting.forget();
        if std::mem::take(&mut self.begun)
            && let Err(failure) = self.run("rollback").await
        {
            tracing::debug!(error = %error(failure), "there was no transaction to undo");
        }
        self.heads.rolled_back();
        self.callers.rolled_back();
        self.fresh_keys.clear();
        self.gone_keys.clear();
        self.made.clear();
        self.repainted.clear();
        self.last = None;
    }

    fn spares_only(&mut self) -> bool {
        self.shore.reserve.is_spent()
    }

    fn note(&mut self, error: &Error) {
        match error {
            Error::Full => self.shore.reserve.spend(),
            Error::Unavailable(_) => tracing::warn!(%error, "a transaction was undone"),
            _ => tracing::error!(%error, "a write failed"),
        }
    }

    async fn between_batches(&mut self) {
        self.shore.checkpointer.between_batches(&mut self.conn).await;
    }

    /// Closes everything, last what holds the folder.
    async fn finish(self) {
        let Writer { mut conn, shore, .. } = self;
        shore.readers.close().await;
        shore.checkpointer.close().await;
        checkpoint::last(&mut conn).await;
        if let Err(failure) = conn.close().await {
            tracing::warn!(error = %error(failure), "the database did not close in order");
        }
        drop(shore.folder);
    }
}

/// Rooms as one such argument.
pub(crate) fn json_of<'r>(rooms: impl IntoIterator<Item = &'r RoomId>) -> Result<String, Error> {
    json(&rooms.into_iter().map(|room| room.0).collect::<Vec<_>>())
}

/// Rows as one JSON argument, for `json_each`: one statement text for any number of them.
pub(crate) fn json(rows: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(rows).map_err(|failure| Error::Broken(failure.to_string()))
}
