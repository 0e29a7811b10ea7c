//! The ways into a room: people are invited, ask to be let in, and links are made for whoever has one.
//!
//! Whoever comes in by one of them goes through the room's log. What concerns somebody who is not in the room is told on
//! their `me/events`.

use crate::Bridge;
use crate::accounts::after;
use crate::identity::secret;
use crate::lane::SayError;
use crate::rooms::RoomError;
use chat::{
    Denial, Event, EventKind, Handle, Joining, LinkHash, Objection, Person, Power, Refusal, Role, Standing,
};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use store::{Account, Error, Link, LinkId, NewInvitation, NewLink, NewRequest, Way};

/// What a link into a room begins with.
const LETTERS: &str = "nj_";
/// How often a way is judged anew when the rules change under it.
const JUDGED: usize = 8;
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

/// The answer to a way that is not open, or that has to be judged again.
fn opened(way: Way) -> Option<Result<(), RoomError>> {
    match way {
        Way::Open => Some(Ok(())),
        Way::Stale => None,
        Way::TooMany => Some(Err(RoomError::TooManyWays)),
        Way::Pointless => Some(Err(RoomError::Pointless)),
    }
}

fn unsteady() -> RoomError {
    Error::Unavailable("the rules of the room change faster than they can be asked".into()).into()
}

impl Bridge {
    /// Invites somebody, as this user.
    ///
    /// # Errors
    /// [`RoomError::Pointless`] for who is in or banned, [`RoomError::TooManyWays`], and what the rules say.
    pub async fn invite_in(
        &self,
        by: &Account,
        room: &Handle,
        who: Person,
        terms: Terms,
    ) -> Result<(), RoomError> {
        for _ in 0..JUDGED {
            let standing = self.inviting(by, room, terms.role).await?;
            let at = self.core().now();
            let ttl = terms.ttl.unwrap_or(Duration::from_hours(24 * 7));
            let new = NewInvitation {
                room: standing.room,
                rules: standing.rules,
                user: who.id,
                by: by.id,
                role: terms.role,
                at,
                expires_at: after(at, ttl),
            };
            if let Some(answer) = opened(self.core().store.ways().invite(&new).await?) {
                answer?;
                let event = Event::new(EventKind::RoomInvited).user(by.handle.clone()).room(room.clone());
                let until = topics::payload::rfc3339(new.expires_at);
                let data = format!("{{\"role\":\"{}\",\"until\":\"{until}\"}}", terms.role.word());
                return Ok(self.tell(who.id, event.data(data)).await?);
            }
        }
        Err(unsteady())
    }

    /// Takes an invitation back, as one who may invite.
    ///
    /// # Errors
    /// What the rules say. One that is not there is gone.
    pub async fn uninvite(&self, by: &Account, room: &Handle, who: &Person) -> Result<(), RoomError> {
        let standing = self.inviting(by, room, Role::Guest).await?;
        if self.core().store.ways().end_invitation(standing.room, who.id).await? {
            let event = Event::new(EventKind::RoomUninvited).room(room.clone());
            self.tell(who.id, event).await?;
        }
        Ok(())
    }

    /// This user does not come, though they are invited.
    ///
    /// # Errors
    /// [`Refusal::NotAMember`] where they are not.
    pub async fn decline(&self, by: &Account, room: &Handle) -> Result<(), RoomError> {
        let standing = self.core().store.standing(room, by.id).await?;
        let none = || RoomError::Say(SayError::Refused(Refusal::NotAMember));
        let standing = standing.ok_or_else(none)?;
        match self.core().store.ways().end_invitation(standing.room, by.id).await? {
            true => Ok(()),
            false => Err(none()),
        }
    }

    /// This user asks to be let into a room that takes requests.
    ///
    /// # Errors
    /// What the rules say; [`RoomError::Pointless`] for who is in or banned.
    pub async fn ask_in(&self, by: &Account, room: &Handle, words: String) -> Result<(), RoomError> {
        for _ in 0..JUDGED {
            let standing = self.core().store.standing(room, by.id).await?;
            let seen = standing.filter(|one| one.policy.is_seen_by_strangers() && !one.kind.is_closed());
            let standing = seen.ok_or(SayError::Refused(Refusal::NotAMember))?;
            if standing.policy.join == Joining::Invite {
                return Err(denied(Denial::NotInvited));
            }
            let (handle, at) = (by.handle.clone(), self.core().now());
            let new = NewRequest {
                room: standing.room,
                rules: standing.rules,
                user: by.id,
                handle,
                words: words.clone(),
                at,
            };
            if let Some(answer) = opened(self.core().store.ways().ask_in(&new).await?) {
                answer?;
                return self.tell_of_request(&standing, by).await;
            }
        }
        Err(unsteady())
    }

    async fn tell_of_request(&self, standing: &Standing, by: &Account) -> Result<(), RoomError> {
        let managers = self.core().store.places().managers(standing.room).await?;
        for user in managers.into_iter().take(TOLD) {
            let event = Event::new(EventKind::RoomRequested);
            self.tell(user, event.user(by.handle.clone()).room(standing.handle.clone())).await?;
        }
        Ok(())
    }

    /// Declines a request, as one who may invite; one's own is taken back by whoever made it.
    ///
    /// # Errors
    /// What the rules say. One that is not there is gone.
    pub async fn turn_away(&self, by: &Account, room: &Handle, who: &Person) -> Result<(), RoomError> {
        if who.id == by.id {
            let standing = self.core().store.standing(room, by.id).await?;
            let seen = standing.filter(|one| one.policy.is_seen_by_strangers());
            let standing = seen.ok_or(SayError::Refused(Refusal::NotAMember))?;
            self.core().store.ways().end_request(standing.room, by.id).await?;
            return Ok(());
        }
        let standing = self.inviting(by, room, Role::Guest).await?;
        if self.core().store.ways().end_request(standing.room, who.id).await? {
            let event = Event::new(EventKind::RoomDeclined).room(room.clone());
            self.tell(who.id, event).await?;
        }
        Ok(())
    }

    /// A link that lets in whoever has it.
    ///
    /// # Errors
    /// [`RoomError::TooManyWays`], and what the rules say.
    pub async fn link_in(&self, by: &Account, room: &Handle, terms: Terms) -> Result<LinkGiven, RoomError> {
        let made = secret::ticket(LETTERS).map_err(|why| Error::Unavailable(why.to_string()))?;
        let hash = LinkHash(made.hash.0);
        for _ in 0..JUDGED {
            let standing = self.inviting(by, room, terms.role).await?;
            let (id, at) = (LinkId(self.core().id()?), self.core().now());
            let expires_at = terms.ttl.map(|ttl| after(at, ttl));
            let (room, rules) = (standing.room, standing.rules);
            let (role, uses) = (terms.role, terms.uses);
            let new = NewLink { id, room, rules, hash, by: by.id, role, uses, at, expires_at };
            if let Some(answer) = opened(self.core().store.ways().add_link(&new).await?) {
                answer?;
                let (by, uses_left) = (by.handle.clone(), uses);
                let link = Link { id, room, hash, by, role, uses_left, at, expires_at };
                return Ok(LinkGiven { link, secret: made.text });
            }
        }
        Err(unsteady())
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
