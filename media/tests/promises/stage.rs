//! A desk with people at it.

use bytes::Bytes;
use chat::{Handle, Media, MediaId, UserId};
use futures_util::{StreamExt as _, TryStreamExt as _};
use media::{Config, Desk, Incoming, MediaError, Upload};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::stored::now;
use store::{MasterKey, NewAccount, Store, StoredMedia};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

pub(crate) const ANN: UserId = UserId(101);

/// Numbers of uploads.
static NEXT: AtomicI64 = AtomicI64::new(1_000);

pub(crate) struct Stage {
    pub(crate) desk: Arc<Desk>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) folder: TempDir,
}

pub(crate) fn upload(announced: Option<u64>) -> Upload {
    let id = MediaId(NEXT.fetch_add(1, Ordering::Relaxed));
    Upload { id, owner: ANN, name: Some("kettle".into()), announced }
}

/// Bytes that come in these parts.
pub(crate) fn parts(parts: Vec<Bytes>) -> Incoming {
    futures_util::stream::iter(parts.into_iter().map(Ok)).boxed()
}

/// So many bytes that are nothing known, no two pieces alike.
pub(crate) fn noise(len: usize) -> Bytes {
    let mut dice = 7_u64;
    let mut next = || {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) as u8
    };
    std::iter::once(0).chain(std::iter::repeat_with(&mut next)).take(len).collect::<Vec<u8>>().into()
}

impl Stage {
    pub(crate) async fn set() -> Stage {
        Stage::with(|config| config).await
    }

    pub(crate) async fn with(change: impl FnOnce(Config) -> Config) -> Stage {
        let folder = TempDir::new().unwrap();
        let master = MasterKey::from_text("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
        let options = Options { reserve: 0, ..Options::new(folder.path(), master) };
        let store: Arc<dyn Store> = SqliteStore::open(options).await.unwrap();
        let ann = NewAccount {
            id: ANN,
            handle: Handle::new("ann").unwrap(),
            password_hash: None,
            admin: false,
            service: false,
            created_at: now(),
        };
        store.add_account(&ann).await.unwrap();
        let config = Config { sweep_every: Duration::from_millis(20), ..Config::in_folder(folder.path()) };
        let desk = Desk::open(change(config), store.clone()).unwrap();
        Stage { desk, store, folder }
    }

    pub(crate) async fn take(&self, bytes: Bytes) -> Result<Media, MediaError> {
        let len = bytes.len() as u64;
        let cut = bytes.chunks(70_000).map(Bytes::copy_from_slice).collect();
        self.desk.take(upload(Some(len)), &mut parts(cut)).await
    }

    pub(crate) async fn found(&self, id: MediaId) -> Option<StoredMedia> {
        self.store.shelf().media(id).await.unwrap()
    }

    pub(crate) async fn read(&self, id: MediaId, range: std::ops::Range<u64>) -> Result<Vec<u8>, MediaError> {
        let found = self.found(id).await.unwrap();
        let coming = self.desk.read(&found, range).await?;
        let parts: Vec<Bytes> = coming.try_collect().await?;
        Ok(parts.concat())
    }

    /// Files that lie where uploads are kept.
    pub(crate) fn kept(&self) -> usize {
        files(&self.folder.path().join("media"))
    }

    /// Waits until nothing is kept any more.
    pub(crate) async fn is_swept(&self) {
        comes_about(async || self.kept() == 0).await;
    }
}

/// Waits until it is so. What is swept out nobody is told of: whoever wants to know looks again.
pub(crate) async fn comes_about(mut is_so: impl AsyncFnMut() -> bool) {
    let waited = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waited).await.unwrap();
}

pub(crate) fn files(folder: &Path) -> usize {
    let Ok(inside) = std::fs::read_dir(folder) else { return 0 };
    inside.map(|one| one.unwrap().path()).map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}
