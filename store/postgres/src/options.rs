//! Which database it is, and who listens.

use sqlx::postgres::PgConnectOptions;
use std::str::FromStr as _;
use std::sync::Arc;
use store::{Consumer, Error, MasterKey};

/// What a store needs to come up.
pub struct Options {
    /// The database, with the password in it.
    pub(crate) database: PgConnectOptions,
    /// What bodies are sealed with.
    pub master: MasterKey,
    /// Who goes through the log after the commit. For each, a commit leaves at most one row for each room; with
    /// none nothing is written.
    pub consumers: Vec<Consumer>,
    /// Called when this server may not write any more, because another one took the database: the process has to
    /// end. By default it does, at once.
    pub on_fatal: Arc<dyn Fn(Error) + Send + Sync>,
}

impl Options {
    /// A store in the database at `url` (`postgres://user:password@host:port/database?sslmode=verify-full`) with
    /// everything else as it should be in production.
    ///
    /// # Errors
    /// [`Error::Unusable`] when that is no such address. The address, which may hold a password, is not in the error.
    pub fn new(url: &str, master: MasterKey) -> Result<Options, Error> {
        let unusable = |why: &str| Error::Unusable { path: "the database's address".into(), why: why.into() };
        if !Options::is_address(url) {
            return Err(unusable("it begins with `postgres://`"));
        }
        let database = PgConnectOptions::from_str(url)
            .map_err(|_| unusable("write `postgres://user:password@host:port/database`"))?;
        Ok(Options { database, master, consumers: Vec::new(), on_fatal: Arc::new(end_the_process) })
    }

    /// The database's address without user and password, for people.
    #[must_use]
    pub fn place(&self) -> String {
        place(&self.database)
    }

    /// Whether an address is one of PostgreSQL's.
    #[must_use]
    pub fn is_address(url: &str) -> bool {
        url.starts_with("postgres://") || url.starts_with("postgresql://")
    }
}

/// The database's address without user and password, for people.
pub(crate) fn place(database: &PgConnectOptions) -> String {
    let name = database.get_database().unwrap_or(database.get_username());
    match database.get_socket() {
        Some(socket) => format!("postgres://{}:{}/{name}", socket.display(), database.get_port()),
        None => format!("postgres://{}:{}/{name}", database.get_host(), database.get_port()),
    }
}

fn end_the_process(error: Error) {
    tracing::error!(%error, "this server may not write any more; ending at once");
    std::process::abort();
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("database", &place(&self.database)).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    fn options(url: &str) -> Result<Options, Error> {
        Options::new(url, MasterKey::from_text(KEY)?)
    }

    #[test]
    fn neither_options_nor_what_refuses_an_address_shows_the_password() {
        let good = options("postgres://ann:hunter2@db.example.org:5433/natter").expect("it is an address");
        let shown = format!("{good:?}");
        assert!(
            shown.contains("postgres://db.example.org:5433/natter") && !shown.contains("hunter2"),
            "{shown}"
        );
        for wrong in ["mysql://ann:hunter2@h/d", "hunter2", "postgres://ann:hunter2@h:port/d"] {
            let error = options(wrong).expect_err("it is no address").to_string();
            assert!(error.contains("postgres://") && !error.contains("hunter2"), "{error}");
        }
    }
}
