//! What a batch asks about: an engine reads these rows, and only these, before the first entry is judged.

use super::again::draft_key;
use super::{DraftKey, EntryPlace};
use crate::seal::Voice;
use crate::{NewAct, NewEntry, Resend};
use chat::{Change, Deed, Handle, LinkHash, LinkId, MediaId, Mention, RoomId, Timestamp, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// Keys of rows, each once and in order: who locks rows in this order never waits for one who waits for them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Whose ends are asked for.
    pub rooms: BTreeSet<RoomId>,
    /// Who says something, and where: their keys.
    pub voices: BTreeSet<Voice>,
    /// Whose account has to be there: who comes in, and who says so or takes a message back. One who speaks is known by
    /// their key.
    pub users: BTreeSet<UserId>,
    /// Drafts that may have been said before.
    pub drafts: BTreeSet<DraftKey>,
    /// Packets that may have been taken before, by the keys of their inbound rows.
    pub packets: BTreeSet<i64>,
    /// Which rooms shall be changed: what is set for them.
    pub ruled: BTreeSet<RoomId>,
    /// Who comes or goes, who changes something and to whom it is done, and where: their running memberships.
    pub movers: BTreeSet<Voice>,
    /// Where another shall be the owner: who is it.
    pub owned: BTreeSet<RoomId>,
    /// Those of them who may come in by the room's own rules: where they were before, and whether they are banned or invited.
    pub guests: BTreeSet<Voice>,
    /// The links that are shown.
    pub links: BTreeSet<LinkHash>,
    /// Who asks to be let in, or is turned away: whether they asked before.
    pub asking: BTreeSet<Voice>,
    /// The links that shall be taken back: where they lead.
    pub ends: BTreeSet<LinkId>,
    /// Where ways may open, and when: what is open already.
    pub opening: BTreeMap<RoomId, Timestamp>,
    /// Who shall be invited, and when: how many invitations they have.
    pub invitees: BTreeMap<UserId, Timestamp>,
    /// Who speaks in a slow room: when they last did.
    pub paused: BTreeSet<Voice>,
    /// To which messages something is to be done: what they are, and their edits.
    pub aims: BTreeSet<EntryPlace>,
    /// Who puts signs to which of them, or takes them back: the signs they have, and theirs.
    pub signers: BTreeSet<(EntryPlace, UserId)>,
    /// Who is called by name, and where: whose they are, if they are members.
    pub named: BTreeSet<(RoomId, Handle)>,
    /// Where messages are pinned, or taken from there: what is pinned.
    pub pinning: BTreeSet<RoomId>,
    /// Which uploads are named, and by whom: whether they are there, and for them.
    pub media: BTreeSet<(MediaId, UserId)>,
    /// Which uploads shall hang where rooms are shown, and by whom: whether they are there, and theirs.
    pub portraits: BTreeSet<(MediaId, UserId)>,
}

impl Asked {
    /// What these entries ask about.
    #[must_use]
    pub fn by(batch: &[&NewEntry]) -> Asked {
        let mut asked = Asked::default();
        batch.iter().for_each(|entry| asked.add(entry));
        asked
    }

    fn add(&mut self, entry: &NewEntry) {
        self.rooms.insert(entry.room);
        let named = entry.act.mentions().iter().filter_map(|mention| match mention {
            Mention::Name(who) => Some((entry.room, who.clone())),
            Mention::All => None,
        });
        self.named.extend(named);
        self.drafts.extend(draft_key(entry));
        self.paused.extend(entry.pause.map(|_| (entry.room, entry.sender)));
        let resent = entry.inbound.filter(|inbound| inbound.resend != Resend::New);
        self.packets.extend(resent.map(|inbound| inbound.session.packet(inbound.packet_id)));
        match &entry.act {
            NewAct::Do { deed, .. } => {
                self.aims.insert((entry.room, deed.of()));
                if deed.sign().is_some() {
                    self.signers.insert(((entry.room, deed.of()), entry.sender));
                }
                if matches!(deed, Deed::Pin { .. } | Deed::Unpin { .. }) {
                    self.pinning.insert(entry.room);
                }
                match deed.kind().is_private() {
                    true => drop(self.voices.insert((entry.room, entry.sender))),
                    false => drop(self.users.insert(entry.sender)),
                }
            }
            NewAct::Tell(_) => drop(self.voices.insert((entry.room, entry.sender))),
            NewAct::Count { of, .. } => {
                self.aims.insert((entry.room, *of));
                self.users.insert(entry.sender);
            }
            NewAct::Say(content) => {
                self.voices.insert((entry.room, entry.sender));
                self.media.extend(content.media.as_ref().map(|media| (media.id(), entry.sender)));
            }
            NewAct::Change(change) => {
                self.ruled.insert(entry.room);
                self.links.extend(change.link());
                self.portraits.extend(change.portrait().map(|media| (media, entry.sender)));
                self.users.insert(entry.sender);
                self.movers.insert((entry.room, entry.sender));
                self.add_ways(entry, change);
                if let Some(who) = change.who() {
                    self.users.insert(who.id);
                    self.movers.insert((entry.room, who.id));
                    self.guests.insert((entry.room, who.id));
                }
            }
            NewAct::Join { user, .. } => {
                self.ruled.insert(entry.room);
                self.users.extend([entry.sender, *user]);
                self.movers.insert((entry.room, *user));
                self.guests.insert((entry.room, *user));
            }
            NewAct::Succeed(who) => {
                self.ruled.insert(entry.room);
                self.owned.insert(entry.room);
                self.users.extend([entry.sender, who.id]);
                self.movers.insert((entry.room, who.id));
            }
            NewAct::Leave { user, .. } => {
                self.ruled.insert(entry.room);
                self.users.insert(entry.sender);
                self.movers.insert((entry.room, *user));
            }
        }
    }

    fn add_ways(&mut self, entry: &NewEntry, change: &Change) {
        let (room, at) = (entry.room, entry.at);
        match change {
            Change::Invite { who, .. } => drop(self.invitees.insert(who.id, at)),
            Change::Ask { who, .. } | Change::TurnAway { who } => drop(self.asking.insert((room, who.id))),
            Change::EndLink(id) => drop(self.ends.insert(*id)),
            _ => {}
        }
        if matches!(change, Change::Invite { .. } | Change::Ask { .. } | Change::OpenLink(_)) {
            self.opening.insert(room, at);
        }
    }
}
