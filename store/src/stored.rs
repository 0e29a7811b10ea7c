//! What an engine's columns mean. Numbers and words in them were written by us; what is anything else is damaged.

mod conversation; // a room of somebody's list

mod count; // how many people have put which signs

use crate::seal::{Keyring, Keys, MasterKey, Place, Voice, open_words, unpack_fact};
use crate::{
    AccountState, CredentialKind, Decision, Error, NewReport, Person, Report, ReportId, Reported, SecretHash,
    Verdict,
};
use chat::{
    About, Act, Draft, Entry, Handle, History, Joining, Kind, Origin, Policy, Reach, Role, RoomId, RoomKind,
    Seq, Settings, Sign, Timestamp, UserId,
};
pub use conversation::StoredConversation;
pub use count::{StoredCount, counts};

/// A count as a column keeps it: what is past its largest number means "to the end".
#[must_use]
pub fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The clock of this machine: for whoever is given none, and for rows that are saved without a caller's.
#[must_use]
pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Timestamp(since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
}

/// A stored value that can't be what it should be.
#[must_use]
pub fn damaged(what: &str) -> Error {
    Error::Damaged(format!("a stored {what} is not what was written"))
}

/// A stored handle.
///
/// # Errors
/// [`Error::Damaged`] when it is none.
pub fn handle(text: &str) -> Result<Handle, Error> {
    Handle::stored(text).ok_or_else(|| damaged("handle"))
}

/// A stored sign.
///
/// # Errors
/// [`Error::Damaged`] when it is none.
pub fn sign(text: &str) -> Result<Sign, Error> {
    Sign::new(text).map_err(|_| damaged("sign"))
}

/// A stored kind of entry.
///
/// # Errors
/// [`Error::Damaged`] when there is no such kind.
pub fn kind(number: i64) -> Result<Kind, Error> {
    u8::try_from(number).ok().and_then(Kind::from_number).ok_or_else(|| damaged("kind"))
}

/// A stored kind of room.
///
/// # Errors
/// [`Error::Damaged`] when there is no such kind.
pub fn room_kind(number: i64) -> Result<RoomKind, Error> {
    let kind = u8::try_from(number).ok().and_then(RoomKind::from_number);
    kind.ok_or_else(|| damaged("kind of room"))
}

/// A stored state of an account.
///
/// # Errors
/// [`Error::Damaged`] when there is no such state.
pub fn account_state(number: i64) -> Result<AccountState, Error> {
    let states = [AccountState::Active, AccountState::Deactivated, AccountState::Deleted];
    let found = states.into_iter().find(|state| i64::from(*state as u8) == number);
    found.ok_or_else(|| damaged("state of an account"))
}

/// A stored kind of credential.
///
/// # Errors
/// [`Error::Damaged`] when there is no such kind.
pub fn credential_kind(number: i64) -> Result<CredentialKind, Error> {
    let kinds = [CredentialKind::Login, CredentialKind::DeviceToken, CredentialKind::ApiKey];
    let found = kinds.into_iter().find(|kind| i64::from(*kind as u8) == number);
    found.ok_or_else(|| damaged("kind of credential"))
}

/// A stored hash of a secret.
///
/// # Errors
/// [`Error::Damaged`] when it has another length.
pub fn secret_hash(bytes: &[u8]) -> Result<SecretHash, Error> {
    bytes.try_into().map(SecretHash).map_err(|_| damaged("hash"))
}

/// A stored role.
///
/// # Errors
/// [`Error::Damaged`] when there is no such role.
pub fn role(number: i64) -> Result<Role, Error> {
    u8::try_from(number).ok().and_then(Role::from_number).ok_or_else(|| damaged("role"))
}

/// What is set for a room, column by column.
#[derive(Debug, Clone)]
pub struct StoredSettings {
    /// What people call it.
    pub name: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// Which picture stands for it.
    pub avatar: Option<String>,
    /// Who may do what.
    pub policy: StoredPolicy,
}

/// Who may do what in a room, column by column.
#[derive(Debug, Clone, Copy)]
pub struct StoredPolicy {
    /// [`Joining`].
    pub join_rule: i64,
    /// [`History`].
    pub history: i64,
    /// [`Role`]: who may write.
    pub write_role: i64,
    /// Who may pin.
    pub pin_role: i64,
    /// Who may invite.
    pub invite_role: i64,
    /// How many people it takes.
    pub member_limit: Option<i64>,
    /// Seconds between two messages of one person.
    pub slow_mode: i64,
    /// Whether strangers find it.
    pub listed: bool,
}

impl StoredPolicy {
    /// As it is stored.
    #[must_use]
    pub fn from(policy: &Policy) -> StoredPolicy {
        StoredPolicy {
            join_rule: i64::from(policy.join as u8),
            history: i64::from(policy.history as u8),
            write_role: i64::from(policy.write as u8),
            pin_role: i64::from(policy.pin as u8),
            invite_role: i64::from(policy.invite as u8),
            member_limit: policy.member_limit.map(i64::from),
            slow_mode: i64::from(policy.slow_mode),
            listed: policy.listed,
        }
    }

