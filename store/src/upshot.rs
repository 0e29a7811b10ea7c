//! What has become of messages.

use chat::{Entry, Seq, Sign};
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

/// For engines: what is found of several messages, table by table.
#[derive(Debug, Default)]
pub struct Upshots(BTreeMap<Seq, Upshot>);

impl Upshots {
    /// What is known of this message so far.
    pub fn of(&mut self, seq: Seq) -> &mut Upshot {
        self.0.entry(seq).or_insert_with(|| Upshot::nothing(seq))
    }

    /// In the order of these messages, without those to which nothing was done.
    #[must_use]
    pub fn in_order(mut self, messages: &[Seq]) -> Vec<Upshot> {
        let found = messages.iter().filter_map(|seq| self.0.remove(seq));
        found.filter(|upshot| !upshot.is_nothing()).collect()
    }
}
