//! The one connection that writes, and its transaction.

use crate::failure::{self, error};
use crate::heads::Heads;
use crate::keys::{Keys, Voice};
use crate::log::Mark;
use crate::marks::{Arrears, Place, Slice};
use crate::options::Consumer;
use serde::Serialize;
use sqlx::SqliteConnection;
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
    /// What this transaction does about them.
    told: Option<Told>,
}

/// The messages of a transaction and what they tell.
struct Told {
    marks: Vec<(Place, Mark)>,
    messages: usize,
    last: i64,
    slice: Slice,
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
        Writer { conn, heads, keys, consumers, incarnation, fresh_keys, arrears, told: None }
    }

    /// Begins, and takes the right to write at once.
    pub(crate) async fn begin(&mut self) -> Result<(), Error> {
        self.run("begin immediate").await.map_err(error)
    }

    /// Puts the transaction on the disk. When this returns, it will survive us.
    pub(crate) async fn commit(&mut self) -> Result<(), Failed> {
        match self.run("commit").await {
            Ok(()) => {
                self.heads.committed();
                for (voice, key) in self.fresh_keys.drain(..) {
                    self.keys.remember(voice, key);
                }
                if let Some(told) = self.told.take() {
                    self.arrears.written(&told.slice);
                    self.arrears.add(told.marks, told.messages, told.last);
                }
                Ok(())
            }
            Err(failure) if failure::is_fatal(&failure) => Err(Failed::Unknown(error(failure))),
            Err(failure) => {
                self.roll_back().await;
                Err(Failed::Undone(error(failure)))
            }
        }
    }

    /// Undoes the transaction. SQLite may have done so by itself (a full disk), so that having none is no failure.
    pub(crate) async fn roll_back(&mut self) {
        if let Err(failure) = self.run("rollback").await {
            tracing::debug!(error = %error(failure), "there was no transaction to undo");
        }
        self.heads.rolled_back();
        self.fresh_keys.clear();
        self.told = None;
    }

    /// Remembers a key whose salt this transaction writes.
    pub(crate) fn will_know(&mut self, voice: Voice, key: Arc<SenderKey>) {
        self.fresh_keys.push((voice, key));
    }

    /// Remembers what the messages of this transaction tell, the last of which is `last`, and writes in exchange
    /// some of what earlier ones told.
    pub(crate) async fn tell(
        &mut self,
        marks: Vec<(Place, Mark)>,
        messages: usize,
        last: i64,
    ) -> Result<(), Error> {
        let slice = self.arrears.slice(messages);
        slice.write(&mut self.conn).await?;
        self.told = Some(Told { marks, messages, last, slice });
        Ok(())
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
