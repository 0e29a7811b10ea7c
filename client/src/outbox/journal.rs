//! The outbox file: what was put in, and what was settled.
//!
//! Everything that is written is synced before it counts. What was settled is dead wood, and the file is written
//! anew without it when there is more of that than of the rest; that happens beside the old file, which is replaced
//! in one step. Another program is kept out by a lock on a file beside it, with `.lock` behind its name.
//!
//! This module blocks; the [`keeper`](super::keeper) calls it from a thread that may.
//!
//! Start at [`Journal::open`].

use super::record::{self, Next, Record};
use super::{Change, Outgoing, Turn};
use chat::Handle;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use topics::Topic;

/// The first bytes of a file, its version among them.
const MAGIC: &[u8; 16] = b"natter outbox 1\n";

/// Bytes of dead wood that are not worth the trouble.
const TIDY_ENOUGH: u64 = 256 * 1024;

/// The outbox file can't be used; the client is not started, and the file is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the outbox {path:?} can't be used: {why}")]
pub struct OutboxError {
    /// Which file.
    pub path: PathBuf,
    /// Why not.
    pub why: OutboxFlaw,
}

/// What is wrong with an outbox file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutboxFlaw {
    /// Another client has it open, in this program or in another one.
    #[error("it is in use")]
    InUse,
    /// It is some other file, or the outbox of a later version. (An empty file becomes one.)
    #[error("it is no outbox that this version can read")]
    NotAnOutbox,
    /// It is the outbox of another user, whose messages must not be sent as this one's.
    #[error("it belongs to {0}")]
    SomebodyElses(Handle),
    /// Something that was written is no longer as it was. An end that was not written whole is no damage: it was
    /// never sent, and is left out.
    #[error("it is damaged at byte {at}")]
    Damaged {
        /// Where, in bytes from its beginning.
        at: u64,
    },
    /// The operating system refused to open, read or write it; in its words.
    #[error("{0}")]
    Io(String),
}

impl From<io::Error> for OutboxFlaw {
    fn from(error: io::Error) -> OutboxFlaw {
        OutboxFlaw::Io(error.to_string())
    }
}

/// What is written at once.
pub(super) enum Batch {
    Append(Vec<Change>),
    /// The whole file anew.
    Anew(Vec<(Turn, Outgoing)>),
}

/// An open outbox file. It is this program's alone until it is dropped.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    owner: Handle,
    file: File,
    len: u64,
    /// Something went wrong while it was written; what stands at its end is not known.
    is_spoiled: bool,
    _lock: Lock,
}

/// No other program has the file for as long as this is there.
#[derive(Debug)]
struct Lock(File);

