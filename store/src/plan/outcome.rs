//! What has to be written for a batch that was judged.

use super::{Banned, DraftKey, EntryPlace, Known, OpenInvitation, OpenLink, OpenRequest};
use crate::NewEntry;
use chat::{LinkHash, LinkId, MediaId, Reach, RoomId, Seat, Seq, Sign, Timestamp, UserId};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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
    /// Invitations that stand from now on, and those that don't any more.
    pub invitations: BTreeMap<(RoomId, UserId), Option<OpenInvitation>>,
    /// Requests that wait from now on, and those that don't any more.
    pub requests: BTreeMap<(RoomId, UserId), Option<OpenRequest<'a>>>,
    /// Links that there are from now on, and those that are taken back.
    pub links: BTreeMap<LinkId, Option<OpenLink>>,
    /// Rooms with other invitations or links: those that were over by then can go.
    pub tidied: BTreeMap<RoomId, Timestamp>,
    /// When those who have to pause last said something.
    pub paused: HashMap<(RoomId, UserId), Timestamp>,
    /// Entries of this batch that give a message other words.
    pub edits: Vec<About>,
    /// Messages of this batch that answer others.
    pub replies: Vec<About>,
    /// Entries of earlier batches that lose what they said: their bodies become empty, and messages become
    /// [`chat::Kind::Recalled`].
    pub erased: Vec<EntryPlace>,
    /// Signs that people have put to messages, by the entries that did; none for those taken back.
    pub signs: HashMap<(EntryPlace, UserId, Sign), Option<Seq>>,
    /// Uploads that messages of this batch name. Each is named by somebody now.
    pub named: Vec<Named>,
    /// What hangs where rooms are shown from now on, and who hung it there.
    pub hung: BTreeMap<RoomId, (Option<MediaId>, UserId)>,
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

impl Row<'_> {
    /// What everybody was told before it, where that is not the entry before.
    #[must_use]
    pub fn told_before(&self) -> Option<Seq> {
        Some(self.reach.before).filter(|before| *before != self.seq.before())
    }
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
    pub(super) fn new(known: Known) -> Plan<'a> {
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
            invitations: BTreeMap::new(),
            requests: BTreeMap::new(),
            links: BTreeMap::new(),
            tidied: BTreeMap::new(),
            paused: HashMap::new(),
            edits: Vec::new(),
            replies: Vec::new(),
            erased: Vec::new(),
            named: Vec::new(),
            hung: BTreeMap::new(),
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
}
