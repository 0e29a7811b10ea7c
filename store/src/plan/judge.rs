//! One entry after another: what becomes of each, and what has to be written for it.
//!
//! The order is the one a person would expect: what was sent before is found before anything else is asked, then
//! whether the room is there and its rules are the ones the entry was judged by, then what it does.

use super::again::draft_key;
use super::{DraftKey, EntryPlace, Known};
use crate::seal::{Place, pack_fact, seal_content, seal_deed, seal_event};
use crate::{Error, Fate, NewAct, NewEntry, Resend};
use chat::{Act, Attached, Content, Handle, Kind, MediaId, RoomId, Seq, Sign, Timestamp, UserId};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Whose read mark it is, and where.
pub type MarkPlace = (UserId, RoomId);

/// The batch so far: what an engine has to write when it is judged to its end.
pub struct Plan<'a> {
    /// What was known before, and the ends of rooms and members as they are after what is judged so far.
    pub known: Known,
    /// New rows of the log, in the order of the batch.
    pub rows: Vec<Row<'a>>,
    /// Packets that became entries, by the keys of their inbound rows. A session that ended meanwhile keeps none.
    pub inbound: HashMap<i64, Packet>,
    /// How far those who speak have read.
    pub marks: HashMap<MarkPlace, Mark>,
    /// And those who come in.
    pub admitted: HashMap<MarkPlace, Mark>,
    /// Rooms whose rules are others after this batch.
    pub changed: HashSet<RoomId>,
    /// Memberships to begin, after those in `left` were ended: who goes and comes again has one at a time.
    pub joined: Vec<Joined<'a>>,
    /// Memberships to end.
    pub left: Vec<Left>,
    /// Entries of this batch that give a message other words.
    pub edits: Vec<About>,
    /// Messages of this batch that answer others.
    pub replies: Vec<About>,
    /// Entries of earlier batches that lose what they said: their bodies become empty, and messages become
    /// [`Kind::Recalled`].
    pub erased: Vec<EntryPlace>,
    /// Signs that people have put to messages, by the entries that did; none for those taken back.
    pub signs: HashMap<(EntryPlace, UserId, Sign), Option<Seq>>,
    /// Uploads that messages of this batch name. Each is named by somebody now.
    pub named: Vec<Named>,
    /// Uploads that messages of this batch named which it took back. Where nothing else names one it can go.
    pub unnamed: Vec<MediaId>,
    /// Messages that are pinned, by the entries that did it; none for those that are no longer.
    pub pins: HashMap<EntryPlace, Option<Seq>>,
    /// Messages of earlier batches whose calls count no more.
    pub uncalled: BTreeSet<EntryPlace>,
    /// Whom messages call from now on; what is in `uncalled` goes before.
    pub called: HashMap<EntryPlace, BTreeSet<UserId>>,
    /// How many people have put a sign to a message.
    pub signed: HashMap<(EntryPlace, Sign), u64>,
    /// Rooms that got something to be unread, and their first entry of this batch.
    pub spoken: HashMap<RoomId, (Seq, Timestamp)>,
    /// Rows of this batch by what finds them again.
    pub(super) drafts: HashMap<DraftKey, usize>,
    pub(super) packets: HashMap<i64, usize>,
}

/// A new row of the log.
pub struct Row<'a> {
    /// What it is made of.
    pub entry: &'a NewEntry,
    /// Its place.
    pub seq: Seq,
    /// The room's counting entries with it.
    pub n: u64,
    /// [`chat::Kind`], as stored.
    pub kind: u8,
    /// When it stops being shown.
    pub expires_at: Option<Timestamp>,
    /// What it says: sealed for its place if they are a person's words, otherwise in clear; empty if the same batch
    /// took it back.
    pub body: Vec<u8>,
}

/// A message that names an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// The upload.
    pub media: MediaId,
    /// The message's room.
    pub room: RoomId,
    /// The message's place.
    pub seq: Seq,
    /// When the message stops being shown.
    pub expires_at: Option<Timestamp>,
}

/// An entry of this batch that is about an earlier message.
pub struct About {
    /// The room of both.
    pub room: RoomId,
    /// The message.
    pub of: Seq,
    /// The entry.
    pub seq: Seq,
}

/// Where a packet's entry is.
pub struct Packet {
    /// The entry's room.
    pub room: RoomId,
    /// The entry's place.
    pub seq: Seq,
    /// Whether the packet waits for its PUBREL.
    pub held: bool,
}

/// Where a read mark moves to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The last entry that was read.
    pub seq: Seq,
    /// The room's counting entries with it.
    pub n: u64,
}

/// A membership that begins in this batch.
pub struct Joined<'a> {
    /// Where.
    pub room: RoomId,
    /// Who.
    pub user: UserId,
    /// What they are called.
    pub handle: &'a str,
    /// The entry of the join.
    pub from_seq: Seq,
    /// Where and when it ends, if that is in the same batch.
    pub end: Option<(Seq, Timestamp)>,
}

