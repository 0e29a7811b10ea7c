//! Answers for this session only (`me/replies`): kept until acknowledged, at most a few, also while it is away.

use crate::apps::is_ours;
use broker::outbound::Mark;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;
use topics::Format;
use topics::rpc::ReplyTo;

/// The log number of an answer's mark: no room has it.
pub(crate) const NOTICE_LOG: i64 = 0;

/// Whether a mark is on an entry of a room's log.
pub(crate) fn is_in_a_log(mark: Mark) -> bool {
    mark.log != NOTICE_LOG && !is_ours(mark)
}

/// Answers kept for a device that does not take them; beyond it the oldest goes, as a client that ignores this
/// many refusals ignores the next one too.
const KEPT: usize = 64;
/// Bytes of payloads kept: what was asked for can be asked for again.
const KEPT_BYTES: usize = 1024 * 1024;

/// One answer, as kept and as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reply {
    serial: u64,
    /// Its place among the formats.
    format: u8,
    pub(crate) payload: Arc<[u8]>,
    pub(crate) properties: Vec<(String, String)>,
    /// What it answers.
    answers: Answers,
    pub(crate) correlation: Option<Arc<[u8]>>,
}

/// What a reply is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Answers {
    /// A publish was refused.
    Refusal,
    /// A request was done, or was not; its answer goes below `me/replies` if that was wished.
    Request { word: Option<Box<str>> },
}

impl Reply {
    /// Where it goes; nowhere if its format is none that we know.
    pub(crate) fn to(&self) -> Option<ReplyTo> {
        let format = Format::ALL.get(usize::from(self.format)).copied()?;
        let word = match &self.answers {
            Answers::Refusal => None,
            Answers::Request { word } => word.clone(),
        };
        Some(ReplyTo { format, word })
    }

    /// What its payload is, as far as its receiver can't know.
    pub(crate) fn content_type(&self) -> Option<&'static str> {
        let is_request = matches!(self.answers, Answers::Request { .. });
        let is_cbor = self.format == Format::Cbor.place();
        is_request.then_some(if is_cbor { "application/cbor" } else { "application/json" })
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
    /// A publish was refused.
    pub(crate) fn push_refusal(
        &mut self,
        format: Format,
        payload: &[u8],
        properties: Vec<(String, String)>,
    ) -> Reply {
        self.push(Reply {
            serial: 0,
            format: format.place(),
            payload: payload.into(),
            properties,
            answers: Answers::Refusal,
            correlation: None,
        })
    }

    /// A request is answered.
    pub(crate) fn push_answer(&mut self, to: &ReplyTo, payload: &[u8], correlation: Option<&[u8]>) -> Reply {
        self.push(Reply {
            serial: 0,
            format: to.format.place(),
            payload: payload.into(),
            properties: Vec::new(),
            answers: Answers::Request { word: to.word.clone() },
            correlation: correlation.map(Into::into),
        })
    }

    fn push(&mut self, reply: Reply) -> Reply {
        self.next += 1;
        let reply = Reply { serial: self.next, ..reply };
        self.kept.push_back(reply.clone());
        while self.kept.len() > KEPT || self.bytes() > KEPT_BYTES {
            self.kept.pop_front();
        }
        reply
    }

    fn bytes(&self) -> usize {
        self.kept.iter().map(|reply| reply.payload.len()).sum()
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

    fn refusal(replies: &mut Replies, payload: &[u8]) {
        replies.push_refusal(Format::Json, payload, Vec::new());
    }

    #[test]
    fn answers_that_nobody_took_are_found_again_and_the_oldest_go_first() {
        let mut replies = Replies::default();
        for n in 0..70_u8 {
            refusal(&mut replies, &[n]);
        }
        replies.acknowledged(Mark { log: NOTICE_LOG, position: 70, copy: 0 });
        let again = Replies::restore(&replies.save());
        let payloads: Vec<u8> = again.list().map(|reply| reply.payload[0]).collect();
        assert_eq!(payloads, (6..69).collect::<Vec<u8>>());
        assert_eq!(again.next, 69);
    }

    #[test]
    fn large_answers_take_a_bounded_place_and_the_newest_stays_whatever_its_size() {
        let mut replies = Replies::default();
        for size in [KEPT_BYTES / 2, KEPT_BYTES / 2, 1] {
            refusal(&mut replies, &vec![0; size]);
        }
        let sizes: Vec<usize> = replies.list().map(|reply| reply.payload.len()).collect();
        assert_eq!(sizes, [KEPT_BYTES / 2, 1]);
    }

    #[test]
    fn an_answer_is_found_again_with_where_it_goes_and_what_it_carries() {
        let to: ReplyTo = "cbor/me/replies/app".parse().unwrap();
        let mut replies = Replies::default();
        let reply = replies.push_answer(&to, b"\xA0", Some(b"7"));
        assert_eq!(Replies::restore(&replies.save()).list().collect::<Vec<_>>(), [&reply]);
        assert_eq!((reply.to(), reply.content_type()), (Some(to), Some("application/cbor")));
    }
}
