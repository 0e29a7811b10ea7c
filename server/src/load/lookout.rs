//! What can be seen of the server beside the load, where its data folder is here.

use super::ask::ask;
use crate::control::{Answer, Request};
use crate::storage::WRITE_AHEAD_LOG;
use bench::{House, Lookout, Work};
use futures_util::future::BoxFuture;
use std::path::Path;

/// Its counters and its write-ahead log, if the load takes a server of a data folder.
pub(super) fn on(house: Option<&House>) -> Lookout {
    let Some(house) = house else { return Lookout::default() };
    let folder = house.data.clone();
    let work = move || -> BoxFuture<'static, Option<Work>> {
        let folder = folder.clone();
        Box::pin(async move { work(&folder).await })
    };
    let wal = Some(house.data.join(WRITE_AHEAD_LOG));
    Lookout { ask: Some(Box::new(work)), wal, ..Lookout::default() }
}

/// What the server has written. A server that does not say, or is elsewhere, is loaded all the same.
async fn work(folder: &Path) -> Option<Work> {
    ask(folder, &Request::Work).await.ok()?.into_iter().find_map(|answer| match answer {
        Answer::Work { commits, entries } => Some(Work { commits, messages: entries }),
        _ => None,
    })
}
