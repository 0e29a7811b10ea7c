//! Every promise of the store, kept by SQLite.

use async_trait::async_trait;
use std::sync::Arc;
use store::contract::Bench;
use store::{Error, MasterKey, Store};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const ANOTHER_KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

struct Folder(TempDir);

impl Default for Folder {
    fn default() -> Folder {
        Folder(tempfile::tempdir().expect("a folder"))
    }
}

impl Folder {
    async fn open(&self, key: &str) -> Result<Arc<dyn Store>, Error> {
        let options = Options::new(self.0.path(), MasterKey::from_text(key).expect("a key"));
        let options = Options { reserve: 0, consumers: vec![store::PUSH], ..options };
        Ok(SqliteStore::open(options).await?)
    }
}

#[async_trait]
impl Bench for Folder {
    async fn open(&self) -> Arc<dyn Store> {
        self.open(KEY).await.expect("the store opens")
    }

    async fn open_with_another_key(&self) -> Result<Arc<dyn Store>, Error> {
        self.open(ANOTHER_KEY).await
    }
}

store::promises!(Folder);
