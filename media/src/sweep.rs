//! What nobody names goes.
//!
//! In two steps, each of which a crash may interrupt: the store erases the key, so that nobody can read the bytes any
//! more, and says so until the bytes are deleted and the row is forgotten. And the other way round: bytes without a row,
//! as after a database was brought back from a backup, are found by looking through the place, a little at a time.

use crate::depot::SHARDS;
use crate::desk::Desk;
use crate::error::MediaError;
use chat::{MediaId, Timestamp};
use futures_util::StreamExt as _;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use store::Sweep;
use store::stored::now;

/// Uploads erased in one step.
const AT_ONCE: u32 = 100;

/// How long an upload may be coming: longer than the largest takes on the slowest line that is allowed.
const COMING: Duration = Duration::from_hours(6);

/// Objects younger than that may belong to a row that is being made.
const YOUNG: Duration = Duration::from_hours(1);

/// What was taken back goes at once; its owner's grace does not count.
const TAKEN_BACK: Timestamp = Timestamp(1);

/// Sweeps until the desk is closed.
pub(crate) async fn run(desk: Arc<Desk>) {
    let mut shard = 0;
    loop {
        if let Err(error) = out(&desk).await {
            tracing::warn!(%error, "what nobody names could not be swept out; it is tried again: {error}");
        }
        if let Err(error) = strays(&desk, shard).await {
            tracing::debug!(%error, "the place of media could not be looked through: {error}");
        }
        tokio::select! {
            () = desk.stop.cancelled() => return,
            // Something failed or was taken back: its bytes are not needed a minute longer.
            () = desk.loose.notified() => {}
            () = tokio::time::sleep(desk.config.sweep_every) => shard = (shard + 1) % SHARDS,
        }
    }
}

/// Erases and deletes what can go.
pub(crate) async fn out(desk: &Desk) -> Result<(), MediaError> {
    loop {
        let now = now();
        let before = |age: Duration| Timestamp(now.0 - i64::try_from(age.as_millis()).unwrap_or(i64::MAX));
        let loose_before = before(desk.config.grace).max(TAKEN_BACK);
        let coming_before = before(COMING).max(desk.opened_at);
        let sweep = Sweep { coming_before, loose_before, now, limit: AT_ONCE };
        let erased = desk.store.shelf().sweep_media(sweep).await?;
        for id in &erased {
            desk.depot.delete(*id).await?;
        }
        desk.store.shelf().forget_media(&erased).await?;
        if erased.len() < AT_ONCE as usize {
            return Ok(());
        }
    }
}

/// Deletes objects of one shard that belong to nobody.
async fn strays(desk: &Desk, shard: u16) -> Result<(), MediaError> {
    let mut looking = desk.depot.look_through(shard);
    loop {
        let found = tokio::time::timeout(desk.config.patience, looking.next()).await;
        let Some(found) =
            found.map_err(|_| MediaError::Away("it did not list its objects in time".into()))?
        else {
            return Ok(());
        };
        let old = |written: SystemTime| written.elapsed().is_ok_and(|age| age > YOUNG);
        let old = found?.into_iter().filter(|one| old(one.written)).map(|one| one.id);
        let ids: Vec<MediaId> = old.collect::<BTreeSet<_>>().into_iter().collect();
        for id in desk.store.shelf().unknown_media(&ids).await? {
            tracing::info!(media.id = %id, "deletes the bytes of upload {id}, which belong to nobody");
            desk.depot.delete(id).await?;
        }
    }
}
