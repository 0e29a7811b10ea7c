//! Ways into rooms: what a batch opens and shuts of them. The log tells it in the same transaction.

use super::{Linked, Plan};
use crate::NewEntry;
use chat::{Case, Change, LinkHash, LinkId, NewLink, OpenWays, Person, Role, RoomId, Timestamp, UserId};

/// An invitation that stands from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenInvitation {
    /// Who invites.
    pub by: UserId,
    /// As what.
    pub role: Role,
    /// When.
    pub at: Timestamp,
    /// Until when it is good.
    pub until: Timestamp,
}

/// A request that waits from now on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OpenRequest<'a> {
    /// What they are called who ask.
    pub handle: &'a str,
    /// What they say to it.
    pub words: &'a str,
    /// When.
    pub at: Timestamp,
}

/// A link that is there from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenLink {
    /// Where to.
    pub room: RoomId,
    /// Who made it.
    pub by: UserId,
    /// What it is.
    pub link: NewLink,
    /// When.
    pub at: Timestamp,
}

/// An invitation, as good as its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invited {
    /// As what.
    pub role: Role,
    /// Until when.
    pub expires_at: Timestamp,
}

impl<'a> Plan<'a> {
    /// The case with what is to be known of ways when this is judged.
    pub(super) fn with_ways(&self, entry: &NewEntry, change: &Change, case: Case) -> Case {
        let (room, at, known) = (entry.room, entry.at, &self.known);
        let guest = change.who().map(|who| (room, who.id));
        let invited = guest.and_then(|guest| known.invited.get(&guest)).filter(|one| at < one.expires_at);
        let of_one = change.who().and_then(|who| known.invitees.get(&who.id));
        Case {
            invited: invited.map(|one| one.role),
            linked: self.good_link(change.link(), room, at).map(|(_, link)| link.role),
            asks: guest.is_some_and(|guest| known.asking.contains(&guest)),
            has_link: matches!(change, Change::EndLink(id) if known.ends.get(id) == Some(&room)),
            ways: OpenWays {
                of_one: of_one.copied().unwrap_or(0),
                ..known.open.get(&room).copied().unwrap_or_default()
            },
            ..case
        }
    }

    pub(super) fn good_link(
        &self,
        hash: Option<LinkHash>,
        room: RoomId,
        at: Timestamp,
    ) -> Option<(LinkHash, Linked)> {
        let hash = hash?;
        let link = *self.known.links.get(&hash)?;
        let is_good = link.room == room
            && link.expires_at.is_none_or(|end| at < end)
            && link.uses_left.is_none_or(|left| left > 0);
        is_good.then_some((hash, link))
    }

    /// Another way is open.
    pub(super) fn open(&mut self, entry: &'a NewEntry, change: &'a Change) {
        let (room, at, by) = (entry.room, entry.at, entry.sender);
        match change {
            Change::Invite { who, role, until } => {
                self.uninvite((room, who.id), at);
                self.count(room, |ways| ways.invitations += 1);
                *self.known.invitees.entry(who.id).or_default() += 1;
                self.known.invited.insert((room, who.id), Invited { role: *role, expires_at: *until });
                let open = OpenInvitation { by, role: *role, at, until: *until };
                self.invitations.insert((room, who.id), Some(open));
                self.tidied.insert(room, at);
            }
            Change::Ask { who, .. } => {
                self.ask(entry, change);
                self.count(room, |ways| ways.requests += 1);
                self.known.asking.insert((room, who.id));
            }
            Change::OpenLink(link) => {
                self.count(room, |ways| ways.links += 1);
                let NewLink { id, hash, role, uses, until } = **link;
                let linked = Linked { id, room, role, uses_left: uses, expires_at: until };
                self.known.links.insert(hash, linked);
                self.known.ends.insert(id, room);
                self.links.insert(id, Some(OpenLink { room, by, link: **link, at }));
                self.tidied.insert(room, at);
            }
            _ => {}
        }
    }

    /// They ask with these words, whether they asked before or not.
    pub(super) fn ask(&mut self, entry: &NewEntry, change: &'a Change) {
        if let Change::Ask { who, words } = change {
            let open = OpenRequest { handle: who.handle.as_str(), words: &words.0, at: entry.at };
            self.requests.insert((entry.room, who.id), Some(open));
        }
    }

    /// A way is shut.
    pub(super) fn shut(&mut self, entry: &NewEntry, change: &Change) {
        let room = entry.room;
        match change {
            Change::Uninvite { who } => {
                self.uninvite((room, who.id), entry.at);
                self.invitations.insert((room, who.id), None);
            }
            Change::TurnAway { who } => self.ask_no_more((room, who.id)),
            Change::EndLink(id) => self.end_link(room, *id),
            _ => {}
        }
    }

    /// Who came in, or is let in no more, is invited no longer and asks for nothing.
    pub(super) fn answer(&mut self, place: (RoomId, UserId), at: Timestamp) {
        self.uninvite(place, at);
        self.invitations.insert(place, None);
        self.ask_no_more(place);
    }

    /// A link is used only by those who had no other way.
    pub(super) fn use_up(&mut self, entry: &NewEntry, who: &Person) {
        let NewEntry { room, at, act: crate::NewAct::Change(change), .. } = entry else { return };
        let is_invited = self.known.invited.get(&(*room, who.id)).is_some_and(|one| *at < one.expires_at);
        let link = self.good_link(change.link(), *room, *at).filter(|_| !is_invited);
        if let Some((hash, Linked { uses_left: Some(left), .. })) = link {
            let left = left.saturating_sub(1);
            self.used.insert(hash, left);
            if let Some(link) = self.known.links.get_mut(&hash) {
                link.uses_left = Some(left);
            }
            if left == 0 {
                self.count(*room, |ways| ways.links = ways.links.saturating_sub(1));
            }
        }
    }

    fn uninvite(&mut self, place: (RoomId, UserId), at: Timestamp) {
        let Some(before) = self.known.invited.remove(&place) else { return };
        // One that was over is not among those that were counted.
        if at < before.expires_at {
            self.count(place.0, |ways| ways.invitations = ways.invitations.saturating_sub(1));
            if let Some(count) = self.known.invitees.get_mut(&place.1) {
                *count = count.saturating_sub(1);
            }
        }
    }

    fn ask_no_more(&mut self, place: (RoomId, UserId)) {
        self.requests.insert(place, None);
        if self.known.asking.remove(&place) {
            self.count(place.0, |ways| ways.requests = ways.requests.saturating_sub(1));
        }
    }

    fn end_link(&mut self, room: RoomId, id: LinkId) {
        self.known.ends.remove(&id);
        self.known.links.retain(|_, link| link.id != id);
        self.links.insert(id, None);
        self.count(room, |ways| ways.links = ways.links.saturating_sub(1));
    }

    fn count(&mut self, room: RoomId, change: impl FnOnce(&mut OpenWays)) {
        // Where nothing is opened in this batch nobody counted.
        if let Some(ways) = self.known.open.get_mut(&room) {
            change(ways);
        }
    }
}
