//! What has to be on the disk first: for a session that is away, for a topic that retains, for a packet that may come
//! again.
//!
//! Here is also the one place where retained messages change and queues grow, so that a subscriber hears both in the
//! order of the disk. What the store can't do just now is tried again until its time is over; then its answer is given
//! up, and its client sends again.

use super::catch_up;
use super::entrance::{Command, MESSAGE, WEIGHT, Waiting};
use super::publish::outcome;
use super::published::{Published, Waits};
use crate::core::Core;
use crate::lane::Line;
use broker::application::Outcome;
use std::sync::Arc;
use std::time::Instant;
use store::Taken;
use tokio::sync::mpsc;

/// Commits until the entrance is closed and everything that was in is settled.
pub(crate) async fn run(core: Arc<Core>, exit: mpsc::Receiver<Waiting>) {
    let mut line = Line::new(exit);
    // As much waits here as the entrance lets in.
    while line.fill(usize::MAX, &core.stop).await {
        let batch = next_batch(&core, &mut line);
        let again = commit(&core, batch).await;
        if again.is_empty() {
            line.goes_on();
            continue;
        }
        let again = again.into_iter().map(|one| Command::Publish(Box::new(one)).into()).collect();
        let is_late = |waiting: &Waiting| is_late(&core, &waiting.command, Instant::now());
        drop(line.rest(again, usize::MAX, is_late).await);
    }
}

/// What is committed together; whose time was over before their turn came are given up. A feed is looked up now, when
/// nothing before it is still on its way.
fn next_batch(core: &Core, line: &mut Line<Waiting>) -> Vec<Published> {
    let (now, mut batch, mut weight): (_, Vec<Published>, usize) = (Instant::now(), Vec::new(), 0);
    while weight < WEIGHT
        // What is about to be retained by this very batch comes before a feed.
        && line.first().is_some_and(|next| batch.is_empty() || !next.is_feed())
        && let Some(Waiting { command, .. }) = line.pop()
    {
        let late = is_late(core, &command, now);
        match command {
            _ if late => {}
            Command::Publish(published) => {
                weight += MESSAGE + published.weight();
                batch.push(*published);
            }
            Command::Feed(feed) => {
                let (messages, rest) = (*feed).page(core);
                rest.into_iter().for_each(|feed| line.push(Command::Feed(Box::new(feed)).into()));
                return messages;
            }
        }
    }
    batch
}

fn is_late(core: &Core, command: &Command, now: Instant) -> bool {
    matches!(command, Command::Publish(published) if published.is_late(core, now))
}

/// Commits a batch; gives back what the store could not do just now.
async fn commit(core: &Arc<Core>, mut batch: Vec<Published>) -> Vec<Published> {
    let mut messages = Vec::with_capacity(batch.len());
    for published in &mut batch {
        match core.id() {
            Ok(id) => messages.push(published.for_store(core, id)),
            Err(error) => {
                tracing::warn!(%error, "messages have to wait: {error}");
                return batch;
            }
        }
    }
    if messages.is_empty() {
        return Vec::new();
    }
    match core.store.apps().publish(&messages).await {
        Ok(taken) => {
            for ((published, message), taken) in batch.into_iter().zip(messages).zip(taken) {
                settle(core, published, message.id, taken);
            }
            Vec::new()
        }
        Err(error) if error.is_passing() => batch,
        Err(error) if batch.len() == 1 => {
            tracing::error!(%error, "cannot store a message: {error}");
            Vec::new()
        }
        // Each by itself, so that one that can't be stored fails alone.
        Err(_) => one_by_one(core, batch).await,
    }
}

async fn one_by_one(core: &Arc<Core>, batch: Vec<Published>) -> Vec<Published> {
    let mut again = Vec::new();
    for published in batch {
        // What comes after one that has to wait waits as well.
        match again.is_empty() {
            true => again.extend(Box::pin(commit(core, vec![published])).await),
            false => again.push(published),
        }
    }
    again
}

/// It is on the disk: everybody hears it, its sender that it is.
fn settle(core: &Arc<Core>, published: Published, id: i64, taken: Taken) {
    let Published { message, targets, is_told_again, waits, .. } = published;
    let is_unheard = targets.is_empty();
    if taken == Taken::Fresh {
        if !is_told_again {
            core.apps.retained.take(&message);
        }
        for target in targets {
            match target.subscriber.kept() {
                Some((_, queue)) if target.waits() => {
                    core.apps.counts.delivered(1);
                    if queue.lock().put(id, &message, &target) {
                        catch_up::begin(core, &target.subscriber);
                    }
                    target.is_heard();
                }
                _ => core.apps.deliver_now(&message, &target),
            }
        }
    }
    if let Some(Waits { answer, _turn }) = waits {
        let outcome = if taken == Taken::Again { Outcome::success() } else { outcome(is_unheard) };
        answer.give(outcome);
    }
}
