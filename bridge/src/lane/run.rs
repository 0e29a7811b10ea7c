//! The loop of the lane.

use super::{Command, batch};
use crate::core::Core;
use crate::news::News;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// A batch weighs at most this much, so that one commit stays short.
const WEIGHT: usize = 1024 * 1024;
/// How long the lane rests after the store could not: first and longest.
const REST: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));

/// Commits until the entrance is closed and everything that was in is answered.
pub(crate) async fn run(core: Arc<Core>, mut exit: mpsc::Receiver<Command>, news: mpsc::Sender<Vec<News>>) {
    let mut waiting = VecDeque::new();
    let mut rest = REST.0;
    while fill(&core, &mut waiting, &mut exit).await {
        let commands = next_batch(&mut waiting, core.config.batch);
        let settled = batch::commit(&core, commands).await;
        if !settled.news.is_empty() {
            // The other end lives as long as the lane does; a closed one means that we are being torn down.
            drop(news.send(settled.news).await);
        }
        if settled.again.is_empty() {
            rest = REST.0;
            continue;
        }
        settled.again.into_iter().rev().for_each(|command| waiting.push_front(command));
        tokio::time::sleep(rest).await;
        rest = (rest * 2).min(REST.1);
        // Everybody who came meanwhile waits too, so everybody's time is looked at.
        while waiting.len() < core.config.lane_depth
            && let Ok(command) = exit.try_recv()
        {
            waiting.push_back(command);
        }
        give_up_late(&mut waiting);
    }
}

/// Takes what is there; waits only if there is nothing. False when there will never be anything again: the
/// server stops, and everything that was in is committed.
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
    while waiting.len() < core.config.batch
        && let Ok(command) = exit.try_recv()
    {
        waiting.push_back(command);
    }
    true
}

fn next_batch(waiting: &mut VecDeque<Command>, most: usize) -> Vec<Command> {
    let mut weight = 0;
    let fits = waiting.iter().take(most).take_while(|command| {
        let first = weight == 0;
        weight += command.weight();
        first || weight <= WEIGHT
    });
    let count = fits.count();
    waiting.drain(..count).collect()
}

fn give_up_late(waiting: &mut VecDeque<Command>) {
    let now = Instant::now();
    let (late, kept): (Vec<Command>, Vec<Command>) =
        waiting.drain(..).partition(|command| command.is_late(now));
    waiting.extend(kept);
    for command in late {
        match command {
            Command::Entry(entry) => entry.reply.not_now(),
            Command::Read(read) => read.reply.not_now(),
            // Nobody waits for it any more.
            Command::Room(_) => {}
        }
    }
}
