//! Where everything is kept: in a file of the data folder, or in a PostgreSQL elsewhere.
//!
//! A folder belongs to one of them for good. A server that by a slip of the pen came up on the other one would have no
//! rooms and no people, so it does not come up; nothing is carried over from one to the other.

use crate::config::{Config, Database};
use anyhow::{Context, anyhow, ensure};
use secrecy::ExposeSecret;
use std::path::Path;
use std::sync::Arc;
use store::{Consumer, MasterKey, Store};
use store_postgres::PostgresStore;
use store_sqlite::{Folder, SqliteStore};

/// The embedded store's file.
const DATABASE: &str = "natter.db";

/// What the embedded store has written but not yet put into its file.
pub(crate) const WRITE_AHEAD_LOG: &str = "natter.db-wal";

/// Says of a folder that its database is elsewhere, and where, without user and password.
const ELSEWHERE: &str = "database";

/// The variable that says where the database is; a command that finds no server reads it too.
pub(crate) const DATABASE_VARIABLE: &str = "NATTER_STORE__DATABASE";

/// An open store.
pub(crate) struct Storage {
    pub(crate) store: Arc<dyn Store>,
    /// Holds the data folder, where the store does not do it itself.
    _folder: Option<Folder>,
}

/// Whether something was kept from this folder before.
pub(crate) fn stands_in(folder: &Path) -> bool {
    folder.join(DATABASE).exists() || folder.join(ELSEWHERE).exists()
}

/// Opens the store that `config` names; `pushes` says whether what is said waits for who tells people that are away.
pub(crate) async fn open(config: &Config, master: MasterKey, pushes: bool) -> anyhow::Result<Storage> {
    let consumers = if pushes { vec![store::PUSH] } else { Vec::new() };
    match &config.database {
        Database::Folder => in_folder(config, master, consumers).await,
        Database::Postgres(url) => elsewhere(&config.data, url.expose_secret(), master, consumers).await,
    }
}

async fn in_folder(config: &Config, master: MasterKey, consumers: Vec<Consumer>) -> anyhow::Result<Storage> {
    let folder = &config.data;
    if let Ok(place) = std::fs::read_to_string(folder.join(ELSEWHERE)) {
        return Err(anyhow!(
            "what belongs to `{}` is in the database {}; give its address by --database or {DATABASE_VARIABLE} \
             (nothing was changed)",
            folder.display(),
            place.trim()
        ));
    }
    let options = store_sqlite::Options {
        reserve: config.reserve,
        consumers,
        ..store_sqlite::Options::new(folder, master)
    };
    let store = SqliteStore::open(options).await.map_err(|error| with_remedy(error, folder))?;
    Ok(Storage { store, _folder: None })
}

async fn elsewhere(
    folder: &Path,
    url: &str,
    master: MasterKey,
    consumers: Vec<Consumer>,
) -> anyhow::Result<Storage> {
    ensure!(
        !folder.join(DATABASE).exists(),
        "`{}` has a database in it already, and nothing is carried over from there; name another folder with --data, \
         or leave --database away (nothing was changed)",
        folder.display()
    );
    let held = Folder::take(folder).map_err(|error| with_remedy(error, folder))?;
    let mut options = store_postgres::Options::new(url, master)?;
    options.consumers = consumers;
    let place = options.place();
    let store = PostgresStore::open(options).await.map_err(|error| match error {
        store::Error::Locked(_) => anyhow!(
            "`{place}` is in use by another Natter; one server at a time writes into a database, so stop that one first"
        ),
        other => other.into(),
    })?;
    let sign = folder.join(ELSEWHERE);
    std::fs::write(&sign, place + "\n").with_context(|| format!("cannot write `{}`", sign.display()))?;
    Ok(Storage { store, _folder: Some(held) })
}

fn with_remedy(error: store::Error, folder: &Path) -> anyhow::Error {
    match error {
        store::Error::Locked(_) => anyhow!(
            "`{}` is in use by another Natter; commands reach it by themselves once it is up, and a second server needs \
             a folder of its own: --data DIR",
            folder.display()
        ),
        other => other.into(),
    }
}
