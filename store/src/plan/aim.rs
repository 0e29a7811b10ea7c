//! An entry to which something is to be done, and what was done to it before.

use chat::{Kind, Seq, Sign, Signs, Timestamp, UserId};
use std::collections::{BTreeMap, HashMap};

/// An entry to which something is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aim {
    /// Who wrote it.
    pub sender: UserId,
    /// What sort of entry it is.
    pub kind: Kind,
    /// When it was taken.
    pub at: Timestamp,
    /// When it stops being shown.
    pub expires_at: Option<Timestamp>,
    /// The entries that give it other words, in any order.
    pub edits: Vec<Seq>,
    /// Its signs, and how many people have put each.
    pub signs: BTreeMap<Sign, u64>,
    /// Those of the people who put some to it or take some back.
    pub own: HashMap<UserId, BTreeMap<Sign, Standing>>,
}

/// An entry that did what still stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its place.
    pub seq: Seq,
    /// The room's counting entries with it.
    pub n: u64,
    /// When it was taken.
    pub at: Timestamp,
}

impl Aim {
    /// One to which nothing was done yet.
    #[must_use]
    pub fn untouched(sender: UserId, kind: Kind, at: Timestamp, expires_at: Option<Timestamp>) -> Aim {
        Aim { sender, kind, at, expires_at, edits: Vec::new(), signs: BTreeMap::new(), own: HashMap::new() }
    }

    /// The signs of the message, as one sees them who puts this one or takes it back.
    pub(super) fn signs(&self, by: UserId, sign: &Sign) -> Signs {
        let own = self.own.get(&by);
        Signs {
            kinds: few(self.signs.len()),
            has_it: self.signs.contains_key(sign),
            own: own.map_or(0, |own| few(own.len())),
            is_own: own.is_some_and(|own| own.contains_key(sign)),
        }
    }

    /// Puts a sign or takes it back, and says how many people have put it now.
    pub(super) fn put(&mut self, by: UserId, sign: &Sign, standing: Option<Standing>) -> u64 {
        let own = self.own.entry(by).or_default();
        let before = match standing {
            Some(standing) => own.insert(sign.clone(), standing),
            None => own.remove(sign),
        };
        let people = self.signs.entry(sign.clone()).or_default();
        *people = (*people + u64::from(standing.is_some())).saturating_sub(u64::from(before.is_some()));
        let people = *people;
        if people == 0 {
            self.signs.remove(sign);
        }
        people
    }
}

/// As many as that; no list here is longer than a few hundred.
pub(super) fn few(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
