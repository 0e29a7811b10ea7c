//! How a connection is set up: what the server enforces while we can't, and how long anything may take.

use crate::failure::within;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use std::time::Duration;
use store::Error;

/// How long it may take to connect.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a reader waits for its turn.
const READ_PATIENCE: Duration = Duration::from_secs(5);
/// Eight readers: replay is paced by sockets, so more would only fill the database's caches with the same pages.
const READERS: u32 = 8;
/// One decides and settles, the other registers devices meanwhile.
const PUSHERS: u32 = 2;
/// A reader is replaced after this time, so that a connection to a database that was moved does not live for ever.
const READER_LIVES: Duration = Duration::from_secs(30 * 60);

/// The server ends a statement, a wait for a lock and a transaction in which nothing happens, and it finds out that we
/// are gone without a word: so nothing of ours is left standing there for longer than half a minute.
const LIMITS: [(&str, &str); 6] = [
    ("statement_timeout", "10s"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
];

fn common(database: &PgConnectOptions) -> PgConnectOptions {
    database.clone().options(LIMITS).disable_statement_logging()
}

/// A connection that writes. A commit is answered when it is on the disk, whatever the database does by default.
pub(crate) async fn writer(database: &PgConnectOptions) -> Result<PgConnection, Error> {
    let options = common(database).application_name("natter lane").options([("synchronous_commit", "on")]);
    within(CONNECT, PgConnection::connect_with(&options)).await
}

/// The connections that read. They connect when they are needed; each is asked whether it still lives before it is used,
/// so that a database that was away is no failure of whoever reads next.
pub(crate) fn readers(database: &PgConnectOptions) -> PgPool {
    let options =
        common(database).application_name("natter reader").options([("default_transaction_read_only", "on")]);
    PgPoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(READ_PATIENCE)
        .max_lifetime(READER_LIVES)
        .connect_lazy_with(options)
}

/// The connections by which is written what people are told who are away: two of a server, and two of each process that
/// only tells them.
pub(crate) fn pushers(database: &PgConnectOptions) -> PgPool {
    let options = common(database).application_name("natter push").options([("synchronous_commit", "on")]);
    PgPoolOptions::new()
        .max_connections(PUSHERS)
        .acquire_timeout(READ_PATIENCE)
        .max_lifetime(READER_LIVES)
        .connect_lazy_with(options)
}

/// Ends a connection in order, unless the database is away.
pub(crate) async fn close(conn: PgConnection) {
    if let Err(failure) = within(CONNECT, conn.close()).await {
        tracing::debug!(error = %failure, "a connection did not close in order");
    }
}
