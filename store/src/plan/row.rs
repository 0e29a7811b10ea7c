//! The row that an entry becomes: its place in the log, and what it says, sealed for that place.

use super::again::draft_key;
use super::{Packet, Plan, Row};
use crate::seal::{Place, pack_fact, seal_content, seal_deed, seal_event};
use crate::{Error, Fate, NewAct, NewEntry, Resend};
use chat::{Act, Kind, Reach, Seq, Timestamp};

impl<'a> Plan<'a> {
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
            NewAct::Succeed(who) => told(&Act::HandedOver { who: who.handle.clone() })?,
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

fn told(act: &Act) -> Result<(Kind, Option<Vec<u8>>), Error> {
    Ok((act.kind(), pack_fact(act)?))
}
