//! How a connection is set up. Pragmas belong to a connection, so each kind says all of its own.

use crate::failure;
use crate::readers::Readers;
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};
use std::path::Path;
use std::time::Duration;
use store::Error;

/// How long a statement waits for another connection. Only checkpoints ever stand in the way.
const PATIENCE: Duration = Duration::from_secs(5);
/// Pages the writer keeps, in KiB (negative by SQLite's convention): the indexes' inner pages of a large log.
const WRITER_CACHE: &str = "-20480";
/// Pages a reader keeps: what one question looks at. The next one begins anew if anything was written meanwhile.
const READER_CACHE: &str = "-2048";
/// What the write-ahead log is cut to after a checkpoint, in bytes.
const WAL_KEPT: &str = "268435456";

fn common(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(PATIENCE)
        .foreign_keys(true)
        .pragma("temp_store", "MEMORY")
        .disable_statement_logging()
}

fn writing(path: &Path) -> SqliteConnectOptions {
    common(path)
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("wal_autocheckpoint", "0")
        .pragma("journal_size_limit", WAL_KEPT)
}

/// A look at a file that changes nothing in it.
pub(crate) async fn look(path: &Path) -> Result<SqliteConnection, Error> {
    SqliteConnection::connect_with(&common(path).read_only(true)).await.map_err(failure::error)
}

/// The one connection that writes.
pub(crate) async fn writer(path: &Path, max_pages: Option<u32>) -> Result<SqliteConnection, Error> {
    let mut options = writing(path).pragma("cache_size", WRITER_CACHE);
    if let Some(pages) = max_pages {
        options = options.pragma("max_page_count", pages.to_string());
    }
    SqliteConnection::connect_with(&options).await.map_err(failure::error)
}

/// The connection that only checkpoints.
pub(crate) async fn checkpointer(path: &Path) -> Result<SqliteConnection, Error> {
    let options = writing(path).busy_timeout(Duration::from_millis(50));
    SqliteConnection::connect_with(&options).await.map_err(failure::error)
}

/// The readers.
pub(crate) async fn readers(path: &Path) -> Result<Readers, Error> {
    let options = common(path).read_only(true).pragma("cache_size", READER_CACHE).row_buffer_size(512);
    Readers::open(options).await
}
