//! What has to be written of a batch, worked out in memory: the same on every engine.

use super::{SealedMessage, topic_key};
use crate::{Retain, Taken};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What the tables know of what a batch asks about.
#[derive(Debug, Default)]
pub struct Known {
    /// Of the sessions that it names, those that are there.
    pub sessions: HashSet<i64>,
    /// Of its packets, those that were here before and wait for their PUBREL.
    pub held: HashSet<i64>,
}

impl Known {
    /// The sessions that a batch names, each once, in order.
    #[must_use]
    pub fn sessions_of(batch: &[SealedMessage]) -> Vec<i64> {
        let receivers = batch.iter().flat_map(|message| &message.receivers).map(|one| one.session);
        let senders = batch.iter().filter_map(|message| message.packet).map(|(session, _)| session);
        receivers.chain(senders).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The packets that a batch came in, each once, in order.
    #[must_use]
    pub fn packets_of(batch: &[SealedMessage]) -> Vec<i64> {
        let packets = batch.iter().filter_map(|message| message.packet).map(|(_, packet)| packet);
        packets.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// A message in the queue of a session.
pub struct QueueRow<'a> {
    /// The session.
    pub session: i64,
    /// The message.
    pub message: &'a SealedMessage,
    /// How it gets it, packed.
    pub how: &'a [u8],
    /// Whether the message waits for others, too.
    pub shared: bool,
    /// The QoS, where it is the session's turn; otherwise 0.
    pub turn: u8,
}

/// What has to be written, and what its callers hear.
#[derive(Default)]
pub struct Outcome<'a> {
    /// What became of each message, in their order.
    pub taken: Vec<Taken>,
    /// Messages that somebody waits for, in their order.
    pub waiting: Vec<&'a SealedMessage>,
    /// For whom, message by message.
    pub queue: Vec<QueueRow<'a>>,
    /// Sessions that are gone and leave a turn.
    pub ended: BTreeSet<i64>,
    /// Messages that more than one session waits for, and how many do.
    pub shared: Vec<(i64, i64)>,
    /// What topics retain from now on, by [`topic_key`].
    pub retained: Vec<(Vec<u8>, &'a SealedMessage)>,
    /// Topics that retain nothing any more, by [`topic_key`].
    pub cleared: Vec<Vec<u8>>,
    /// Packets that wait for their PUBREL from now on.
    pub packets: Vec<i64>,
}

impl<'a> Outcome<'a> {
    /// Works it out.
    #[must_use]
    pub fn of(batch: &'a [SealedMessage], known: &Known) -> Outcome<'a> {
        let mut outcome = Outcome::default();
        let mut packets = HashSet::new();
        let mut topics = HashMap::new();
        for message in batch {
            if let Some((_, packet)) = message.packet
                && (known.held.contains(&packet) || !packets.insert(packet))
            {
                outcome.taken.push(Taken::Again);
                continue;
            }
            outcome.taken.push(Taken::Fresh);
            outcome
                .packets
                .extend(message.packet.filter(|(of, _)| known.sessions.contains(of)).map(|(_, id)| id));
            outcome.enqueue(message, known);
            if message.retain != Retain::No {
                topics.insert(message.topic.as_str(), message);
            }
        }
        outcome.retain(topics.into_values());
        outcome
    }

    fn enqueue(&mut self, message: &'a SealedMessage, known: &Known) {
        let first = self.queue.len();
        for receiver in &message.receivers {
            let is_here = known.sessions.contains(&receiver.session);
            if !is_here && receiver.turn == 0 {
                continue;
            }
            if !is_here {
                self.ended.insert(receiver.session);
            }
            self.queue.push(QueueRow {
                session: receiver.session,
                message,
                how: &receiver.how,
                shared: false,
                turn: receiver.turn,
            });
        }
        let rows = &mut self.queue[first..];
        if rows.is_empty() {
            return;
        }
        self.waiting.push(message);
        if rows.len() > 1 {
            rows.iter_mut().for_each(|row| row.shared = true);
            self.shared.push((message.id, rows.len() as i64));
        }
    }

    /// Of several messages on a topic the last one counts.
    fn retain(&mut self, last: impl Iterator<Item = &'a SealedMessage>) {
        for message in last {
            let key = topic_key(&message.topic);
            match message.retain {
                Retain::Keep => self.retained.push((key, message)),
                Retain::Clear | Retain::No => self.cleared.push(key),
            }
        }
    }
}
