//! What has become of messages.

use chat::{Act, Entry, Seq, Sign};
use std::collections::BTreeMap;

/// What was done to a message, as it stands now. The log tells how it came to that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upshot {
    /// Its place.
    pub seq: Seq,
    /// The edit that counts, where its words are not the first.
    pub edit: Option<Entry>,
    /// Its signs in their own order; at most [`chat::Deed::MAX_SIGNS`].
    pub signs: Vec<Signed>,
    /// How many messages answer it, counted up to [`Upshot::MANY`].
    pub replies: u32,
    /// The entry that pinned it, where it is pinned.
    pub pin: Option<Seq>,
}

/// A sign of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Which.
    pub sign: Sign,
    /// How many people have put it.
    pub people: u64,
    /// Whether the one who asks is among them.
    pub own: bool,
}

impl Upshot {
    /// Answers past this number are not counted: to show that there are many, not each has to be looked at.
    pub const MANY: u32 = 1_000;

    /// Of a message to which nothing was done.
    #[must_use]
    pub fn nothing(seq: Seq) -> Upshot {
        Upshot { seq, edit: None, signs: Vec::new(), replies: 0, pin: None }
    }

    /// Whether nothing was done to it.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Upshot::nothing(self.seq)
    }
}

/// Entries of a log, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leaf {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Places of those to which something was done; maybe also of some that are left out.
    pub touched: Vec<Seq>,
}

/// For engines: what is found of several messages, table by table.
#[derive(Debug, Default)]
pub struct Upshots {
    found: BTreeMap<Seq, Upshot>,
    /// Messages whose edits are to be looked at, by their places.
    pub edited: Vec<i64>,
    /// And whose signs are.
    pub signed: Vec<i64>,
}

/// For engines: what one look at all tables tells of a message to which something was done.
#[derive(Debug, Clone, Copy)]
pub struct Touched {
    /// Its place.
    pub of: i64,
    /// The entry that pinned it.
    pub pin: Option<i64>,
    /// Answers, counted up to [`Upshot::MANY`].
    pub replies: i64,
    /// Whether it has edits.
    pub edited: bool,
    /// Whether it has signs.
    pub signed: bool,
}

impl Upshots {
    /// What is known of this message so far.
    pub fn of(&mut self, seq: Seq) -> &mut Upshot {
        self.found.entry(seq).or_insert_with(|| Upshot::nothing(seq))
    }

    /// Something was done to a message.
    pub fn touched(&mut self, touched: Touched) {
        let upshot = self.of(Seq(touched.of.cast_unsigned()));
        upshot.replies = u32::try_from(touched.replies).unwrap_or(Upshot::MANY);
        upshot.pin = touched.pin.map(|seq| Seq(seq.cast_unsigned()));
        self.edited.extend(touched.edited.then_some(touched.of));
        self.signed.extend(touched.signed.then_some(touched.of));
    }

    /// These are the edits that count.
    pub fn edits(&mut self, edits: Vec<Entry>) {
        for edit in edits {
            if let Act::Did(deed) = &edit.act {
                let of = deed.of();
                self.of(of).edit = Some(edit);
            }
        }
    }

    /// In the order of these messages, without those to which nothing was done.
    #[must_use]
    pub fn in_order(mut self, messages: &[Seq]) -> Vec<Upshot> {
        let found = messages.iter().filter_map(|seq| self.found.remove(seq));
        found.filter(|upshot| !upshot.is_nothing()).collect()
    }
}
