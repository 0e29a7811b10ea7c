//! What the tables say of what a batch asks about.

use super::{Aim, Invited, Standing};
use crate::seal::{Keys, Place, SALT_LEN, Voice, open_words, unpack_fact};
use crate::{NewAct, NewEntry};
use chat::{
    Act, Handle, Kind, LinkHash, LinkId, MediaId, OpenWays, Role, RoomId, RoomKind, Seat, Seq, Settings,
    Timestamp, UserId,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A draft in its room, from its sender.
pub type DraftKey = ([u8; 16], UserId, RoomId);

/// An entry's room and place.
pub type EntryPlace = (RoomId, Seq);

/// Where a room's log ends and what rules are in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The version of its rules.
    pub rules: i64,
    /// Its last entry.
    pub last_seq: u64,
    /// Its counting entries.
    pub last_n: u64,
    /// Who is in it now.
    pub members: i64,
    /// The last entry that everybody in it is told.
    pub last_told: u64,
}

impl Head {
    /// From the columns of a database, which has no unsigned numbers: of the end the last entry, its counting entries, and
    /// the last one that everybody is told.
    #[must_use]
    pub const fn stored(rules: i64, [last_seq, last_n, last_told]: [i64; 3], members: i64) -> Head {
        Head {
            rules,
            last_seq: last_seq.cast_unsigned(),
            last_n: last_n.cast_unsigned(),
            members,
            last_told: last_told.cast_unsigned(),
        }
    }
}

/// What sort of room it is and what is set for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruled {
    /// What sort.
    pub kind: RoomKind,
    /// What is set.
    pub settings: Settings,
}

/// A running membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sits {
    /// The entry of the join.
    pub from_seq: Seq,
    /// What they are.
    pub seat: Seat,
}

/// A link that lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Linked {
    /// Its number.
    pub id: LinkId,
    /// Where to.
    pub room: RoomId,
    /// As what.
    pub role: Role,
    /// How often still; `None` is without end.
    pub uses_left: Option<u32>,
    /// Until when, if it ends.
    pub expires_at: Option<Timestamp>,
}

/// What is known before the first entry is judged. What is asked about and not in here is not there.
#[derive(Default)]
pub struct Known {
    /// Ends of rooms.
    pub heads: HashMap<RoomId, Head>,
    /// Keys of those who speak, also of those who do it for the first time.
    pub keys: Keys,
    /// Salts that this batch writes: of those who have an account and speak in a room for the first time.
    pub salts: Vec<(Voice, [u8; SALT_LEN])>,
    /// What was said under these drafts.
    pub drafts: HashMap<DraftKey, Found>,
    /// What came in these packets, by the keys of their inbound rows.
    pub inbound: HashMap<i64, Found>,
    /// Rooms that shall be changed.
    pub ruled: HashMap<RoomId, Ruled>,
    /// Running memberships of those who come or go, who change something and to whom it is done.
    pub members: HashMap<Voice, Sits>,
    /// The last entries of the last memberships that ended, of the same people.
    pub left: HashMap<Voice, Seq>,
    /// Who of them is banned.
    pub banned: HashSet<Voice>,
    /// Who of them is invited.
    pub invited: HashMap<Voice, Invited>,
    /// The links that are shown.
    pub links: HashMap<LinkHash, Linked>,
    /// Who of those who ask to be let in, or are turned away, asks already.
    pub asking: HashSet<Voice>,
    /// Where the links lead that shall be taken back.
    pub ends: HashMap<LinkId, RoomId>,
    /// What is open already where something shall be opened, and good.
    pub open: HashMap<RoomId, OpenWays>,
    /// How many invitations they have who shall be invited.
    pub invitees: HashMap<UserId, u32>,
    /// When those who have to pause last said something.
    pub paused: HashMap<Voice, Timestamp>,
    /// Members who are called by name.
    pub named: HashMap<(RoomId, Handle), UserId>,
    /// The messages to which something is to be done.
    pub aims: HashMap<EntryPlace, Aim>,
    /// What is pinned, and the entries that pinned it.
    pub pins: HashMap<RoomId, BTreeMap<Seq, Standing>>,
    /// Which of those who come, say who comes and goes, or take something back, have an account.
    pub accounts: HashSet<UserId>,
    /// Which uploads are there for whom, of those that are named.
    pub media: HashSet<(MediaId, UserId)>,
    /// Which uploads that shall stand for rooms are there, and whose.
    pub portraits: HashSet<(MediaId, UserId)>,
}

/// An entry that is in the log already.
#[derive(Clone)]
pub struct Found {
    /// Its room.
    pub room: RoomId,
    /// Its place.
    pub seq: Seq,
    /// The room's counting entries with it.
    pub n: u64,
    /// Who.
    pub sender: UserId,
    /// [`chat::Kind`], as stored.
    pub kind: i64,
    /// When it was taken.
    pub at: Timestamp,
    /// What it says, as stored.
    pub body: Vec<u8>,
}

impl Found {
    /// Whether a recall erased what it said.
    pub(super) fn is_erased(&self) -> bool {
        self.body.is_empty()
    }

    /// Whether it says what this entry wants to say. What can't be opened says something else.
    pub(super) fn says(&self, entry: &NewEntry, keys: &Keys) -> bool {
        let Some(kind) = u8::try_from(self.kind).ok().and_then(Kind::from_number) else { return false };
        let voice = (self.room, self.sender);
        if voice != (entry.room, entry.sender) {
            return false;
        }
        match &entry.act {
            NewAct::Say(content) => self.holds(kind, keys, &Act::Said(content.clone())),
            NewAct::Do { deed, .. } if kind.is_private() => self.holds(kind, keys, &Act::Did(deed.clone())),
            NewAct::Do { deed, .. } => self.tells(kind, &Act::Did(deed.clone())),
            NewAct::Change(change) => self.tells(kind, &change.tells(entry.at)),
            NewAct::Join { who, .. } => self.tells(kind, &Act::Joined { who: who.clone() }),
            NewAct::Leave { who, .. } => self.tells(kind, &Act::Left { who: who.clone() }),
            NewAct::Succeed(who) => self.tells(kind, &Act::HandedOver { who: who.handle.clone() }),
            NewAct::Tell(event) => self.holds(kind, keys, &Act::Told(event.clone())),
            NewAct::Count { of, signs, .. } => {
                self.tells(kind, &Act::Reactions { of: *of, signs: signs.clone() })
            }
        }
    }

    /// Whether it holds these words, sealed.
    fn holds(&self, kind: Kind, keys: &Keys, act: &Act) -> bool {
        let place = Place { room: self.room, seq: self.seq, sender: self.sender, kind };
        let opened = keys.get(&(self.room, self.sender)).map(|key| open_words(key, place, self.body.clone()));
        matches!(opened, Some(Ok(found)) if found.says_the_same(act))
    }

    /// Whether it tells this fact, in clear.
    fn tells(&self, kind: Kind, act: &Act) -> bool {
        matches!(unpack_fact(kind, &self.body), Ok(Some(found)) if found == *act)
    }
}
