//! What PostgreSQL's words mean to a caller. Of its messages only the first line is told: it names tables and columns,
//! while values stand in the detail.

use sqlx::error::DatabaseError;
use std::time::Duration;
use store::Error;

/// A failure of the engine as the store's error.
pub(crate) fn error(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::Database(database) => of_engine(&**database),
        sqlx::Error::PoolTimedOut => Error::Unavailable("every reader is busy".into()),
        sqlx::Error::PoolClosed => Error::closed(),
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
            Error::Unavailable(format!("the way to the database: {error}"))
        }
        other => Error::Broken(other.to_string()),
    }
}

/// By the classes of SQLSTATE, <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn of_engine(error: &dyn DatabaseError) -> Error {
    let code = error.code().unwrap_or_default();
    let said = || format!("{} ({code})", error.message());
    match code.as_ref() {
        "53100" => Error::Full,
        // Lock not available; a standby that takes no writes.
        "55P03" | "25006" => Error::Unavailable(said()),
        // Data corrupted, index corrupted.
        "XX001" | "XX002" => Error::Damaged(said()),
        code => match code.get(..2) {
            // The connection; who it is (a password that is being changed); resources; a conflict of transactions; an
            // operator or a time limit; the system under it.
            Some("08" | "28" | "53" | "40" | "57" | "58") => Error::Unavailable(said()),
            _ => Error::Broken(said()),
        },
    }
}

/// Waits so long for the database and no longer.
pub(crate) async fn within<T>(
    limit: Duration,
    asked: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, Error> {
    match tokio::time::timeout(limit, asked).await {
        Ok(answer) => answer.map_err(error),
        Err(_) => Err(Error::Unavailable(format!("the database did not answer within {limit:?}"))),
    }
}
