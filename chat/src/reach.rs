//! Who is told of an entry.
//!
//! In a room of thousands somebody comes, goes or puts a sign to something all the time. Such an entry is in the log like
//! any other, and whoever reads the log finds it; but it is brought only to those it concerns and to those who manage the
//! room. Whether it is, is decided when it is committed and kept with it: a room that grows or shrinks changes nothing about
//! what was told before, so who hears an entry live and who reads it later is told the same.

use crate::{Kind, Seq};

/// A room of more members than this is large.
pub const LARGE: i64 = 1_000;

/// Who is told of an entry, and what everybody was told before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Whether only those it concerns, and those who manage the room, are told of it.
    pub few: bool,
    /// The last entry before it that everybody is told.
    pub before: Seq,
}

impl Reach {
    /// Of an entry in a room that never was large: everybody is told of it and of all before it.
    #[must_use]
    pub const fn everybody(seq: Seq) -> Reach {
        Reach { few: false, before: seq.before() }
    }

    /// Of an entry of this kind in a room of so many members, in which everybody was told of `before` last.
    #[must_use]
    pub const fn of(kind: Kind, members: i64, before: Seq) -> Reach {
        Reach { few: members > LARGE && kind.is_for_few(), before }
    }

    /// What everybody was told last, once there is this entry at `seq`.
    #[must_use]
    pub const fn told(self, seq: Seq) -> Seq {
        if self.few { self.before } else { seq }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_told_who_comes_into_a_room_of_a_thousand_and_few_in_a_larger_one() {
        let (few, all) = (Reach::of(Kind::Joined, 1_001, Seq(7)), Reach::of(Kind::Joined, 1_000, Seq(7)));
        assert_eq!((few.few, all.few), (true, false));
        assert_eq!((few.told(Seq(8)), all.told(Seq(8))), (Seq(7), Seq(8)));
    }

    #[test]
    fn everybody_is_told_what_is_said_and_what_becomes_of_it_however_large_the_room() {
        let told = |kind| !Reach::of(kind, 1_000_000, Seq(7)).few;
        assert!(Kind::ALL.into_iter().filter(|kind| kind.is_message()).all(told));
        assert!(
            [Kind::Edit, Kind::Recall, Kind::Pin, Kind::Muted, Kind::Settings, Kind::Reactions]
                .into_iter()
                .all(told)
        );
        assert!(![Kind::Banned, Kind::Requested, Kind::LinkMade, Kind::React].into_iter().any(told));
    }
}
