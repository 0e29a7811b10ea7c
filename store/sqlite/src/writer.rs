//! The one connection that writes, and its transaction.

use crate::failure::{self, error};
use crate::heads::Heads;
use crate::keys::{Keys, Voice};
use crate::log::Mark;
use crate::marks::{Arrears, Place, Slice};
use crate::options::Consumer;
use serde::Serialize;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteArguments;
use std::sync::Arc;
use store::Error;
use store::seal::SenderKey;

/// What a write works with. What it remembers of a transaction counts only once that is on the disk.
pub(crate) struct Writer {
    pub(crate) conn: SqliteConnection,
    pub(crate) heads: Heads,
    pub(crate) keys: Arc<Keys>,
    pub(crate) consumers: Vec<Consumer>,
    pub(crate) incarnation: i64,
    /// Keys whose salts this transaction writes.
    fresh_keys: Vec<(Voice, Arc<SenderKey>)>,
    arrears: Arc<Arrears>,
    /// Whether the transaction has begun: it does with its first write.
    begun: bool,
    /// Its last messages, which go to SQLite together with the commit.
    last: Option<Last>,
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
    /// Earlier marks that it writes.
    pub(crate) slice: Slice,
}

/// How a transaction failed.
pub(crate) enum Failed {
    /// Nothing was changed; the next one may work.
    Undone(Error),
    /// The disk did not take the commit: nothing is known any more.
    Unknown(Error),
}

impl Writer {
    pub(crate) fn new(
        conn: SqliteConnection,
        keys: Arc<Keys>,
        arrears: Arc<Arrears>,
        consumers: Vec<Consumer>,
        incarnation: i64,
    ) -> Writer {
        let (heads, fresh_keys) = (Heads::new(), Vec::new());
        let (begun, last) = (false, None);
        Writer { conn, heads, keys, consumers, incarnation, fresh_keys, arrears, begun, last }
    }

    /// Begins the transaction, before its first write, and takes the right to write at once. What was read before that
    /// still holds: nobody else writes.
    pub(crate) async fn begin(&mut self) -> Result<(), Error> {
        if !self.begun {
            self.run("begin immediate").await.map_err(error)?;
            self.begun = true;
        }
        Ok(())
    }

    /// Puts the transaction on the disk. When this returns, it will survive us. False if there was nothing to write.
    pub(crate) async fn commit(&mut self) -> Result<bool, Failed> {
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
        for (voice, key) in self.fresh_keys.drain(..) {
            self.keys.remember(voice, key);
        }
        if let Some(last) = last {
            self.arrears.written(&last.slice);
            self.arrears.add(last.marks, last.messages, last_id);
        }
    }

    /// Undoes the transaction. SQLite may have done so by itself (a full disk), so that having none is no failure.
    pub(crate) async fn roll_back(&mut self) {
        if std::mem::take(&mut self.begun)
            && let Err(failure) = self.run("rollback").await
        {
            tracing::debug!(error = %error(failure), "there was no transaction to undo");
        }
        self.heads.rolled_back();
        self.fresh_keys.clear();
        self.last = None;
    }

    /// Remembers a key whose salt this transaction writes.
    pub(crate) fn will_know(&mut self, voice: Voice, key: Arc<SenderKey>) {
        self.fresh_keys.push((voice, key));
    }

    /// Some of what earlier messages told, to be written along with so many new ones.
    pub(crate) fn arrears(&self, messages: usize) -> Slice {
        self.arrears.slice(messages)
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

/// Rows as one JSON argument, for `json_each`: one statement text for any number of them.
pub(crate) fn json(rows: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(rows).map_err(|failure| Error::Broken(failure.to_string()))
}

/// A count as SQLite keeps it: what is past its largest number means "to the end".
pub(crate) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
