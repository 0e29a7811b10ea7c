//! Senders of every habit, who talk until it is enough.

use crate::sender::{Acknowledged, Habit, Lines, Sender};
use mqtt::packet::Version;
use std::time::Duration;
use tests::{World, within_time};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The rooms they talk in.
pub(crate) const ROOMS: [&str; 2] = ["tea", "cake"];

/// Who talks, and how.
const SENDERS: [(&str, Version, Habit); 5] = [
    ("ann", Version::V5, Habit::Draft),
    ("bo", Version::V3, Habit::Draft),
    ("cy", Version::V5, Habit::Dup),
    ("di", Version::V3, Habit::Dup),
    ("ed", Version::V5, Habit::ExactlyOnce),
];

/// How long progress may take: a start of the server on a busy machine, and the wait of the longest `commit_wait`.
const PROGRESS: Duration = Duration::from_secs(60);

/// The senders at work.
pub(crate) struct Load {
    senders: JoinSet<Vec<Acknowledged>>,
    starts: watch::Sender<u64>,
    enough: watch::Sender<bool>,
    acknowledged: watch::Receiver<usize>,
    turned_away: watch::Receiver<usize>,
}

impl Load {
    /// Makes people and rooms: the senders and `listener`, who are members of both.
    pub(crate) async fn people(world: &mut World) {
        for room in ROOMS {
            world.room(room, ["ann", "bo", "cy", "di", "ed", "listener"]).await;
        }
    }

    /// Lets them talk.
    pub(crate) fn start(world: &World) -> Load {
        let ((starts, starts_seen), (enough, enough_seen)) = (watch::channel(0), watch::channel(false));
        let ((acknowledges, acknowledged), (turns_away, turned_away)) =
            (watch::channel(0), watch::channel(0));
        let mut senders = JoinSet::new();
        for (user, version, habit) in SENDERS {
            let lines = Lines {
                starts: starts_seen.clone(),
                enough: enough_seen.clone(),
                acknowledged: acknowledges.clone(),
                turned_away: turns_away.clone(),
            };
            let device = world.device(user, "sender").version(version);
            let rooms = ROOMS.map(str::to_owned).to_vec();
            senders.spawn(Sender::new(device, habit, user.to_owned(), rooms, lines).run());
        }
        Load { senders, starts, enough, acknowledged, turned_away }
    }

    /// Somebody who wants to know of starts, too.
    pub(crate) fn starts(&self) -> watch::Receiver<u64> {
        self.starts.subscribe()
    }

    /// Waits until so many more messages are acknowledged.
    pub(crate) async fn more(&mut self, count: usize) {
        let goal = *self.acknowledged.borrow() + count;
        let reached = self.acknowledged.wait_for(|now| *now >= goal);
        within_time(PROGRESS, format!("{count} more PUBACKs"), reached).await.expect("the senders go on");
    }

    /// Waits until the server ended one more connection because it could not store in time.
    pub(crate) async fn turned_away(&mut self) {
        let before = *self.turned_away.borrow();
        let turned = self.turned_away.wait_for(|now| *now > before);
        within_time(PROGRESS, "a DISCONNECT 0x89", turned).await.expect("the senders go on");
    }

    /// The server was started again.
    pub(crate) fn is_started(&self) {
        self.starts.send_modify(|count| *count += 1);
    }

    /// Begins nothing new, waits until all is acknowledged, and gives what was.
    pub(crate) async fn finish(self) -> Vec<Acknowledged> {
        self.enough.send_replace(true);
        // A sender that waits for answers looks up when one comes.
        let all = within_time(PROGRESS, "the last PUBACKs", self.senders.join_all()).await;
        all.into_iter().flatten().collect()
    }
}
