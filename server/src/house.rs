//! The data folder, opened: its lock, its keys, the store and the bridge over it.
//!
//! A server lives in it until it is told to go, a command that found no server for one request. Nobody else gets
//! in meanwhile: the store holds the folder's lock.

use crate::config::Config;
use crate::control::Desk;
use crate::storage::{self, Storage};
use crate::{drain, telemetry};
use anyhow::{Context, ensure};
use api::Api;
use bridge::Bridge;
use bridge::identity::SigningKey;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::{MasterKey, Store};

/// The master key's file.
const MASTER_KEY: &str = "master.key";

/// Where the master key may come from instead, for those who keep secrets elsewhere.
const MASTER_KEY_VARIABLE: &str = "NATTER_MASTER_KEY";

/// The key that signs tokens.
const SIGNING_KEY: &str = "signing.key";

/// An opened data folder.
pub(crate) struct House {
    /// What the product does.
    pub(crate) bridge: Arc<Bridge>,
    storage: Storage,
    media: Arc<media::Desk>,
    token_ttl: Duration,
}

impl House {
    /// Whether something was kept in this folder before.
    pub(crate) fn stands_in(folder: &Path) -> bool {
        storage::stands_in(folder)
    }

    /// Opens the folder for one command, where no server runs on it. A folder that is none of ours is refused: it is a
    /// slip of the pen, unless the command `may_begin` one.
    pub(crate) async fn visit(folder: &Path, may_begin: bool) -> anyhow::Result<House> {
        ensure!(
            may_begin || House::stands_in(folder),
            "`{}` is not a data folder of Natter; name the right one with --data, or start with `natter serve`",
            folder.display()
        );
        telemetry::start_quiet();
        House::open_for(&Config::for_folder(folder)?, true).await
    }

    /// Opens the folder `config` names; makes it, with its keys, if there is none.
    pub(crate) async fn open(config: &Config) -> anyhow::Result<House> {
        House::open_for(config, config.push.has_apps()).await
    }

    /// The same; `pushes` says whether what is said waits for somebody who tells people that are away.
    async fn open_for(config: &Config, pushes: bool) -> anyhow::Result<House> {
        let folder = &config.data;
        make_folder(folder).with_context(|| format!("cannot make the data folder `{}`", folder.display()))?;
        let storage = storage::open(config, master_key(folder)?, pushes).await?;
        let signing = SigningKey::open_or_make(&folder.join(SIGNING_KEY))?;
        let bridge = Bridge::start(config.bridge.clone(), storage.store.clone(), &signing);
        bridge.load_grants().await.context("cannot begin")?;
        let media = media::Desk::open(config.media(), storage.store.clone());
        let media = media.context("cannot open the place where uploads are kept")?;
        Ok(House { bridge, storage, media, token_ttl: config.token_ttl })
    }

    /// The store.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        self.storage.store.clone()
    }

    /// Where requests of the command line are performed.
    pub(crate) fn desk(&self, api: Arc<Api>) -> Desk {
        let (bridge, store) = (self.bridge.clone(), self.storage.store.clone());
        Desk { bridge, api, store, token_ttl: self.token_ttl }
    }

    /// What can be asked of it by HTTP. From now on what nobody shows is swept out.
    pub(crate) fn api(&self, config: api::Config) -> Arc<Api> {
        self.media.sweep();
        Api::new(self.bridge.clone(), self.storage.store.clone(), self.media.clone(), config)
    }

    /// Finishes what was begun and lets go of the folder.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        self.media.close();
        if !self.bridge.drain(drain::FINISH).await {
            tracing::warn!(
                "not everything that was begun could be finished in time; what was acknowledged is stored"
            );
        }
        self.storage.store.close().await.context("cannot close the store")
    }
}

/// The key of a server that has begun: from the environment, or from its file.
pub(crate) fn known_master_key(folder: &Path) -> anyhow::Result<MasterKey> {
    ensure!(
        std::env::var_os(MASTER_KEY_VARIABLE).is_some() || folder.join(MASTER_KEY).exists(),
        "there is no master key in `{}`; give the one of the server that has the database, there or by \
         {MASTER_KEY_VARIABLE}",
        folder.display()
    );
    master_key(folder)
}

/// Only its owner may look in.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// The key from the environment, or from its file, which is made at the first start and only then.
fn master_key(folder: &Path) -> anyhow::Result<MasterKey> {
    if let Ok(text) = std::env::var(MASTER_KEY_VARIABLE) {
        return MasterKey::from_text(&text).with_context(|| format!("cannot use {MASTER_KEY_VARIABLE}"));
    }
    let path = folder.join(MASTER_KEY);
    ensure!(
        path.exists() || !House::stands_in(folder),
        "the master key `{}` is gone, and without it no message can be read; bring it back from where you keep its \
         copy, or give it by {MASTER_KEY_VARIABLE} (nothing was changed)",
        path.display()
    );
    let (key, made) = MasterKey::open_or_make(&path)?;
    if made {
        tracing::warn!(
            path = %path.display(),
            "made the master key `{}`; keep a copy of it in a safe place, apart from the backups: without it no \
             message can be read",
            path.display()
        );
    }
    Ok(key)
}
