//! What is reported, what is decided on it, and what administrators did.
//!
//! A report names a message, a person or a room; the words of who reports are sealed. What an administrator does is
//! written down before it is done, and how it ended afterwards: an act without its row can't be. The contract suite says
//! what the words mean (`contract/oversight`).

use crate::{Error, Person};
use async_trait::async_trait;
use chat::{Event, EventKind, Handle, RoomId, Seq, Timestamp, UserId};
use std::fmt;

/// A report, by a fresh snowflake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReportId(pub i64);

/// What is reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reported {
    /// What somebody said.
    Message {
        /// Where.
        room: RoomId,
        /// Which.
        seq: Seq,
        /// Who said it.
        user: UserId,
    },
    /// Somebody.
    User(UserId),
    /// A room.
    Room(RoomId),
}

/// A report to be.
#[derive(Clone, PartialEq, Eq)]
pub struct NewReport {
    /// Its number.
    pub id: ReportId,
    /// Who reports.
    pub by: UserId,
    /// What.
    pub what: Reported,
    /// Why, in their words.
    pub reason: String,
    /// Now.
    pub at: Timestamp,
}

/// Not the words.
impl fmt::Debug for NewReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewReport").field("id", &self.id).field("what", &self.what).finish_non_exhaustive()
    }
}

/// What was decided on a report. The numbers are stored; they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Verdict {
    /// There is nothing to be done.
    Dismissed = 1,
    /// It was right, and something was done.
    Upheld = 2,
}

impl Verdict {
    /// The word for it in answers and events.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Dismissed => "dismissed",
            Verdict::Upheld => "upheld",
        }
    }

    /// The verdict with this stored number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Verdict> {
        [Verdict::Dismissed, Verdict::Upheld].into_iter().find(|verdict| *verdict as i64 == number)
    }
}

/// A decision on a report.
#[derive(Clone, PartialEq, Eq)]
pub struct Decision {
    /// By which administrator.
    pub by: Person,
    /// What.
    pub verdict: Verdict,
    /// Words for other administrators.
    pub note: String,
    /// When.
    pub at: Timestamp,
}

/// Not the words.
impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decision")
            .field("by", &self.by)
            .field("verdict", &self.verdict)
            .finish_non_exhaustive()
    }
}

/// A report as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What was reported.
    pub new: NewReport,
    /// What the reporter is called.
    pub by: Handle,
    /// What the room is called, where it is about one.
    pub room: Option<Handle>,
    /// What the user is called, where it is about one, or what they said.
    pub user: Option<Handle>,
    /// What was decided; absent while it waits.
    pub decision: Option<Decision>,
}

impl ReportId {
    /// What the reporter is told when it is decided.
    #[must_use]
    pub fn decided(self, verdict: Verdict) -> Event {
        let data = format!(r#"{{"id":"{}","decision":"{}"}}"#, self.0, verdict.word());
        Event::new(EventKind::ReportDecided).data(data)
    }
}

/// An act of an administrator, by a fresh snowflake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActId(pub i64);

/// Something that an administrator does, or who works at the machine itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeed {
    /// Its number.
    pub id: ActId,
    /// Which administrator; nobody where it is done at the machine, by command line.
    pub by: Option<UserId>,
    /// What: the name of a request.
    pub act: String,
    /// To what: the request, as JSON, without secrets.
    pub input: String,
    /// When.
    pub at: Timestamp,
}

/// An act as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// What was done.
    pub new: NewDeed,
    /// What the administrator is called, where it was one.
    pub by: Option<Handle>,
    /// How it ended, as a status of HTTP; absent while it runs, and where the process died in it.
    pub status: Option<u16>,
}

/// The part of a store that administrators look at. Every method that writes returns only after its transaction is on the
/// disk.
#[async_trait]
pub trait Oversight: Send + Sync {
    /// Keeps a report. The same, by the same person, while it waits, is found again: the number is that of the first.
    async fn report(&self, report: &NewReport) -> Result<ReportId, Error>;

    /// Reports by number, after `after`, at most `limit` (up to 1,000): those that wait, or those that are decided.
    async fn reports(&self, decided: bool, after: Option<ReportId>, limit: u32)
    -> Result<Vec<Report>, Error>;

    /// A report.
    async fn reported(&self, id: ReportId) -> Result<Option<Report>, Error>;

    /// Decides on a report, and tells who made it; false if there is none, or if it is decided already.
    async fn decide(&self, id: ReportId, decision: &Decision) -> Result<bool, Error>;

    /// Writes down what an administrator is about to do.
    async fn begin_act(&self, act: &NewDeed) -> Result<(), Error>;

    /// And how it ended.
    async fn end_act(&self, id: ActId, status: u16) -> Result<(), Error>;

    /// What administrators did, newest first, before `before`, at most `limit` (up to 1,000); with `by` only that one.
    async fn acts(
        &self,
        by: Option<UserId>,
        before: Option<ActId>,
        limit: u32,
    ) -> Result<Vec<Audited>, Error>;
}
