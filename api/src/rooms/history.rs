//! What was said, page by page, cut by the memberships of who reads it.
//!
//! The log is read forwards, and its numbers are dense: the page before a place is the stretch of that many numbers
//! before it. Where entries of it are gone (expired, erased), more is read before that. What few are told is left out, unless
//! all is asked for, and jumped over: each entry says what everybody was told before it.

use crate::problem::Problem;
use chat::{Entry, RoomId, Seq, Timestamp};
use std::collections::VecDeque;
use store::{Leaf, Readable, Store};

/// Entries read at once: the store's limit.
const AT_ONCE: u64 = 500;
/// How often a page before a place is filled up, where much of it is gone: so far back one request looks.
const LOOKS: u32 = 20;

/// Which page.
#[derive(Debug, Clone, Copy)]
pub(super) enum Around {
    Newest,
    Before(Seq),
    After(Seq),
    Here(Seq),
}

/// A page, oldest first.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) entries: Vec<Entry>,
    /// Places of those to which something was done; also of some that are not on it.
    pub(super) touched: Vec<Seq>,
    /// Where the page before it ends.
    pub(super) before: Option<Seq>,
    /// Where the page after it begins.
    pub(super) after: Option<Seq>,
}

/// A stretch of the log that may be read: both ends are in it.
type Stretch = (u64, u64);

/// Reads a page.
pub(super) async fn read_page(
    store: &dyn Store,
    readable: &Readable,
    (around, all): (Around, bool),
    limit: u32,
    now: Timestamp,
) -> Result<Page, Problem> {
    let (room, last) = (readable.standing.room, readable.last_seq);
    let stretches: Vec<Stretch> = readable
        .intervals
        .iter()
        .map(|one| (one.from_seq.0, one.to_seq.map_or(last.0, |to| to.0.min(last.0))))
        .collect();
    let log = Log { store, room, stretches, all, now };
    let limit = limit as usize;
    match around {
        Around::Newest => log.before(u64::MAX, limit).await,
        Around::Before(seq) => log.before(seq.0, limit).await,
        Around::After(seq) => log.after(seq.0, limit).await,
        Around::Here(seq) => {
            let earlier = log.before(seq.0, limit / 2).await?;
            let later = log.after(seq.0.saturating_sub(1), limit - limit / 2).await?;
            let entries = earlier.entries.into_iter().chain(later.entries).collect();
            let touched = earlier.touched.into_iter().chain(later.touched).collect();
            Ok(Page { entries, touched, before: earlier.before, after: later.after })
        }
    }
}

/// How much is read: at first what is missing; where that is not there any more, it is looked for in longer stretches.
fn length(looks: u32, missing: usize) -> u64 {
    if looks == 0 { missing as u64 } else { AT_ONCE }
}

struct Log<'a> {
    store: &'a dyn Store,
    room: RoomId,
    /// Oldest first.
    stretches: Vec<Stretch>,
    /// Whether what few are told is asked for, too.
    all: bool,
    now: Timestamp,
}

impl Log<'_> {
    /// What there is to show of a stretch, and where everything before it that few are told begins.
    async fn read(&self, (from, to): Stretch) -> Result<(Leaf, u64), Problem> {
        let limit = u32::try_from(to.saturating_sub(from) + 1).unwrap_or(u32::MAX);
        let (after, to) = (Seq(from.saturating_sub(1)), Seq(to));
        let mut found = self.store.page(self.room, after, to, limit, self.now).await?;
        let few = found.entries.first().filter(|first| first.reach.few && !self.all);
        let begin = few.map_or(from, |first| from.min(first.reach.before.next().0));
        found.entries.retain(|entry| self.all || !entry.reach.few);
        Ok((found, begin))
    }

    /// The newest `limit` entries before `seq`.
    async fn before(&self, seq: u64, limit: usize) -> Result<Page, Problem> {
        let (mut entries, mut touched) = (VecDeque::new(), Vec::new());
        let mut end = seq;
        let mut looks = 0;
        while entries.len() < limit && looks < LOOKS {
            let Some((from, to)) = self.stretch_before(end) else { break };
            let from = from.max((to + 1).saturating_sub(length(looks, limit - entries.len())));
            let (Leaf { entries: found, touched: some }, begin) = self.read((from, to)).await?;
            touched.extend(some);
            let surplus = found.len().saturating_sub(limit - entries.len());
            end = found.get(surplus).filter(|_| surplus > 0).map_or(begin, |first| first.seq.0);
            found.into_iter().skip(surplus).rev().for_each(|entry| entries.push_front(entry));
            looks += 1;
        }
        let before = self.stretch_before(end).map(|_| Seq(end));
        let after = (seq != u64::MAX).then(|| Seq(seq.saturating_sub(1)));
        let after = after.filter(|after| self.stretch_after(after.0).is_some());
        Ok(Page { entries: entries.into(), touched, before, after })
    }

    /// The oldest `limit` entries after `seq`.
    async fn after(&self, seq: u64, limit: usize) -> Result<Page, Problem> {
        let (mut entries, mut touched) = (Vec::<Entry>::new(), Vec::new());
        let mut place = seq;
        let mut looks = 0;
        while entries.len() < limit && looks < LOOKS {
            let Some((from, to)) = self.stretch_after(place) else { break };
            let missing = limit - entries.len();
            let to = to.min(from + length(looks, missing) - 1);
            let (Leaf { entries: found, touched: some }, _) = self.read((from, to)).await?;
            touched.extend(some);
            place = found.get(missing - 1).filter(|_| found.len() > missing).map_or(to, |last| last.seq.0);
            entries.extend(found.into_iter().take(missing));
            looks += 1;
        }
        let after = self.stretch_after(place).map(|_| Seq(place));
        let before =
            Some(Seq(seq.saturating_add(1))).filter(|before| self.stretch_before(before.0).is_some());
        Ok(Page { entries, touched, before, after })
    }

    /// The last stretch that has something before `seq`, up to there.
    fn stretch_before(&self, seq: u64) -> Option<Stretch> {
        let mut stretches = self.stretches.iter().rev();
        stretches.find(|(from, to)| *from < seq && from <= to).map(|(from, to)| (*from, (*to).min(seq - 1)))
    }

    /// The first stretch that has something after `seq`, from there.
    fn stretch_after(&self, seq: u64) -> Option<Stretch> {
        let mut stretches = self.stretches.iter();
        stretches.find(|(from, to)| *to > seq && from <= to).map(|(from, to)| ((*from).max(seq + 1), *to))
    }
}
