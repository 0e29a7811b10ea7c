//! A page of a log, whole though some of it is gone.

use super::number;
use crate::Leaf;
use chat::{Entry, Seq};

/// A page of a log that is being read, in whole steps, also for the last few entries: of a long stretch much may have
/// been erased, and what is damaged is left out. Fewer entries than were asked for say that there is no more.
#[derive(Debug)]
pub struct Page {
    after: i64,
    limit: usize,
    leaf: Leaf,
}

impl Page {
    /// Most entries of one page.
    const MOST: u32 = 500;

    /// A page of at most `limit` entries, and 500, after this one.
    #[must_use]
    pub fn new(after: Seq, limit: u32) -> Page {
        Page { after: number(after.0), limit: limit.min(Page::MOST) as usize, leaf: Leaf::default() }
    }

    /// After which row to go on, and for how many.
    #[must_use]
    pub fn next(&self) -> (i64, usize) {
        (self.after, self.limit)
    }

    /// Something was done to the messages in these places.
    pub fn touched(&mut self, places: impl Iterator<Item = i64>) {
        self.leaf.touched.extend(places.map(|seq| Seq(seq.cast_unsigned())));
    }

    /// So many rows were found, up to the last, and these opened. True if that is all of the page.
    pub fn is_whole(&mut self, rows: usize, last: Option<i64>, opened: Vec<Entry>) -> bool {
        self.leaf.entries.extend(opened);
        self.after = last.unwrap_or(self.after);
        rows < self.limit || last.is_none() || self.leaf.entries.len() >= self.limit
    }

    /// What is on it.
    #[must_use]
    pub fn entries(self) -> Vec<Entry> {
        self.leaf().entries
    }

    /// The same, and to which of it something was done.
    #[must_use]
    pub fn leaf(mut self) -> Leaf {
        self.leaf.entries.truncate(self.limit);
        self.leaf
    }
}