/// A membership that began earlier and ends in this batch.
pub struct Left {
    /// Where.
    pub room: RoomId,
    /// Who.
    pub user: UserId,
    /// The entry of the join.
    pub from_seq: Seq,
    /// The entry of the leave.
    pub to_seq: Seq,
    /// When.
    pub at: Timestamp,
}

impl<'a> Plan<'a> {
    /// Judges a batch in its order; with the plan comes what becomes of each entry once it is written.
    ///
    /// # Errors
    /// Nothing of the batch may be written: the cipher refused, or `known` does not belong to the batch.
    pub fn of(known: Known, batch: &[&'a NewEntry]) -> Result<(Plan<'a>, Vec<Fate>), Error> {
        let mut plan = Plan::new(known);
        let fates = batch.iter().map(|entry| plan.judge(entry)).collect::<Result<_, _>>()?;
        Ok((plan, fates))
    }

    /// Who went out, and where, each once.
    #[must_use]
    pub fn went(&self) -> Vec<MarkPlace> {
        let before = self.left.iter().map(|one| (one.user, one.room));
        let came = self.joined.iter().filter(|one| one.end.is_some()).map(|one| (one.user, one.room));
        before.chain(came).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whose memberships change, once for each time they do.
    pub fn moved(&self) -> impl Iterator<Item = UserId> {
        let begun = self.joined.iter().map(|one| one.user);
        let ended = self.joined.iter().filter(|one| one.end.is_some()).map(|one| one.user);
        begun.chain(ended).chain(self.left.iter().map(|one| one.user))
    }

    fn new(known: Known) -> Plan<'a> {
        Plan {
            known,
            rows: Vec::new(),
            inbound: HashMap::new(),
            marks: HashMap::new(),
            admitted: HashMap::new(),
            changed: HashSet::new(),
            joined: Vec::new(),
            left: Vec::new(),
            edits: Vec::new(),
            replies: Vec::new(),
            erased: Vec::new(),
            named: Vec::new(),
            unnamed: Vec::new(),
            signs: HashMap::new(),
            signed: HashMap::new(),
            pins: HashMap::new(),
            uncalled: BTreeSet::new(),
            called: HashMap::new(),
            spoken: HashMap::new(),
            drafts: HashMap::new(),
            packets: HashMap::new(),
        }
    }

    /// What becomes of this entry.
    fn judge(&mut self, entry: &'a NewEntry) -> Result<Fate, Error> {
        if let Some(fate) = self.sent_before(entry) {
            return Ok(fate);
        }
        let Some(head) = self.known.heads.get(&entry.room) else { return Ok(Fate::NoSuchRoom) };
        if head.rules != entry.rules.0 {
            return Ok(Fate::Stale);
        }
        let has_words = match &entry.act {
            NewAct::Say(_) | NewAct::Tell(_) => true,
            NewAct::Do { deed, .. } => deed.kind().is_private(),
            NewAct::Join { .. } | NewAct::Leave { .. } => false,
        };
        let is_there = match has_words {
            true => self.known.keys.contains_key(&(entry.room, entry.sender)),
            false => self.known.accounts.contains(&entry.sender),
        };
        if !is_there {
            return Ok(Fate::NoSuchUser);
        }
        match &entry.act {
            NewAct::Say(content) => self.say(entry, content),
            NewAct::Do { deed, warrant } => self.do_to(entry, deed, warrant),
            NewAct::Join { user, who } => self.join(entry, *user, who),
            NewAct::Leave { user, who } => self.leave(entry, *user, who),
            NewAct::Tell(_) => {
                let (seq, n) = self.store(entry, None)?;
                Ok(Fate::Stored { seq, n })
            }
        }
    }

    fn say(&mut self, entry: &'a NewEntry, content: &Content) -> Result<Fate, Error> {
        let media = content.media.as_ref().map(Attached::id);
        if media.is_some_and(|media| !self.known.media.contains(&(media, entry.sender))) {
            return Ok(Fate::NoSuchMedia);
        }
        let (seq, n) = self.store(entry, entry.expires_at)?;
        let named = |media| Named { media, room: entry.room, seq, expires_at: entry.expires_at };
        self.named.extend(media.map(named));
        // What is not there yet can't be answered, whatever comes to stand there.
        if let Some(of) = content.reply_to.filter(|of| *of < seq) {
            self.replies.push(About { room: entry.room, of, seq });
        }
        self.call((entry.room, seq), entry.sender, &content.mentions);
        self.marks.insert((entry.sender, entry.room), Mark { seq, n });
        self.spoken.entry(entry.room).or_insert((seq, entry.at));
        Ok(Fate::Stored { seq, n })
    }

    /// The one who comes in has read everything before: they can't see it.
    fn join(&mut self, entry: &'a NewEntry, user: UserId, who: &'a Handle) -> Result<Fate, Error> {
        let place = (entry.room, user);
        if !self.known.accounts.contains(&user) {
            return Ok(Fate::NoSuchUser);
        }
        if self.known.members.contains_key(&place) {
            return Ok(Fate::Unchanged);
        }
        let (seq, n) = self.store(entry, None)?;
        self.change_rules(entry.room, 1);
        self.known.members.insert(place, seq);
        self.known.named.insert((entry.room, who.clone()), user);
        self.admitted.insert((user, entry.room), Mark { seq, n });
        self.joined.push(Joined { room: entry.room, user, handle: who.as_str(), from_seq: seq, end: None });
        Ok(Fate::Stored { seq, n })
    }

    fn leave(&mut self, entry: &'a NewEntry, user: UserId, who: &Handle) -> Result<Fate, Error> {
        let Some(&from_seq) = self.known.members.get(&(entry.room, user)) else {
            return Ok(Fate::Unchanged);
        };
        let (seq, n) = self.store(entry, None)?;
        self.change_rules(entry.room, -1);
        self.known.members.remove(&(entry.room, user));
        self.known.named.remove(&(entry.room, who.clone()));
        let begun = self.joined.iter_mut().rev().find(|one| (one.room, one.user) == (entry.room, user));
        match begun.filter(|one| one.end.is_none()) {
            Some(joined) => joined.end = Some((seq, entry.at)),
            None => self.left.push(Left { room: entry.room, user, from_seq, to_seq: seq, at: entry.at }),
        }
        Ok(Fate::Stored { seq, n })
    }

    fn change_rules(&mut self, room: RoomId, members: i64) {
        if let Some(head) = self.known.heads.get_mut(&room) {
            head.rules += 1;
            head.members += members;
            self.changed.insert(room);
        }
    }

    /// Gives the entry its place and seals it for that place.
    pub(super) fn store(
        &mut self,
        entry: &'a NewEntry,
        expires_at: Option<Timestamp>,
    ) -> Result<(Seq, u64), Error> {
        let head = self.known.heads.get(&entry.room).copied().ok_or_else(broken)?;
        let (kind, fact) = match &entry.act {
            NewAct::Say(content) => (content.kind, None),
            NewAct::Do { deed, .. } => told(&Act::Did(deed.clone()))?,
            NewAct::Join { who, .. } => told(&Act::Joined { who: who.clone() })?,
            NewAct::Leave { who, .. } => told(&Act::Left { who: who.clone() })?,
            NewAct::Tell(_) => (Kind::Told, None),
        };
        let (seq, n) = (Seq(head.last_seq).next(), head.last_n + u64::from(kind.counts()));
        let body = match fact {
            Some(fact) => fact,
            None => self.seal(entry, seq, kind)?,
        };
        if let Some(head) = self.known.heads.get_mut(&entry.room) {
            (head.last_seq, head.last_n) = (seq.0, n);
        }
        self.remember(entry, seq);
        self.rows.push(Row { entry, seq, n, kind: kind as u8, expires_at, body });
        Ok((seq, n))
    }

    /// A person's words, sealed for this place.
    fn seal(&self, entry: &NewEntry, seq: Seq, kind: Kind) -> Result<Vec<u8>, Error> {
        let place = Place { room: entry.room, seq, sender: entry.sender, kind };
        let key = self.known.keys.get(&(entry.room, entry.sender)).ok_or_else(broken)?;
        match &entry.act {
            NewAct::Say(content) => seal_content(key, place, content),
            NewAct::Do { deed, .. } => seal_deed(key, place, deed),
            NewAct::Tell(event) => seal_event(key, place, event),
            _ => Err(broken()),
        }
    }

    fn remember(&mut self, entry: &'a NewEntry, seq: Seq) {
        let row = self.rows.len();
        if let Some(key) = draft_key(entry) {
            self.drafts.insert(key, row);
        }
        if let Some(id) = self.note_packet(entry, seq) {
            self.packets.insert(id, row);
        }
    }

    pub(super) fn note_packet(&mut self, entry: &NewEntry, seq: Seq) -> Option<i64> {
        let inbound = entry.inbound?;
        let id = inbound.session.packet(inbound.packet_id);
        self.inbound.insert(id, Packet { room: entry.room, seq, held: inbound.resend == Resend::Always });
        Some(id)
    }
}

fn broken() -> Error {
    Error::Broken("an entry was planned before what it needs was read".into())
}

fn told(act: &Act) -> Result<(chat::Kind, Option<Vec<u8>>), Error> {
    Ok((act.kind(), pack_fact(act)?))
}
