//! What SQLite's words mean to a caller. Its messages name tables and columns, never values, so no body is in them.

use sqlx::error::DatabaseError;
use store::Error;

const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const NOTADB: i32 = 26;
/// The shared index of the write-ahead log can't grow: what a full disk looks like from there.
const IOERR_SHMSIZE: i32 = IOERR | 19 << 8;

/// A failure of the engine as the store's error.
pub(crate) fn error(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::Database(database) => of_engine(&**database),
        sqlx::Error::PoolTimedOut => Error::Unavailable("every reader is busy".into()),
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Error::closed(),
        other => Error::Broken(other.to_string()),
    }
}

fn of_engine(error: &dyn DatabaseError) -> Error {
    let code = code(error);
    match code & 0xff {
        FULL => Error::Full,
        _ if code == IOERR_SHMSIZE => Error::Full,
        BUSY | LOCKED => Error::Unavailable(error.message().into()),
        CORRUPT | NOTADB => Error::Damaged(error.message().into()),
        _ => Error::Broken(error.message().into()),
    }
}

/// Whether it is an I/O error after which nothing is known of the file. A full disk is not.
pub(crate) fn is_fatal(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().map_or(0, code);
    code & 0xff == IOERR && code != IOERR_SHMSIZE
}

fn code(error: &dyn DatabaseError) -> i32 {
    error.code().and_then(|code| code.parse().ok()).unwrap_or(0)
}
