//! Where a company's store is: in a folder of its own, or in a schema of its own of one PostgreSQL for all tests.

use parking_lot::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};
use store::{MasterKey, Store};
use store_postgres::PostgresStore;
use store_sqlite::SqliteStore;
use tempfile::TempDir;
use tests::Postgres;

/// One server for all of them. It ends with this process.
static POSTGRES: LazyLock<Mutex<Postgres>> = LazyLock::new(|| Mutex::new(Postgres::start()));
static SCHEMAS: AtomicU32 = AtomicU32::new(1);

/// Which store it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Embedded,
    Postgres,
}

/// A place for one.
pub(crate) enum Ground {
    Folder(TempDir),
    Schema(String),
}

impl Ground {
    pub(crate) fn of(engine: Engine) -> Ground {
        match engine {
            Engine::Embedded => Ground::Folder(TempDir::new().unwrap()),
            Engine::Postgres => {
                let name = format!("company_{}", SCHEMAS.fetch_add(1, Ordering::Relaxed));
                Ground::Schema(POSTGRES.lock().new_schema(&name))
            }
        }
    }

    pub(crate) async fn open(&self) -> Arc<dyn Store> {
        let master = MasterKey::from_text("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
        match self {
            Ground::Folder(folder) => {
                let options =
                    store_sqlite::Options { reserve: 0, ..store_sqlite::Options::new(folder.path(), master) };
                SqliteStore::open(options).await.unwrap()
            }
            Ground::Schema(url) => {
                PostgresStore::open(store_postgres::Options::new(url, master).unwrap()).await.unwrap()
            }
        }
    }
}
