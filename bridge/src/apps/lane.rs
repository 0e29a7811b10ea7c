//! What has to be on the disk first: for a session that is away, for a topic that retains, for a packet that may come
//! again.
//!
//! Whatever came during the last commit is the next one; there is no timer. Here is also the one place where retained
//! messages change and queues grow, so that a subscriber hears both in the order of the disk. What the store can't do
//! just now is tried again until its time is over; then its answer is given up, and its client sends again.

use super::feed::Feed;
use super::message::Message;
use super::publish::outcome;
use super::subscriber::Target;
use super::{catch_up, house::Apps};
use crate::core::Core;
use crate::session::Session;
use broker::application::Outcome;
use broker::outbound::Answer;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use store::{NewMessage, Queued, Receiver, Retain, SessionId, Taken};
use tokio::sync::mpsc;

/// Messages in one transaction.
const BATCH: usize = 256;
/// Bytes in one transaction, so that a commit stays short.
const WEIGHT: usize = 1024 * 1024;
/// What one more receiver weighs among them: a row of a queue.
const RECEIVER: usize = 128;
/// How long the lane rests after the store could not: first and longest.
const REST: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));

/// What waits.
#[derive(Debug)]
pub(crate) enum Command {
    Publish(Box<Published>),
    /// A new subscription of somebody who keeps their session hears what is retained.
    Feed(Box<Feed>),
}

/// A message and those who hear it.
#[derive(Debug)]
pub(crate) struct Published {
    pub(super) message: Arc<Message>,
    pub(super) targets: Vec<Target>,
    /// The packet that brought it, where it may come again.
    pub(super) inbound: Option<(SessionId, u16)>,
    /// It was published before, and comes to somebody else now: nothing else becomes of it.
    pub(super) is_told_again: bool,
    pub(super) waits: Option<Waits>,
    /// When waiting is over.
    pub(super) deadline: Instant,
}

/// Who waits for it.
#[derive(Debug)]
pub(crate) struct Waits {
    pub(super) answer: Answer,
    pub(super) _turn: InLane,
}

/// A message of this session is in the lane: what it says next goes the same way, and does not overtake it.
#[derive(Debug)]
pub(crate) struct InLane(Arc<Session>);

impl InLane {
    pub(super) fn enter(session: &Arc<Session>) -> InLane {
        let count: &AtomicU32 = &session.in_lane;
        count.fetch_add(1, Ordering::AcqRel);
        InLane(session.clone())
    }
}

impl Drop for InLane {
    fn drop(&mut self) {
        self.0.in_lane.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Commits until the entrance is closed and everything that was in is settled.
pub(crate) async fn run(core: Arc<Core>, mut exit: mpsc::Receiver<Command>) {
    let mut waiting = VecDeque::new();
    let mut rest = REST.0;
    while fill(&core, &mut waiting, &mut exit).await {
        let batch = next_batch(&core, &mut waiting);
        let again = commit(&core, batch).await;
        if again.is_empty() {
            rest = REST.0;
            continue;
        }
        again.into_iter().rev().for_each(|one| waiting.push_front(Command::Publish(Box::new(one))));
        tokio::time::sleep(rest).await;
        rest = (rest * 2).min(REST.1);
        give_up_late(&mut waiting);
    }
}

/// Takes what is there; waits only if there is nothing. False when there will never be anything again.
async fn fill(core: &Core, waiting: &mut VecDeque<Command>, exit: &mut mpsc::Receiver<Command>) -> bool {
    if waiting.is_empty() {
        let command = tokio::select! {
            biased;
            command = exit.recv() => command,
            () = core.stop.cancelled() => {
                exit.close();
                exit.recv().await
            }
        };
        match command {
            Some(command) => waiting.push_back(command),
            None => return false,
        }
    }
    while waiting.len() < BATCH
        && let Ok(command) = exit.try_recv()
    {
        waiting.push_back(command);
    }
    true
}

/// What is committed together. A feed is looked up now, when nothing before it is still on its way.
fn next_batch(core: &Core, waiting: &mut VecDeque<Command>) -> Vec<Published> {
    let (mut batch, mut weight): (Vec<Published>, usize) = (Vec::new(), 0);
    while batch.len() < BATCH && weight < WEIGHT {
        match waiting.pop_front() {
            Some(Command::Publish(published)) => {
                weight += published.message.frame.len_hint() + published.targets.len() * RECEIVER;
                batch.push(*published);
            }
            Some(Command::Feed(feed)) => {
                // What is about to be retained by this very batch comes first.
                if !batch.is_empty() {
                    waiting.push_front(Command::Feed(feed));
                    return batch;
                }
                let (messages, rest) = (*feed).page(core);
                batch.extend(messages);
                waiting.extend(rest.map(|feed| Command::Feed(Box::new(feed))));
                return batch;
            }
            None => break,
        }
    }
    batch
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

impl Published {
    /// For the store. Whoever has too much waiting goes without.
    fn for_store(&mut self, core: &Core, id: i64) -> NewMessage {
        self.targets.retain(|target| !target.waits() || core.apps.has_room(core, target));
        let waiting = self.targets.iter().filter(|target| target.waits());
        let receivers = waiting.filter_map(|target| {
            let (session, _) = target.subscriber.kept()?;
            let subscription_ids = target.ids.as_deref().unwrap_or_default().to_vec();
            let how = Queued { qos: target.qos as u8, retain: target.retain, subscription_ids };
            Some(Receiver { session, how })
        });
        let receivers = receivers.collect();
        self.message.to_store(id, self.retains(), receivers, self.inbound)
    }

    fn retains(&self) -> Retain {
        if self.is_told_again { Retain::No } else { self.message.retains() }
    }
}

impl Apps {
    /// Whether a queue takes one more.
    fn has_room(&self, core: &Core, target: &Target) -> bool {
        let Some((_, queue)) = target.subscriber.kept() else { return true };
        let (messages, bytes) = queue.lock().waiting();
        let has_room = messages < core.config.app_queue && bytes < core.config.app_queue_bytes;
        if !has_room {
            self.counts.dropped();
        }
        has_room
    }
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

/// What waited too long is dropped, and with it its answer is given up.
fn give_up_late(waiting: &mut VecDeque<Command>) {
    let now = Instant::now();
    waiting.retain(|command| match command {
        Command::Publish(published) => published.deadline > now,
        Command::Feed(_) => true,
    });
}
