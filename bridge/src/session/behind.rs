//! A room whose log is read for a session because live entries could not be taken.

use super::Path;
use crate::hub::Hub;
use chat::Seq;
use std::collections::VecDeque;
use std::sync::Arc;
use store::Interval;

/// How far the reading is, and how far it goes.
#[derive(Debug, Clone)]
pub(crate) struct Behind {
    pub(crate) hub: Arc<Hub>,
    /// Every copy of every entry up to here was taken by the outbound queue, or was not for this session.
    pub(crate) sent: Seq,
    /// Copies of the entry after `sent` that were taken already, one bit for each format.
    pub(crate) part: u8,
    /// Where this device's path ends.
    pub(crate) prev: Path,
    /// Whether it ends at an entry that few were told: others' paths don't go there.
    pub(crate) aside: bool,
    /// The last entry to read: the leave, where the membership has ended. Open while it lasts.
    pub(crate) until: Option<Seq>,
    /// Later memberships of the same room, to be read after this one.
    pub(crate) later: VecDeque<Interval>,
    /// A range the client asked not to hear, told before the rest.
    pub(crate) marker: Option<(Seq, Seq)>,
    /// Which reading it is. A page that was read for an earlier one is of no use to this one.
    pub(crate) reading: u64,
}

/// Where the newest entries of a room begin that a device is told, and how many that are.
pub(crate) type Newest = (Seq, u64);

impl Behind {
    /// Reading goes on after `sent`, for as long as the membership lasts.
    pub(crate) fn after(hub: Arc<Hub>, sent: Seq) -> Behind {
        Behind {
            hub,
            sent,
            part: 0,
            prev: Path::Upto(sent),
            aside: false,
            until: None,
            later: VecDeque::new(),
            marker: None,
            reading: 0,
        }
    }

    /// Reading of what a cursor has not reached, through memberships in their order; `None` when there is nothing
    /// left of them. A running membership, which is always the last, leaves `until` open.
    pub(crate) fn through(hub: Arc<Hub>, cursor: Seq, intervals: &[Interval]) -> Option<Behind> {
        let mut left: VecDeque<Interval> =
            intervals.iter().filter(|one| one.to_seq.is_none_or(|to| to > cursor)).copied().collect();
        let first = left.pop_front()?;
        let mut behind = Behind::after(hub, cursor.max(first.from_seq.before()));
        if let Some(end) = Behind::path_end(cursor, intervals) {
            behind.prev = Path::At(end);
        }
        (behind.until, behind.later) = (first.to_seq, left);
        Some(behind)
    }

    /// Leaves out all but the newest `most`, which begin at `begin` if the membership lasts: the rest is a gap, told before
    /// them.
    pub(crate) fn trim(&mut self, (begin, most): Newest) {
        let before = |until: Seq| begin.before().min(Seq(until.0.saturating_sub(most)));
        let to = self.until.map_or(begin.before(), before);
        if to > self.sent {
            self.marker = Some((self.sent.next(), to));
            (self.sent, self.part, self.prev) = (to, 0, Path::At(to));
        }
    }

    /// Where the path of a device ends that is about to hear a membership from its first entry on: at the leave of an
    /// earlier one, since what was said between the two is no gap in it, or before everything.
    pub(crate) fn path_end(cursor: Seq, intervals: &[Interval]) -> Option<Seq> {
        let next = intervals.iter().position(|one| one.to_seq.is_none_or(|to| to > cursor))?;
        let begins = cursor < intervals[next].from_seq;
        let earlier = next.checked_sub(1).and_then(|earlier| intervals[earlier].to_seq);
        begins.then(|| earlier.unwrap_or(Seq::ZERO))
    }

    /// Whether everything of a membership that has ended was read.
    pub(crate) fn is_through(&self) -> bool {
        self.until.is_some_and(|until| self.sent >= until)
    }

    /// Goes on to the next membership; false if there is none.
    pub(crate) fn next_interval(&mut self) -> bool {
        let Some(next) = self.later.pop_front() else { return false };
        self.sent = self.sent.max(next.from_seq.before());
        (self.part, self.until) = (0, next.to_seq);
        true
    }

    /// The membership ends at `at`.
    pub(crate) fn end(&mut self, at: Seq) {
        match self.later.back_mut() {
            Some(last) => last.to_seq = last.to_seq.or(Some(at)),
            None => self.until = self.until.or(Some(at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::{Handle, RoomId};

    fn hub() -> Arc<Hub> {
        Arc::new(Hub::new(RoomId(1), Handle::new("tea").unwrap(), false, 0))
    }

    fn interval(from: u64, to: Option<u64>) -> Interval {
        Interval { from_seq: Seq(from), joined: Seq(from), to_seq: to.map(Seq) }
    }

    #[test]
    fn replay_goes_through_memberships_and_leaves_out_what_was_said_between_them() {
        let memberships = [interval(1, Some(10)), interval(50, None)];
        let mut behind = Behind::through(hub(), Seq(7), &memberships).unwrap();
        assert_eq!((behind.sent, behind.until), (Seq(7), Some(Seq(10))));
        behind.sent = Seq(10);
        assert!(behind.is_through() && behind.next_interval());
        assert_eq!((behind.sent, behind.until), (Seq(49), None));
        behind.end(Seq(60));
        assert_eq!(behind.until, Some(Seq(60)));
    }

    #[test]
    fn what_was_said_between_two_memberships_is_no_gap_in_the_path() {
        let memberships = [interval(1, Some(10)), interval(50, None)];
        assert_eq!(Behind::path_end(Seq(49), &memberships), Some(Seq(10)));
        assert_eq!(Behind::path_end(Seq(10), &memberships), Some(Seq(10)));
        assert_eq!(Behind::path_end(Seq(55), &memberships), None);
        assert_eq!(Behind::path_end(Seq(7), &memberships), None);
        assert_eq!(Behind::path_end(Seq(49), &memberships[1..]), Some(Seq::ZERO));
    }

    #[test]
    fn nothing_is_left_of_a_membership_that_was_heard_to_its_end() {
        assert!(Behind::through(hub(), Seq(10), &[interval(1, Some(10))]).is_none());
    }
}
