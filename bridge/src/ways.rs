//! The ways into a room: people are invited, ask to be let in, and links are made for whoever has one.
//!
//! Ways open and shut through the room's log, as whoever comes in by one of them does: so those who are in hear of it.
//! What concerns somebody who is not in the room is told on their `me/events`, too.

use crate::Bridge;
use crate::accounts::after;
use crate::identity::secret;
use crate::lane::SayError;
use crate::rooms::RoomError;
use chat::{
    Change, Denial, Event, EventKind, Handle, LinkHash, LinkId, NewLink, Objection, Person, Plea, Power,
    Refusal, Role, Standing,
};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use store::{Account, Error, Link};

/// What a link into a room begins with.
const LETTERS: &str = "nj_";
/// To how many of those who let people in a request is told: more of them would only open the same door.
const TOLD: usize = 50;

/// What somebody becomes who comes in, and for how long they may think it over.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// A guest or a member.
    pub role: Role,
    /// Until it ends; `None` is without end, for links only.
    pub ttl: Option<Duration>,
    /// How often a link may be used; `None` is without end.
    pub uses: Option<u32>,
}

/// A link that was made, with its secret: it is seen this once.
#[derive(Debug)]
pub struct LinkGiven {
    /// What it is.
    pub link: Link,
    /// What to hand out.
    pub secret: SecretString,
}

fn not_allowed() -> RoomError {
    RoomError::Say(SayError::Refused(Refusal::Objected(Objection::NotAllowed)))
}

fn denied(denial: Denial) -> RoomError {
    RoomError::Say(SayError::Refused(denial.into()))
}

impl Bridge {
    /// Invites somebody, as this user.
    ///
    /// # Errors
    /// What the rules say.
    pub async fn invite_in(
        &self,
        by: &Account,
        room: &Handle,
        who: Person,
        terms: Terms,
    ) -> Result<(), RoomError> {
        let until = after(self.core().now(), terms.ttl.unwrap_or(Duration::from_hours(24 * 7)));
        let (user, role) = (who.id, terms.role);
        if self.change_room(by, room, Change::Invite { who, role, until }).await?.is_some() {
            let event = Event::new(EventKind::RoomInvited).user(by.handle.clone()).room(room.clone());
            let until = topics::payload::rfc3339(until);
            let data = format!("{{\"role\":\"{}\",\"until\":\"{until}\"}}", role.word());
            self.tell(user, event.data(data)).await?;
        }
        Ok(())
    }

    /// Takes an invitation back, as one who may invite.
    ///
    /// # Errors
    /// What the rules say. One that is not there is gone.
    pub async fn uninvite(&self, by: &Account, room: &Handle, who: Person) -> Result<(), RoomError> {
        let user = who.id;
        if self.change_room(by, room, Change::Uninvite { who }).await?.is_some() && user != by.id {
            self.tell(user, Event::new(EventKind::RoomUninvited).room(room.clone())).await?;
        }
        Ok(())
    }

    /// This user does not come, though they are invited.
    ///
    /// # Errors
    /// [`Refusal::NotAMember`] where they are not.
    pub async fn decline(&self, by: &Account, room: &Handle) -> Result<(), RoomError> {
        let who = Person { id: by.id, handle: by.handle.clone() };
        self.change_room(by, room, Change::Uninvite { who }).await.map(drop)
    }

    /// This user asks to be let into a room that takes requests. Who asks already only says something else to it.
    ///
    /// # Errors
    /// What the rules say.
    pub async fn ask_in(&self, by: &Account, room: &Handle, words: String) -> Result<(), RoomError> {
        let who = Person { id: by.id, handle: by.handle.clone() };
        match self.change_room(by, room, Change::Ask { who, words: Plea(words.into()) }).await? {
            Some(_) => self.tell_of_request(room, by).await,
            None => Ok(()),
        }
    }

    async fn tell_of_request(&self, room: &Handle, by: &Account) -> Result<(), RoomError> {
        let Some(standing) = self.core().store.standing(room, by.id).await? else { return Ok(()) };
        let managers = self.core().store.places().managers(standing.room).await?;
        for user in managers.into_iter().take(TOLD) {
            let event = Event::new(EventKind::RoomRequested);
            self.tell(user, event.user(by.handle.clone()).room(room.clone())).await?;
        }
        Ok(())
    }

    /// Declines a request, as one who may invite; one's own is taken back by whoever made it.
    ///
    /// # Errors
    /// What the rules say. One that is not there is gone.
    pub async fn turn_away(&self, by: &Account, room: &Handle, who: Person) -> Result<(), RoomError> {
        let user = who.id;
        if self.change_room(by, room, Change::TurnAway { who }).await?.is_some() && user != by.id {
            self.tell(user, Event::new(EventKind::RoomDeclined).room(room.clone())).await?;
        }
        Ok(())
    }

    /// A link that lets in whoever has it.
    ///
    /// # Errors
    /// What the rules say.
    pub async fn link_in(&self, by: &Account, room: &Handle, terms: Terms) -> Result<LinkGiven, RoomError> {
        let made = secret::ticket(LETTERS).map_err(|why| Error::Unavailable(why.to_string()))?;
        let (id, at) = (LinkId(self.core().id()?), self.core().now());
        let (hash, role, uses) = (LinkHash(made.hash.0), terms.role, terms.uses);
        let until = terms.ttl.map(|ttl| after(at, ttl));
        let new = NewLink { id, hash, role, uses, until };
        let standing = self.inviting(by, room, role).await?;
        self.change_room(by, room, Change::OpenLink(Box::new(new))).await?;
        let (room, by, uses_left, expires_at) = (standing.room, by.handle.clone(), uses, until);
        let link = Link { id, room, hash, by, role, uses_left, at, expires_at };
        Ok(LinkGiven { link, secret: made.text })
    }

    /// Takes a link back, as one who may invite.
    ///
    /// # Errors
    /// [`RoomError::NoSuchLink`], and what the rules say.
    pub async fn end_link(&self, by: &Account, room: &Handle, id: LinkId) -> Result<(), RoomError> {
        let ended = self.change_room(by, room, Change::EndLink(id)).await?;
        ended.map(drop).ok_or(RoomError::NoSuchLink)
    }

    /// Where a link leads, and what it is looked up by.
    ///
    /// # Errors
    /// [`RoomError::NoSuchLink`], also for one that is used up, over or taken back.
    pub async fn follow(&self, text: &SecretString) -> Result<(Handle, LinkHash), RoomError> {
        let hash = secret::ticket_hash(LETTERS, text.expose_secret()).ok_or(RoomError::NoSuchLink)?;
        let hash = LinkHash(hash.0);
        let room = self.core().store.ways().linked(&hash, self.core().now()).await?;
        Ok((room.ok_or(RoomError::NoSuchLink)?, hash))
    }

    /// The room as one meets it who may bring in people as this.
    ///
    /// # Errors
    /// What the rules say.
    pub async fn inviting(&self, by: &Account, room: &Handle, role: Role) -> Result<Standing, RoomError> {
        let standing = self.core().store.standing(room, by.id).await?;
        let inside = standing.and_then(|one| one.member.map(|member| (one, member)));
        let (standing, member) = inside.ok_or(SayError::Refused(Refusal::NotAMember))?;
        if standing.kind.is_closed() {
            return Err(denied(Denial::RoomOfTwo));
        }
        let may = Power::Invite.is_of(member.role, standing.kind, &standing.policy);
        let is_fit = role <= Role::Member && role <= member.role;
        if may && is_fit { Ok(standing) } else { Err(not_allowed()) }
    }
}
