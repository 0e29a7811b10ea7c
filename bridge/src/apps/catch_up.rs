//! What waited is read for a connection, as fast as it takes it.

use super::queue::Place;
use super::seat::delivery;
use super::subscriber::Subscriber;
use crate::core::Core;
use std::sync::Arc;
use std::time::Duration;
use store::{SessionId, Waiting};

/// Messages read at once.
const PAGE: u32 = 100;
/// After the store could not.
const REST: Duration = Duration::from_millis(200);

/// Begins to read; the queue has said that somebody must.
pub(super) fn begin(core: &Arc<Core>, subscriber: &Arc<Subscriber>) {
    core.tasks.spawn(run(core.clone(), subscriber.clone()));
}

async fn run(core: Arc<Core>, subscriber: Arc<Subscriber>) {
    let Some((id, queue)) = subscriber.kept() else { return };
    loop {
        let Some(place) = queue.lock().place() else { return };
        place.live.outbound.ready().await;
        match page(&core, id, &place).await {
            Ok(waiting) if waiting.is_empty() => {
                if queue.lock().is_read(&place) {
                    return;
                }
            }
            Ok(waiting) => tell(&core, &subscriber, &place, waiting),
            Err(error) => {
                tracing::warn!(%error, "a queue could not be read, and is read again: {error}");
                tokio::time::sleep(REST).await;
            }
        }
        if core.stop.is_cancelled() {
            return;
        }
    }
}

async fn page(core: &Core, id: SessionId, place: &Place) -> Result<Vec<Waiting>, store::Error> {
    // A closed semaphore lets nobody wait: it never is.
    let _turn = core.reading.acquire().await;
    core.store.apps().waiting(id, place.after, PAGE, core.now()).await
}

fn tell(core: &Core, subscriber: &Arc<Subscriber>, place: &Place, waiting: Vec<Waiting>) {
    let Some((_, queue)) = subscriber.kept() else { return };
    let rights = subscriber.rights(&core.apps.grants);
    for one in waiting {
        let (number, taken_at) = (one.message.id, one.message.at);
        if !core.apps.grants.may_read(&rights, &one.message.topic) {
            queue.lock().pass_over(number);
            core.apps.has_done(subscriber);
            continue;
        }
        if !queue.lock().offer(place, number, taken_at, delivery(one)) {
            break;
        }
    }
    place.live.outbound.wake();
}
