//! The loop of the lane.

use super::{Command, Line, batch};
use crate::core::Core;
use crate::news::News;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc;

/// A batch weighs at most this much, so that one commit stays short.
const WEIGHT: usize = 1024 * 1024;

/// Commits until the entrance is closed and everything that was in is answered.
pub(crate) async fn run(core: Arc<Core>, exit: mpsc::Receiver<Command>, news: mpsc::Sender<Vec<News>>) {
    let mut line = Line::new(exit);
    let (batch, depth) = (core.config.batch, core.config.lane_depth);
    while line.fill(batch, &core.stop).await {
        let settled = batch::commit(&core, next_batch(&mut line, batch)).await;
        if !settled.news.is_empty() {
            // The other end lives as long as the lane does; a closed one means that we are being torn down.
            drop(news.send(settled.news).await);
        }
        if settled.again.is_empty() {
            line.goes_on();
            continue;
        }
        let late = line.rest(settled.again, depth, |command| command.is_late(Instant::now())).await;
        late.into_iter().for_each(give_up);
    }
}

/// What is committed together. Whose time was over before their turn came are given up.
fn next_batch(line: &mut Line<Command>, most: usize) -> Vec<Command> {
    let (now, mut weight, mut commands) = (Instant::now(), 0, Vec::new());
    while commands.len() < most
        && let Some(next) = line.first()
    {
        weight += next.weight();
        if weight > WEIGHT && !commands.is_empty() {
            break;
        }
        match line.pop() {
            Some(late) if late.is_late(now) => give_up(late),
            next => commands.extend(next),
        }
    }
    commands
}

fn give_up(late: Command) {
    match late {
        Command::Entry(entry) => entry.reply.not_now(),
        Command::Read(read) => read.reply.not_now(),
        // Nobody waits for it any more.
        Command::Room(_) => {}
    }
}
