//! What people report, what administrators decide, and what they did.

use crate::Bridge;
use crate::accounts::AccountError;
use chat::{Act, Entry, Handle, RoomId, Seq, UserId};
use store::{
    Account, ActId, Audited, Decision, Error, Interval, NewDeed, NewReport, Oversight, Person, Report,
    ReportId, Reported, Verdict,
};

/// Characters of a reason or a note: a page of text.
const WORDS: usize = 2_000;

impl Bridge {
    fn oversight(&self) -> &dyn Oversight {
        self.core().store.oversight()
    }

    /// Somebody reports a message that they can see.
    ///
    /// # Errors
    /// [`AccountError::NoSuchMessage`] if they can't, or if it says nothing (any more); [`AccountError::Text`].
    pub async fn report_message(
        &self,
        by: &Account,
        room: &Handle,
        seq: Seq,
        reason: String,
    ) -> Result<ReportId, AccountError> {
        let (room, intervals) = self.seen(by.id, room).await?;
        let hears = |one: &Interval| one.from_seq <= seq && one.to_seq.is_none_or(|to| seq <= to);
        // The store's numbers end here.
        if seq.0 > i64::MAX.cast_unsigned() || !intervals.iter().any(hears) {
            return Err(AccountError::NoSuchMessage);
        }
        let entry = self.message(room, seq).await?.ok_or(AccountError::NoSuchMessage)?;
        self.report(by.id, Reported::Message { room, seq, user: entry.sender }, reason).await
    }

    /// Somebody reports a user.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`], [`AccountError::Text`].
    pub async fn report_user(
        &self,
        by: &Account,
        user: &Handle,
        reason: String,
    ) -> Result<ReportId, AccountError> {
        let user = self.user_for(by.id, user).await?;
        self.report(by.id, Reported::User(user.id), reason).await
    }

    /// Somebody reports a room that they are in, or were.
    ///
    /// # Errors
    /// [`AccountError::NoSuchMessage`] if they never were; [`AccountError::Text`].
    pub async fn report_room(
        &self,
        by: &Account,
        room: &Handle,
        reason: String,
    ) -> Result<ReportId, AccountError> {
        let (room, _) = self.seen(by.id, room).await?;
        self.report(by.id, Reported::Room(room), reason).await
    }

    /// A room that the user has ever been in, and when.
    async fn seen(&self, user: UserId, room: &Handle) -> Result<(RoomId, Vec<Interval>), AccountError> {
        let store = &self.core().store;
        let standing = store.standing(room, user).await?.ok_or(AccountError::NoSuchRoom)?;
        let intervals = store.intervals(user, standing.room).await?;
        if intervals.is_empty() { Err(AccountError::NoSuchRoom) } else { Ok((standing.room, intervals)) }
    }

    async fn report(&self, by: UserId, what: Reported, reason: String) -> Result<ReportId, AccountError> {
        words("reason", &reason)?;
        let core = self.core();
        let id = ReportId(core.id()?);
        let report = NewReport { id, by, what, reason, at: core.now() };
        Ok(self.oversight().report(&report).await?)
    }

    /// What was said there, if it still says something.
    ///
    /// # Errors
    /// The store's.
    pub async fn message(&self, room: RoomId, seq: Seq) -> Result<Option<Entry>, Error> {
        let found = self.core().store.pick(&[(room, seq)]).await?;
        let now = self.core().now();
        let is_shown = |entry: &Entry| entry.expires_at.is_none_or(|end| end > now);
        Ok(found.into_iter().find(|entry| matches!(entry.act, Act::Said(_)) && is_shown(entry)))
    }

    /// Reports that wait, or those that are decided, by number; at most `limit` (up to 1,000).
    ///
    /// # Errors
    /// The store's.
    pub async fn reports(
        &self,
        decided: bool,
        after: Option<ReportId>,
        limit: u32,
    ) -> Result<Vec<Report>, Error> {
        self.oversight().reports(decided, after, limit).await
    }

    /// A report.
    ///
    /// # Errors
    /// [`AccountError::NoSuchReport`].
    pub async fn reported(&self, id: ReportId) -> Result<Report, AccountError> {
        self.oversight().reported(id).await?.ok_or(AccountError::NoSuchReport)
    }

    /// An administrator decides on a report; who made it is told.
    ///
    /// # Errors
    /// [`AccountError::NoSuchReport`], [`AccountError::Decided`], [`AccountError::Text`].
    pub async fn decide(
        &self,
        by: &Account,
        id: ReportId,
        verdict: Verdict,
        note: String,
    ) -> Result<Report, AccountError> {
        if !note.is_empty() {
            words("note", &note)?;
        }
        let by = Person { user: by.id, handle: by.handle.clone() };
        let decision = Decision { by, verdict, note, at: self.core().now() };
        let decided = self.oversight().decide(id, &decision).await?;
        let report = self.reported(id).await?;
        if decided { Ok(report) } else { Err(AccountError::Decided) }
    }

    /// Writes down what an administrator is about to do, or `None` who works at the machine itself.
    ///
    /// # Errors
    /// The store's: then it must not be done.
    pub async fn begin_act(&self, by: Option<UserId>, act: &str, input: String) -> Result<ActId, Error> {
        let core = self.core();
        let id = ActId(core.id()?);
        let deed = NewDeed { id, by, act: act.to_owned(), input, at: core.now() };
        self.oversight().begin_act(&deed).await?;
        Ok(id)
    }

    /// And how it ended. That it was done can't be undone by this: a failure is told in the log.
    pub async fn end_act(&self, id: ActId, status: u16) {
        if let Err(error) = self.oversight().end_act(id, status).await {
            tracing::warn!(%error, act.id = id.0, status, "how an administrator's act ended could not be noted: {error}");
        }
    }

    /// What administrators did, newest first, before `before`; at most `limit` (up to 1,000).
    ///
    /// # Errors
    /// The store's.
    pub async fn acts(
        &self,
        by: Option<UserId>,
        before: Option<ActId>,
        limit: u32,
    ) -> Result<Vec<Audited>, Error> {
        self.oversight().acts(by, before, limit).await
    }
}

/// Text in one's own words: something, and not too much.
fn words(field: &'static str, text: &str) -> Result<(), AccountError> {
    match text.chars().count() {
        1..=WORDS if !text.contains('\0') => Ok(()),
        _ => Err(AccountError::Text { field, why: format!("has 1 to {WORDS} characters") }),
    }
}