impl Lock {
    fn take(path: &Path) -> Result<Lock, OutboxFlaw> {
        let file = private(OpenOptions::new().write(true).create(true).truncate(false), path)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(OutboxFlaw::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

impl Drop for Lock {
    /// To close the file is not enough: a child that this program just starts has a copy of it, and the lock, until it
    /// is another program.
    fn drop(&mut self) {
        // What can't be unlocked is closed next.
        self.0.unlock().ok();
    }
}

impl Journal {
    /// Opens the file, or makes it; gives what waits in it, oldest first.
    pub(crate) fn open(path: &Path, owner: &Handle) -> Result<(Journal, Vec<(Turn, Outgoing)>), OutboxError> {
        Journal::try_open(path, owner).map_err(|why| OutboxError { path: path.to_owned(), why })
    }

    fn try_open(path: &Path, owner: &Handle) -> Result<(Journal, Vec<(Turn, Outgoing)>), OutboxFlaw> {
        let lock = Lock::take(&beside(path, ".lock"))?;
        let left = match File::open(path) {
            Ok(file) => read(file, owner)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        // Written anew, so that a torn end is gone before anything is written behind it.
        let (file, len) = write_anew(path, owner, &left)?;
        let journal = Journal {
            path: path.to_owned(),
            owner: owner.clone(),
            file,
            len,
            is_spoiled: false,
            _lock: lock,
        };
        Ok((journal, left))
    }

    /// Whether the file should be written anew, when so many bytes of it are alive.
    pub(super) fn is_untidy(&self, alive: usize) -> bool {
        self.is_spoiled || self.len > TIDY_ENOUGH + 2 * alive as u64
    }

    /// Writes and syncs. After an error nothing of it counts as written, and the next batch must be the whole file.
    pub(super) fn write(&mut self, batch: &Batch) -> io::Result<()> {
        let written = match batch {
            Batch::Append(changes) => self.append(changes),
            Batch::Anew(alive) => {
                write_anew(&self.path, &self.owner, alive).map(|file| (self.file, self.len) = file)
            }
        };
        self.is_spoiled = written.is_err();
        written
    }

    fn append(&mut self, changes: &[Change]) -> io::Result<()> {
        for frame in record::frames(changes.iter().map(Record::of))? {
            self.file.write_all(&frame)?;
            // Before the next one: only the last frame of a file may be torn.
            self.file.sync_data()?;
            self.len += frame.len() as u64;
        }
        Ok(())
    }
}

fn read(file: File, owner: &Handle) -> Result<Vec<(Turn, Outgoing)>, OutboxFlaw> {
    let len = file.metadata()?.len();
    let mut file = BufReader::new(file);
    if len == 0 {
        return Ok(Vec::new());
    }
    if len < MAGIC.len() as u64 {
        return Err(OutboxFlaw::NotAnOutbox);
    }
    let mut magic = [0; MAGIC.len()];
    file.read_exact(&mut magic)?;
    if magic != *MAGIC {
        return Err(OutboxFlaw::NotAnOutbox);
    }
    let mut at = MAGIC.len() as u64;
    let mut left = BTreeMap::new();
    let mut is_ours = false;
    loop {
        let damaged = OutboxFlaw::Damaged { at };
        let body = match record::next_frame(&mut file, len - at)? {
            Next::Frame(body) => body,
            Next::End if is_ours => return Ok(left.into_iter().collect()),
            Next::End | Next::Damaged => return Err(damaged),
        };
        for record in record::records(&body).ok_or(damaged.clone())? {
            match record {
                Record::Owner { user } if !is_ours => is_ours = belongs(user, owner, &damaged)?,
                Record::Put { turn, draft, topic, payload }
                    if is_ours && is_ours_to_send(topic, draft.is_some()) =>
                {
                    left.insert(Turn(turn), record::outgoing(draft, topic, payload));
                }
                Record::Settled { turn } if is_ours => drop(left.remove(&Turn(turn))),
                Record::Owner { .. } | Record::Put { .. } | Record::Settled { .. } => return Err(damaged),
            }
        }
        at += record::frame_len(&body);
    }
}

fn belongs(user: &str, owner: &Handle, damaged: &OutboxFlaw) -> Result<bool, OutboxFlaw> {
    match Handle::new(user) {
        Ok(user) if user == *owner => Ok(true),
        Ok(user) => Err(OutboxFlaw::SomebodyElses(user)),
        Err(_) => Err(damaged.clone()),
    }
}

/// Messages have a draft, read marks have none, and nothing else is ever put in.
fn is_ours_to_send(topic: &str, has_draft: bool) -> bool {
    match topic.parse() {
        Ok(topics::Address { topic, .. }) => match topic {
            Topic::Say(_) | Topic::SayTo(_) => has_draft,
            Topic::Read(_) => !has_draft,
            // What nobody keeps is sent now or never.
            Topic::Typing(_) | Topic::Signal(_) | Topic::MyPresence | Topic::Presence(_) => false,
            Topic::Said(_) | Topic::Receipts(_) | Topic::Events | Topic::Replies | Topic::Rpc(_) => false,
        },
        Err(_) => false,
    }
}

/// A new file in the place of the old one, in one step.
fn write_anew(path: &Path, owner: &Handle, alive: &[(Turn, Outgoing)]) -> io::Result<(File, u64)> {
    let new = beside(path, ".new");
    let mut bytes = MAGIC.to_vec();
    let owner = Record::Owner { user: owner.as_str() };
    let alive = alive.iter().map(|(turn, outgoing)| Record::put(*turn, outgoing));
    for frame in record::frames(std::iter::once(owner).chain(alive))? {
        bytes.extend(frame);
    }
    let mut file = private(OpenOptions::new().write(true).create(true).truncate(true), &new)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    sync_folder(path)?;
    Ok((file, bytes.len() as u64))
}

/// Opens a file that is for this user's eyes only: it holds what they said.
fn private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The new name of a file is on the disk when its folder is.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Other systems can't open a folder; they write names by themselves.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
