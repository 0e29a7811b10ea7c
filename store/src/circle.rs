//! Whom a user knows, and whom they keep away.
//!
//! A contact is wanted by both: one asks, the other agrees by asking back. Whoever is kept away finds nobody there: not
//! to write to, not to ask, not to look at. What changes here is told to those whom it concerns in the same transaction
//! ([`crate::NewEvent`]). The contract suite says what the words mean (`contract/circle`).

use crate::Error;
use async_trait::async_trait;
use chat::{Event, EventKind, Handle, Timestamp, UserId};

/// How a user stands to somebody they know. The numbers are stored; they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Tie {
    /// The other one asked, and waits for an answer.
    Asked = 1,
    /// The user asked, and waits.
    Waiting = 2,
    /// Both want it.
    Contact = 3,
}

impl Tie {
    /// The word for it in answers and events.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Tie::Asked => "asked",
            Tie::Waiting => "waiting",
            Tie::Contact => "contact",
        }
    }

    /// The tie with this stored number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Tie> {
        [Tie::Asked, Tie::Waiting, Tie::Contact].into_iter().find(|tie| *tie as i64 == number)
    }
}

/// Somebody in a list of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their number.
    pub user: UserId,
    /// What they are called.
    pub handle: Handle,
}

/// Somebody whom a user knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Who.
    pub person: Person,
    /// How the user stands to them.
    pub tie: Tie,
    /// Since when.
    pub since: Timestamp,
}

/// Somebody whom a user keeps away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAway {
    /// Who.
    pub person: Person,
    /// Since when.
    pub since: Timestamp,
}

/// Two people, one of whom does something about the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Who does it.
    pub user: Person,
    /// About whom.
    pub other: Person,
    /// Now.
    pub now: Timestamp,
}

/// What came of wanting somebody as a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Befriended {
    /// How the user stands to them now; it may have been so before.
    Tied(Tie),
    /// There is nobody, or nobody for this user.
    NoSuchUser,
    /// The user keeps them away.
    KeptAway,
    /// One of the two knows as many as one may.
    TooMany,
}

/// Whether somebody is kept away now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// They are; perhaps they were before.
    Away,
    /// The user keeps as many away as one may.
    TooMany,
}

impl Pair {
    /// Two who are one are no pair.
    #[must_use]
    pub fn is_one(&self) -> bool {
        self.user.user == self.other.user
    }

    /// The same from the other's side.
    #[must_use]
    pub fn turned(&self) -> Pair {
        Pair { user: self.other.clone(), other: self.user.clone(), now: self.now }
    }

    /// What the user is told of how they stand to the other now.
    #[must_use]
    pub fn tied(&self, tie: Option<Tie>) -> Event {
        let word = tie.map_or("none", Tie::word);
        Event::new(EventKind::Contact)
            .user(self.other.handle.clone())
            .data(format!(r#"{{"state":"{word}"}}"#))
    }

    /// What the user's devices are told of whether they keep the other away now.
    #[must_use]
    pub fn kept(&self, away: bool) -> Event {
        Event::new(EventKind::Block).user(self.other.handle.clone()).data(format!(r#"{{"blocked":{away}}}"#))
    }
}

/// The part of a store that knows who knows whom. Every method that writes returns only after its transaction is on the
/// disk.
#[async_trait]
pub trait Circle: Send + Sync {
    /// The user wants the other as a contact: they ask, or agree if the other has asked. At most `most` for each of them.
    async fn befriend(&self, pair: &Pair, most: u32) -> Result<Befriended, Error>;

    /// The user does not want the other as a contact, or not any more; false if there was nothing between them.
    async fn part_ways(&self, pair: &Pair) -> Result<bool, Error>;

    /// The user's contacts and those who asked or were asked, by handle, after `after`, at most `limit` (up to 1,000);
    /// with `tie` only those.
    async fn contacts(
        &self,
        user: UserId,
        tie: Option<Tie>,
        after: Option<&Handle>,
        limit: u32,
    ) -> Result<Vec<Contact>, Error>;

    /// How a user stands to somebody.
    async fn tie(&self, user: UserId, other: UserId) -> Result<Option<Tie>, Error>;

    /// The user keeps the other away from now on, at most `most` people. What was between them ends, and the room of the
    /// two is closed: its rules change.
    async fn keep_away(&self, pair: &Pair, most: u32) -> Result<Kept, Error>;

    /// The user lets the other near again; false if they were not kept away.
    async fn let_near(&self, pair: &Pair) -> Result<bool, Error>;

    /// Whom the user keeps away, by handle, after `after`, at most `limit` (up to 1,000).
    async fn kept_away(
        &self,
        user: UserId,
        after: Option<&Handle>,
        limit: u32,
    ) -> Result<Vec<KeptAway>, Error>;

    /// Of these people those who keep the user away. At most 1,000.
    async fn keepers(&self, user: UserId, of: &[UserId]) -> Result<Vec<UserId>, Error>;

    /// Of these people those whom the user keeps away, or who keep the user away. At most 1,000.
    async fn apart_from(&self, user: UserId, of: &[UserId]) -> Result<Vec<UserId>, Error>;

    /// Among these people (up to 1,000), each pair of whom the first keeps the second away.
    async fn apart(&self, among: &[UserId]) -> Result<Vec<(UserId, UserId)>, Error>;
}
