//! A report, column by column.

use super::{damaged, handle, number};
use crate::seal::MasterKey;
use crate::{Decision, Error, NewReport, Person, Report, ReportId, Reported, Verdict};
use chat::{RoomId, Seq, Timestamp, UserId};

/// A report as its columns have it: what it is not about is 0.
pub struct StoredReport {
    /// Its number.
    pub id: i64,
    /// Who reports.
    pub by_id: i64,
    /// What they are called.
    pub by: String,
    /// The room, or 0.
    pub room_id: i64,
    /// What it is called.
    pub room: Option<String>,
    /// The message, or 0.
    pub seq: i64,
    /// The user, or 0.
    pub user_id: i64,
    /// What they are called.
    pub user: Option<String>,
    /// Sealed: why.
    pub reason: Vec<u8>,
    /// When.
    pub at: i64,
    /// What was decided.
    pub verdict: Option<i64>,
    /// By whom.
    pub decided_by: Option<i64>,
    /// What they are called.
    pub decider: Option<String>,
    /// Sealed: words for other administrators.
    pub note: Option<Vec<u8>>,
    /// When.
    pub decided_at: Option<i64>,
}

/// Room, message and user of what is reported, as columns have them.
#[must_use]
pub fn places(what: &Reported) -> (i64, i64, i64) {
    match what {
        Reported::Message { room, seq, user } => (room.0, number(seq.0), user.0),
        Reported::User(user) => (0, 0, user.0),
        Reported::Room(room) => (room.0, 0, 0),
    }
}

impl StoredReport {
    /// The report.
    ///
    /// # Errors
    /// [`Error::Damaged`] and [`Error::NotAuthentic`] for what was not written so.
    pub fn report(self, master: &MasterKey) -> Result<Report, Error> {
        let id = ReportId(self.id);
        let what = match (self.room_id, self.seq, self.user_id) {
            (0, 0, user) => Reported::User(UserId(user)),
            (room, 0, 0) => Reported::Room(RoomId(room)),
            (room, seq, user) => {
                Reported::Message { room: RoomId(room), seq: Seq(seq.cast_unsigned()), user: UserId(user) }
            }
        };
        let decision = match (self.verdict, self.decided_by, self.decider, self.note, self.decided_at) {
            (Some(verdict), Some(user), Some(decider), Some(note), Some(at)) => Some(Decision {
                by: Person { user: UserId(user), handle: handle(&decider)? },
                verdict: Verdict::from_number(verdict).ok_or_else(|| damaged("verdict"))?,
                note: master.open_report(id, "note", note)?,
                at: Timestamp(at),
            }),
            _ => None,
        };
        let named = |handle_of: Option<String>| handle_of.as_deref().map(handle).transpose();
        let reason = master.open_report(id, "reason", self.reason)?;
        Ok(Report {
            new: NewReport { id, by: UserId(self.by_id), what, reason, at: Timestamp(self.at) },
            by: handle(&self.by)?,
            room: named(self.room)?,
            user: named(self.user)?,
            decision,
        })
    }
}
