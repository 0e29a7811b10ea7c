//! The connections that read, apart from the lane: a storm of replay can't keep a message from being stored.

use crate::failure::within;
use sqlx::PgPool;
use std::time::Duration;
use store::Error;

/// How long a page may take, the wait for a connection included. It is more than the server allows a statement.
const PATIENCE: Duration = Duration::from_secs(15);

/// Asks; everything that is asked ends within 15 seconds.
#[derive(Clone)]
pub(crate) struct Readers {
    pub(crate) pool: PgPool,
}

impl Readers {
    /// Waits for an answer. What is asked may be given up in its middle: it is one statement and no transaction.
    pub(crate) async fn ask<T>(
        &self,
        asked: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, Error> {
        within(PATIENCE, asked).await
    }

    /// The same for a question that makes something of its rows by itself.
    pub(crate) async fn ask_for<T>(&self, asked: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let late = |_| Error::Unavailable(format!("the database did not answer within {PATIENCE:?}"));
        tokio::time::timeout(PATIENCE, asked).await.map_err(late)?
    }
}
