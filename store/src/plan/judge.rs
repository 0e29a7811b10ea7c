//! One entry after another: what becomes of each, and what has to be written for it.
//!
//! The order is the one a person would expect: what was sent before is found before anything else is asked, then
//! whether the room is there and its rules are the ones the entry was judged by, then what it does.

use super::again::draft_key;
use super::{Banned, DraftKey, EntryPlace, Known, Sits};
use crate::seal::{Place, pack_fact, seal_content, seal_deed, seal_event};
use crate::{Error, Fate, NewAct, NewEntry, Resend};
use chat::{
    Act, Attached, Content, Denial, Handle, Kind, LinkHash, MediaId, Reach, Role, RoomId, Seat, Seq, Sign,
    Timestamp, UserId,
};
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
    /// Memberships of earlier batches that go on as something else, by the entries of their joins.
    pub seated: HashMap<(RoomId, UserId), (Seq, Seat)>,
    /// Rooms for which something was set: it is in `known`.
    pub ruled: BTreeSet<RoomId>,
    /// Who is banned from now on, and who no more.
    pub banned: HashMap<(RoomId, UserId), Option<Banned>>,
    /// Links that were used, and how often they still may be.
    pub used: HashMap<LinkHash, u32>,
    /// Whose invitations and requests are answered.
    pub answered: BTreeSet<(RoomId, UserId)>,
    /// When those who have to pause last said something.
    pub paused: HashMap<(RoomId, UserId), Timestamp>,
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
    /// Messages whose signs few were told of, by the entries that changed them last: how many there are is to be counted.
    pub uncounted: HashMap<EntryPlace, (UserId, Seq)>,
    /// Those of which the room is told with this batch, up to which entry; what is in `uncounted` goes before.
    pub counted: HashMap<EntryPlace, Seq>,
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
    /// Who is told of it.
    pub reach: Reach,
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
    /// The first entry they may read, if that is an earlier one.
    pub hears_from: Option<Seq>,
    /// What they are.
    pub seat: Seat,
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
            seated: HashMap::new(),
            ruled: BTreeSet::new(),
            banned: HashMap::new(),
            used: HashMap::new(),
            answered: BTreeSet::new(),
            paused: HashMap::new(),
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
            uncounted: HashMap::new(),
            counted: HashMap::new(),
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
        if let NewAct::Change(change) = &entry.act {
            return self.change(entry, change);
        }
        if let NewAct::Count { of, upto, .. } = &entry.act {
            return self.count((entry.room, *of), *upto, entry);
        }
        if head.rules != entry.rules.0 {
            return Ok(Fate::Stale);
        }
        let has_words = match &entry.act {
            NewAct::Say(_) | NewAct::Tell(_) => true,
            NewAct::Do { deed, .. } => deed.kind().is_private(),
            NewAct::Change(_) | NewAct::Join { .. } | NewAct::Leave { .. } | NewAct::Count { .. } => false,
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
            NewAct::Change(change) => self.change(entry, change),
            NewAct::Count { of, upto, .. } => self.count((entry.room, *of), *upto, entry),
            NewAct::Do { deed, warrant } => self.do_to(entry, deed, warrant),
            NewAct::Join { user, who } => self.join(entry, *user, who),
            NewAct::Leave { user, .. } => self.leave(entry, *user),
            NewAct::Tell(_) => {
                self.store(entry, None)?;
                self.stored()
            }
        }
    }

    fn say(&mut self, entry: &'a NewEntry, content: &Content) -> Result<Fate, Error> {
        let media = content.media.as_ref().map(Attached::id);
        if media.is_some_and(|media| !self.known.media.contains(&(media, entry.sender))) {
            return Ok(Fate::NoSuchMedia);
        }
        if let Some(wait) = self.pause(entry) {
            return Ok(Fate::Denied(Denial::TooSoon(wait)));
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
        self.stored()
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
        let stored = self.store(entry, None)?;
        let history = self.known.ruled.get(&entry.room).map(|ruled| ruled.settings.policy.history);
        let hears_from = self.hears_from(place, history, stored.0);
        self.admit(entry.room, (user, who.as_str()), Role::Member, (stored, hears_from));
        self.lift(place);
        self.stored()
    }

    /// Somebody is in from this entry on, and may read from `hears_from`, if that is before it.
    pub(super) fn admit(
        &mut self,
        room: RoomId,
        (user, handle): (UserId, &'a str),
        role: Role,
        ((seq, n), hears_from): ((Seq, u64), Option<Seq>),
    ) {
        let seat = Seat { role, muted_until: None };
        self.change_rules(room, 1);
        self.known.members.insert((room, user), Sits { from_seq: seq, seat });
        self.admitted.insert((user, room), Mark { seq, n });
        self.answered.insert((room, user));
        self.known.named.extend(Handle::stored(handle).map(|who| ((room, who), user)));
        self.joined.push(Joined { room, user, handle, from_seq: seq, hears_from, seat, end: None });
    }

    fn leave(&mut self, entry: &'a NewEntry, user: UserId) -> Result<Fate, Error> {
        if !self.known.members.contains_key(&(entry.room, user)) {
            return Ok(Fate::Unchanged);
        }
        let (seq, _) = self.store(entry, None)?;
        self.see_out(entry.room, user, (seq, entry.at));
        self.stored()
    }

    /// Somebody is in up to this entry; nothing for a stranger.
    pub(super) fn see_out(&mut self, room: RoomId, user: UserId, (seq, at): (Seq, Timestamp)) {
        let Some(Sits { from_seq, .. }) = self.known.members.remove(&(room, user)) else { return };
        self.change_rules(room, -1);
        self.known.left.insert((room, user), seq);
        self.known.named.retain(|(at, _), named| (*at, *named) != (room, user));
        self.seated.remove(&(room, user));
        match self.begun(room, user) {
            Some(joined) => joined.end = Some((seq, at)),
            None => self.left.push(Left { room, user, from_seq, to_seq: seq, at }),
        }
    }

    /// The membership that began in this batch and goes on.
    pub(super) fn begun(&mut self, room: RoomId, user: UserId) -> Option<&mut Joined<'a>> {
        let begun = self.joined.iter_mut().rev().find(|one| (one.room, one.user) == (room, user));
        begun.filter(|one| one.end.is_none())
    }

    pub(super) fn change_rules(&mut self, room: RoomId, members: i64) {
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
            NewAct::Change(change) => told(&change.tells(entry.at))?,
            NewAct::Join { who, .. } => told(&Act::Joined { who: who.clone() })?,
            NewAct::Leave { who, .. } => told(&Act::Left { who: who.clone() })?,
            NewAct::Tell(_) => (Kind::Told, None),
            NewAct::Count { of, signs, .. } => told(&Act::Reactions { of: *of, signs: signs.clone() })?,
        };
        let (seq, n) = (Seq(head.last_seq).next(), head.last_n + u64::from(kind.counts()));
        let body = match fact {
            Some(fact) => fact,
            None => self.seal(entry, seq, kind)?,
        };
        let reach = Reach::of(kind, head.members, Seq(head.last_told));
        if let Some(head) = self.known.heads.get_mut(&entry.room) {
            (head.last_seq, head.last_n, head.last_told) = (seq.0, n, reach.told(seq).0);
        }
        self.remember(entry, seq);
        self.rows.push(Row { entry, seq, n, kind: kind as u8, reach, expires_at, body });
        Ok((seq, n))
    }

    /// What became of the entry that got its place last.
    pub(super) fn stored(&self) -> Result<Fate, Error> {
        let row = self.rows.last().ok_or_else(broken)?;
        Ok(Fate::Stored { seq: row.seq, n: row.n, reach: row.reach })
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