    /// As it is used.
    ///
    /// # Errors
    /// [`Error::Damaged`] when a column has a value that was never written.
    pub fn read(&self) -> Result<Policy, Error> {
        let small = |number: i64| u8::try_from(number).ok();
        let count = |number: i64| u32::try_from(number).map_err(|_| damaged("limit of a room"));
        let join = small(self.join_rule).and_then(Joining::from_number);
        let history = small(self.history).and_then(History::from_number);
        Ok(Policy {
            join: join.ok_or_else(|| damaged("way into a room"))?,
            history: history.ok_or_else(|| damaged("history of a room"))?,
            write: role(self.write_role)?,
            pin: role(self.pin_role)?,
            invite: role(self.invite_role)?,
            member_limit: self.member_limit.map(count).transpose()?,
            slow_mode: count(self.slow_mode)?,
            listed: self.listed,
        })
    }
}

impl StoredSettings {
    /// As they are used.
    ///
    /// # Errors
    /// As [`StoredPolicy::read`].
    pub fn read(self) -> Result<Settings, Error> {
        let StoredSettings { name, description, avatar, policy } = self;
        let text = |text: Option<String>| text.map(String::into_boxed_str);
        let about = About { name: text(name), description: text(description), avatar: text(avatar) };
        Ok(Settings { about, policy: policy.read()? })
    }
}

/// An entry as it lies in the log, with the handle of its sender.
pub struct StoredEntry {
    /// Its room.
    pub room: RoomId,
    /// Its place.
    pub seq: Seq,
    /// The room's counting entries with it.
    pub n: u64,
    /// Who.
    pub sender: UserId,
    /// What the sender is called.
    pub handle: String,
    /// From which device.
    pub origin: Option<Origin>,
    /// The sender's key for it.
    pub draft: Option<Draft>,
    /// [`Kind`], as stored.
    pub kind: i64,
    /// When it was taken.
    pub at: Timestamp,
    /// When it stops being shown.
    pub expires_at: Option<Timestamp>,
    /// What it says, sealed if they are a person's words; empty if a recall erased it.
    pub body: Vec<u8>,
    /// Whether few are told of it.
    pub few: bool,
    /// What everybody was told before it, where that is not the entry before.
    pub before: Option<i64>,
}

/// Who said what is in these entries: their keys open them.
pub fn voices(entries: &[StoredEntry]) -> impl Iterator<Item = Voice> {
    entries
        .iter()
        .filter(|entry| kind(entry.kind).is_ok_and(Kind::is_private))
        .map(|entry| (entry.room, entry.sender))
}

/// Opens entries. A message whose sender was erased is there as one that was taken back. What else of theirs there was,
/// what a recall erased and what does not open with its key is left out; the last is counted as damage.
///
/// # Errors
/// [`Error::Damaged`] when this program can't read an entry for another reason.
pub fn open(ring: &Keyring, keys: &Keys, stored: Vec<StoredEntry>) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::with_capacity(stored.len());
    for one in stored {
        let (room, seq) = (one.room, one.seq);
        match one.open(keys) {
            Err(Error::NotAuthentic) => ring.damage().found(room, seq),
            opened => entries.extend(opened?),
        }
    }
    Ok(entries)
}

/// A page of a log that is being read, in whole steps, also for the last few entries: of a long stretch much may have
/// been erased, and what is damaged is left out. Fewer entries than were asked for say that there is no more.
#[derive(Debug)]
pub struct Page {
    after: i64,
    limit: usize,
    entries: Vec<Entry>,
}

impl Page {
    /// Most entries of one page.
    const MOST: u32 = 500;

    /// A page of at most `limit` entries, and 500, after this one.
    #[must_use]
    pub fn new(after: Seq, limit: u32) -> Page {
        Page { after: number(after.0), limit: limit.min(Page::MOST) as usize, entries: Vec::new() }
    }

    /// After which row to go on, and for how many.
    #[must_use]
    pub fn next(&self) -> (i64, usize) {
        (self.after, self.limit)
    }

    /// So many rows were found, up to the last, and these opened. True if that is all of the page.
    pub fn is_whole(&mut self, rows: usize, last: Option<i64>, opened: Vec<Entry>) -> bool {
        self.entries.extend(opened);
        self.after = last.unwrap_or(self.after);
        rows < self.limit || last.is_none() || self.entries.len() >= self.limit
    }

    /// What is on it.
    #[must_use]
    pub fn entries(mut self) -> Vec<Entry> {
        self.entries.truncate(self.limit);
        self.entries
    }
}

impl StoredEntry {
    fn open(self, keys: &Keys) -> Result<Option<Entry>, Error> {
        let StoredEntry { room, seq, sender, .. } = self;
        let kind = kind(self.kind)?;
        let act = match (unpack_fact(kind, &self.body)?, keys.get(&(room, sender))) {
            (Some(fact), _) => fact,
            (None, Some(key)) if !self.body.is_empty() => {
                open_words(key, Place { room, seq, sender, kind }, self.body)?
            }
            (None, None) if kind.is_message() => Act::Recalled,
            (None, _) => return Ok(None),
        };
        Ok(Some(Entry {
            room,
            seq,
            n: self.n,
            sender,
            from: handle(&self.handle)?,
            origin: self.origin,
            at: self.at,
            expires_at: self.expires_at,
            draft: self.draft,
            act,
            reach: Reach {
                few: self.few,
                before: self.before.map_or(seq.before(), |seq| Seq(seq.cast_unsigned())),
            },
        }))
    }
}

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
