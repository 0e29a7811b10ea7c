//! Every promise of the store, kept by PostgreSQL.

use async_trait::async_trait;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};
use store::contract::Bench;
use store::{Error, MasterKey, Store};
use store_postgres::{Options, PostgresStore};
use tests::Postgres;

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const ANOTHER_KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

/// One server for all of them. It ends with this process.
static POSTGRES: LazyLock<Postgres> = LazyLock::new(Postgres::start);
static SCHEMAS: AtomicU32 = AtomicU32::new(1);

/// A schema for each promise.
struct Schema {
    name: String,
    url: String,
}

impl Default for Schema {
    fn default() -> Schema {
        let name = format!("promise_{}", SCHEMAS.fetch_add(1, Ordering::Relaxed));
        Schema { url: POSTGRES.url_of(&name), name }
    }
}

impl Schema {
    async fn open(&self, key: &str) -> Result<Arc<dyn Store>, Error> {
        let mut conn = PgConnection::connect(&POSTGRES.url).await.expect("the server is there");
        let make = format!("create schema if not exists {}", self.name);
        conn.execute(sqlx::raw_sql(AssertSqlSafe(make))).await.expect("a schema is made");
        conn.close().await.expect("it closes");
        let mut options = Options::new(&self.url, MasterKey::from_text(key).expect("a key"))?;
        options.consumers = vec![store::PUSH];
        Ok(PostgresStore::open(options).await?)
    }
}

#[async_trait]
impl Bench for Schema {
    async fn open(&self) -> Arc<dyn Store> {
        self.open(KEY).await.expect("the store opens")
    }

    async fn open_with_another_key(&self) -> Result<Arc<dyn Store>, Error> {
        self.open(ANOTHER_KEY).await
    }
}

store::promises!(Schema);
