//! The connection that writes, lost and found again.
//!
//! It holds an advisory lock, so that a second server is told at its start that the database is in use. The lock goes
//! with the connection; what keeps a server from writing after another one took its place is the row `writer`.

use crate::connect;
use crate::failure::within;
use crate::options::place;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use std::time::Duration;
use store::Error;
use tokio::time::{Instant, sleep};

/// What a small statement may take. The server ends it earlier; this is for a server that says nothing at all.
pub(crate) const PATIENCE: Duration = Duration::from_secs(12);
/// How long the lock is waited for: the database needs a moment to notice that the last holder's connection ended.
const HOLDER_GOES: Duration = Duration::from_secs(3);
/// How often it is tried.
const TRY: Duration = Duration::from_millis(25);
/// The wait before a second attempt to connect. It doubles.
const FIRST_REST: Duration = Duration::from_millis(50);
/// The longest: writes that wait should go on soon after the database is back. There is one lane, so nothing storms.
const LONGEST_REST: Duration = Duration::from_secs(1);
/// The lock's first number, `natr`. The second follows from the schema.
const LOCK: i32 = 0x6e61_7472;

/// The connection, where there is one.
pub(crate) struct Link {
    database: PgConnectOptions,
    epoch: i64,
    conn: Option<PgConnection>,
    rest: Duration,
}

impl Link {
    /// A link that is there. `epoch` is this server's.
    pub(crate) fn new(database: PgConnectOptions, epoch: i64, conn: PgConnection) -> Link {
        Link { database, epoch, conn: Some(conn), rest: Duration::ZERO }
    }

    /// This server's number among those that took the database.
    pub(crate) fn epoch(&self) -> i64 {
        self.epoch
    }

    /// The connection in which a transaction has begun.
    pub(crate) fn conn(&mut self) -> Result<&mut PgConnection, Error> {
        self.conn.as_mut().ok_or_else(|| Error::Unavailable("the database is away".into()))
    }

    /// The connection, found again if it was lost. After a failure the next attempt waits a little.
    pub(crate) async fn connected(&mut self) -> Result<&mut PgConnection, Error> {
        if self.conn.is_none() {
            sleep(self.rest).await;
            match self.find().await {
                Ok(conn) => (self.conn, self.rest) = (Some(conn), Duration::ZERO),
                Err(error) => {
                    self.rest = (self.rest * 2).clamp(FIRST_REST, LONGEST_REST);
                    return Err(error);
                }
            }
        }
        self.conn()
    }

    async fn find(&self) -> Result<PgConnection, Error> {
        let mut conn = connect::writer(&self.database).await?;
        let epoch = sqlx::query_scalar!("select epoch from writer");
        if within(PATIENCE, epoch.fetch_one(&mut conn)).await? != self.epoch {
            return Err(self.taken());
        }
        if !hold(&mut conn).await? {
            return Err(Error::Unavailable("the database still knows our last connection".into()));
        }
        tracing::info!("the database is there again");
        Ok(conn)
    }

    /// Another server has the database.
    pub(crate) fn taken(&self) -> Error {
        Error::Locked(place(&self.database))
    }

    /// Drops the connection: what runs in it is undone by the database, unless it is a COMMIT.
    pub(crate) fn lose(&mut self) {
        self.conn = None;
    }

    /// Ends it in order.
    pub(crate) async fn close(mut self) {
        if let Some(conn) = self.conn.take() {
            connect::close(conn).await;
        }
    }
}

/// Takes the lock; false if another server has it.
pub(crate) async fn hold(conn: &mut PgConnection) -> Result<bool, Error> {
    let until = Instant::now() + HOLDER_GOES;
    loop {
        let lock = sqlx::query_scalar!(
            r#"select pg_try_advisory_lock($1, hashtext(current_schema())) as "held!""#,
            LOCK
        );
        if within(PATIENCE, lock.fetch_one(&mut *conn)).await? {
            return Ok(true);
        }
        if Instant::now() >= until {
            return Ok(false);
        }
        sleep(TRY).await;
    }
}
