//! What waits to be committed.

use super::Reply;
use chat::{Deed, Handle, Refusal, RoomId, RulesVersion};
use std::time::Instant;
use store::{Error, NewEntry, NewRoom, ReadMark, Resend};
use tokio::sync::oneshot;

/// One command.
#[derive(Debug)]
pub(crate) enum Command {
    Entry(Box<EntryCommand>),
    Read(ReadCommand),
    Room(Box<RoomCommand>),
}

/// An entry, judged.
#[derive(Debug)]
pub(crate) struct EntryCommand {
    pub(crate) entry: NewEntry,
    /// What the sender is called.
    pub(crate) from: Handle,
    /// What the room is called.
    pub(crate) room: Handle,
    pub(crate) judge: Judge,
    pub(crate) reply: Reply,
    /// When waiting is over.
    pub(crate) deadline: Instant,
}

/// How a command is judged again when the rules have changed since.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Judge {
    /// As a member who says something.
    Member,
    /// As an administrator, whom the room's rules do not bind.
    Administrator,
    /// Not at all: it was refused like this, and is only looked for among what was sent before
    /// ([`RulesVersion::NONE`](chat::RulesVersion::NONE)).
    Refused(Refusal),
}

/// A read mark.
#[derive(Debug)]
pub(crate) struct ReadCommand {
    pub(crate) mark: ReadMark,
    pub(crate) reply: Reply,
    pub(crate) deadline: Instant,
}

/// A room to be made, or the direct room of two found.
#[derive(Debug)]
pub(crate) struct RoomCommand {
    pub(crate) room: NewRoom,
    /// The room is the direct one of the two that are its members.
    pub(crate) direct: bool,
    pub(crate) reply: oneshot::Sender<Result<RoomMade, Error>>,
}

/// A room that is there now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RoomMade {
    pub(crate) id: RoomId,
    pub(crate) new: bool,
}

impl EntryCommand {
    /// Whether it may have been sent before.
    fn may_come_again(&self) -> bool {
        let resent = self.entry.inbound.is_some_and(|inbound| inbound.resend != Resend::New);
        self.entry.draft.is_some() || resent
    }

    /// It is refused, unless it was sent before: then its sender hears what they heard then. Gives it back where the
    /// commit has to say which.
    pub(crate) fn refused(mut self, refusal: Refusal) -> Option<EntryCommand> {
        let was_looked_for = matches!(self.judge, Judge::Refused(_));
        if was_looked_for || !self.may_come_again() {
            self.reply.refused(&refusal);
            return None;
        }
        (self.entry.rules, self.judge) = (RulesVersion::NONE, Judge::Refused(refusal));
        Some(self)
    }
}

impl Command {
    /// An entry, boxed: it is several times the size of the others.
    pub(crate) fn entry(command: EntryCommand) -> Command {
        Command::Entry(Box::new(command))
    }

    /// Whether waiting is over for it.
    pub(crate) fn is_late(&self, now: Instant) -> bool {
        match self {
            Command::Entry(entry) => entry.deadline <= now,
            Command::Read(read) => read.deadline <= now,
            // Whoever waits for a room sets a limit of their own.
            Command::Room(room) => room.reply.is_closed(),
        }
    }

    /// About how many bytes of a batch it takes.
    pub(crate) fn weight(&self) -> usize {
        const ROW: usize = 128;
        match self {
            Command::Entry(entry) => match &entry.entry.act {
                store::NewAct::Say(content) => ROW + content.len(),
                store::NewAct::Do { deed: Deed::Edit { wording, .. }, .. } => ROW + wording.len(),
                store::NewAct::Do { .. } => ROW,
                store::NewAct::Change(_) | store::NewAct::Count { .. } => ROW,
                store::NewAct::Join { .. }
                | store::NewAct::Leave { .. }
                | store::NewAct::Succeed(_)
                | store::NewAct::Tell(_) => ROW,
            },
            Command::Read(_) | Command::Room(_) => ROW,
        }
    }
}
