//! The connections that only read, and whose turn it is.
//!
//! The pool of sqlx asks a connection after each question whether it is still there: a way to its thread and back for
//! nothing, since a file does not hang up. Here a connection goes back as it is, and the one that was used last is the
//! next, since it has most at hand.
//!
//! An answer is read to its end before its asker has the first row: none is longer than a page, and whoever takes it in
//! slowly keeps no reader from the others.

use crate::failure::error;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryFutureExt as _, TryStreamExt as _};
use parking_lot::Mutex;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteQueryResult, SqliteRow, SqliteStatement, SqliteTypeInfo,
};
use sqlx::{ConnectOptions as _, Connection as _, Describe, Either, Execute, Executor, SqlStr, Sqlite};
use std::sync::Arc;
use std::time::Duration;
use store::Error;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Enough that one slow page holds up nobody, few enough for their page caches.
const READERS: u32 = 4;
/// How long a question waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Readers of one file.
#[derive(Debug, Clone)]
pub(crate) struct Readers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    options: SqliteConnectOptions,
    /// Those that were opened and are free.
    free: Mutex<Vec<SqliteConnection>>,
    turns: Semaphore,
}

/// One reader, for one question.
struct Turn<'a> {
    shared: &'a Shared,
    conn: Option<SqliteConnection>,
    _permit: SemaphorePermit<'a>,
}

impl Readers {
    /// Readers that are opened so. The first is opened at once, the others when they are needed.
    pub(crate) async fn open(options: SqliteConnectOptions) -> Result<Readers, Error> {
        let first = options.connect().await.map_err(error)?;
        let turns = Semaphore::new(READERS as usize);
        Ok(Readers(Arc::new(Shared { options, free: Mutex::new(vec![first]), turns })))
    }

    /// Waits for what is being read, and answers nobody any more.
    pub(crate) async fn close(&self) {
        let all = self.0.turns.acquire_many(READERS).await;
        self.0.turns.close();
        drop(all);
        let readers = std::mem::take(&mut *self.0.free.lock());
        for reader in readers {
            if let Err(failure) = reader.close().await {
                tracing::warn!(error = %error(failure), "a reader did not close in order");
            }
        }
    }

    async fn turn(&self) -> Result<Turn<'_>, sqlx::Error> {
        let shared = &*self.0;
        let permit = tokio::time::timeout(PATIENCE, shared.turns.acquire()).await;
        let permit = permit.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let free = shared.free.lock().pop();
        let conn = match free {
            Some(conn) => conn,
            None => shared.options.connect().await?,
        };
        Ok(Turn { shared, conn: Some(conn), _permit: permit })
    }
}

impl Turn<'_> {
    /// Asks. A reader whose thread is gone does not come back; another is opened in its place.
    async fn ask<Answer>(
        mut self,
        question: impl AsyncFnOnce(&mut SqliteConnection) -> Result<Answer, sqlx::Error>,
    ) -> Result<Answer, sqlx::Error> {
        let conn = self.conn.as_mut().ok_or(sqlx::Error::WorkerCrashed)?;
        let answer = question(conn).await;
        if matches!(answer, Err(sqlx::Error::WorkerCrashed)) {
            self.conn = None;
        }
        answer
    }
}

/// One whose asker went away goes back, too: it is done with the old question before it hears the next.
impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.shared.free.lock().extend(self.conn.take());
    }
}

impl<'r> Executor<'r> for &'r Readers {
    type Database = Sqlite;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<SqliteQueryResult, SqliteRow>, sqlx::Error>>
    where
        'r: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        let read = async move {
            let turn = self.turn().await?;
            let rows = turn.ask(async |conn| conn.fetch_many(query).try_collect::<Vec<_>>().await).await?;
            Ok(stream::iter(rows).map(Ok))
        };
        read.try_flatten_stream().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<SqliteRow>, sqlx::Error>>
    where
        'r: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        Box::pin(async move { self.turn().await?.ask(async |conn| conn.fetch_optional(query).await).await })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [SqliteTypeInfo],
    ) -> BoxFuture<'e, Result<SqliteStatement, sqlx::Error>>
    where
        'r: 'e,
    {
        Box::pin(async move {
            self.turn().await?.ask(async |conn| conn.prepare_with(sql, parameters).await).await
        })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Sqlite>, sqlx::Error>>
    where
        'r: 'e,
    {
        Box::pin(async move { self.turn().await?.ask(async |conn| conn.describe(sql).await).await })
    }
}
