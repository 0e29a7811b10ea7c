//! Answers for this session only (`me/replies`): kept until acknowledged, at most a few, also while it is away.

use broker::outbound::Mark;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use topics::Format;

/// The log number of an answer's mark: no room has it.
pub(crate) const NOTICE_LOG: i64 = 0;
/// Answers kept for a device that does not take them; beyond it the oldest goes, as a client that ignores this
/// many refusals ignores the next one too.
const KEPT: usize = 64;

/// One answer, as kept and as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reply {
    serial: u64,
    /// Its place among the formats.
    format: u8,
    pub(crate) payload: Vec<u8>,
    pub(crate) properties: Vec<(String, String)>,
}

impl Reply {
    /// The format it was written in.
    pub(crate) fn format(&self) -> Option<Format> {
        Format::ALL.get(usize::from(self.format)).copied()
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark { log: NOTICE_LOG, position: self.serial, copy: 0 }
    }
}

/// Answers under way, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Replies {
    next: u64,
    kept: VecDeque<Reply>,
}

impl Replies {
    pub(crate) fn push(
        &mut self,
        format: Format,
        payload: &[u8],
        properties: Vec<(String, String)>,
    ) -> Reply {
        self.next += 1;
        let reply =
            Reply { serial: self.next, format: format.place(), payload: payload.to_vec(), properties };
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(reply.clone());
        reply
    }

    pub(crate) fn acknowledged(&mut self, mark: Mark) {
        self.kept.retain(|reply| reply.serial != mark.position);
    }

    pub(crate) fn list(&self) -> impl Iterator<Item = &Reply> {
        self.kept.iter()
    }

    pub(crate) fn save(&self) -> Vec<Bytes> {
        self.kept.iter().filter_map(|reply| postcard::to_stdvec(reply).ok()).map(Bytes::from).collect()
    }

    pub(crate) fn restore(saved: &[Bytes]) -> Replies {
        let kept: VecDeque<Reply> = saved.iter().filter_map(|one| postcard::from_bytes(one).ok()).collect();
        Replies { next: kept.iter().map(|reply| reply.serial).max().unwrap_or(0), kept }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_that_nobody_took_are_found_again_and_the_oldest_go_first() {
        let mut replies = Replies::default();
        for n in 0..70_u8 {
            replies.push(Format::Json, &[n], Vec::new());
        }
        replies.acknowledged(Mark { log: NOTICE_LOG, position: 70, copy: 0 });
        let again = Replies::restore(&replies.save());
        let payloads: Vec<u8> = again.list().map(|reply| reply.payload[0]).collect();
        assert_eq!(payloads, (6..69).collect::<Vec<u8>>());
        assert_eq!(again.next, 69);
    }
}
