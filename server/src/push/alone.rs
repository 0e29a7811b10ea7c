//! A process that tells people who are away and does nothing else, beside the server that has the database: `--roles push`.
//! As many of them may run as like to; what one takes, no other does.

use super::{FINISH, Pushing, open};
use crate::config::{Config, Database};
use crate::drain::Signals;
use crate::house;
use anyhow::{Context, bail};
use push_worker::{Clock, Worker};
use secrecy::ExposeSecret;
use store_postgres::{Options, PostgresPushes};

/// Tells people until a signal.
pub(crate) async fn serve(config: &Config, mut signals: Signals) -> anyhow::Result<()> {
    let Database::Postgres(url) = &config.database else {
        bail!(
            "a process that only pushes needs a database that a server shares with it: name a PostgreSQL by --database; \
             what is in a data folder is one process's alone"
        );
    };
    if !config.push.has_apps() {
        bail!("nobody can be pushed to: [push.apps.NAME] in the settings names an app");
    }
    let Pushing { providers, pace, .. } = open(&config.push)?;
    let options = Options::new(url.expose_secret(), house::known_master_key(&config.data)?)?;
    let place = options.place();
    let store = PostgresPushes::open_beside(options).await.context("cannot begin")?;
    let worker = Worker::default();
    worker.tell(store.clone(), providers, pace, Clock::default());
    tracing::info!(database = place, "pushing what the server of {place} decides");
    let signal = signals.next().await;
    tracing::info!("{signal}: finishing what is under way");
    if !worker.drain(FINISH).await {
        tracing::warn!("not every push that was under way ended in time; those are told again");
    }
    store.close().await;
    Ok(())
}
