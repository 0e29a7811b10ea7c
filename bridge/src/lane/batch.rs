//! What is committed together, and what becomes of each command of it.

use super::judge::{self, Verdict};
use super::{Command, EntryCommand, ReadCommand, Receipt, RoomCommand, RoomMade};
use crate::core::Core;
use crate::news::News;
use chat::Refusal;
use futures_util::future::join_all;
use std::collections::VecDeque;
use store::{Committed, Error, Fate, Made, NewAct, NewEntry};

/// What a commit left.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    /// For those who listen, in the order of the log.
    pub(crate) news: Vec<News>,
    /// What the store could not do just now, in order.
    pub(crate) again: Vec<Command>,
}

/// How often one command is judged again before the lane lets others pass: rules that change faster than this
/// under one message are somebody's mistake.
const JUDGED: usize = 8;

/// Commits a batch: rooms, entries and read marks side by side, which the store's one writer puts into one
/// transaction. None of them depends on another of the same batch: a room is spoken to only after it was answered.
pub(crate) async fn commit(core: &Core, commands: Vec<Command>) -> Settled {
    let (mut entries, mut reads, mut rooms) = (Vec::new(), Vec::new(), Vec::new());
    for command in commands {
        match command {
            Command::Entry(entry) => entries.push(*entry),
            Command::Read(read) => reads.push(read),
            Command::Room(room) => rooms.push(*room),
        }
    }
    let (made, said, read) =
        tokio::join!(make_rooms(core, rooms), commit_entries(core, entries), mark_read(core, reads));
    let mut settled = made;
    for part in [said, read] {
        settled.news.extend(part.news);
        settled.again.extend(part.again);
    }
    settled
}

async fn make_rooms(core: &Core, rooms: Vec<RoomCommand>) -> Settled {
    let mut settled = Settled::default();
    // Asked for together, they are one transaction.
    let making = rooms.into_iter().map(|RoomCommand { room, direct, reply }| async move {
        (make_room(core, room, direct).await, reply)
    });
    for (made, reply) in join_all(making).await {
        match made {
            Ok((made, news)) => {
                settled.news.extend(news);
                drop(reply.send(Ok(made)));
            }
            Err(error) => drop(reply.send(Err(error))),
        }
    }
    settled
}

async fn make_room(
    core: &Core,
    room: store::NewRoom,
    direct: bool,
) -> Result<(RoomMade, Option<News>), Error> {
    let store = &*core.store;
    let id = room.id;
    let (made, proof) = match (direct, &room.members[..]) {
        (true, [(one, ..)]) => store::direct_room(store, (*one, *one), room).await?,
        (true, [(one, ..), (other, ..)]) => store::direct_room(store, (*one, *other), room).await?,
        _ => match store::create_room(store, room).await? {
            (Made::New, proof) => (id, proof),
            (Made::Taken(other), proof) => (other, proof),
        },
    };
    Ok((RoomMade { id: made, new: proof.is_some() }, proof.map(News::of_room)))
}

async fn mark_read(core: &Core, reads: Vec<ReadCommand>) -> Settled {
    let mut settled = Settled::default();
    if reads.is_empty() {
        return settled;
    }
    let marks: Vec<_> = reads.iter().map(|read| read.mark).collect();
    match core.store.mark_read(&marks).await {
        Ok(moved) => {
            core.receipts.moved(moved);
            reads.into_iter().for_each(|read| read.reply.done());
        }
        Err(error) if error.is_passing() => settled.again.extend(reads.into_iter().map(Command::Read)),
        Err(error) => {
            tracing::error!(%error, "cannot store read marks: {error}");
            reads.into_iter().for_each(|read| read.reply.not_now());
        }
    }
    settled
}

async fn commit_entries(core: &Core, mut commands: Vec<EntryCommand>) -> Settled {
    let mut settled = Settled::default();
    judge::renew(core, &mut commands).await;
    for _ in 0..JUDGED {
        if commands.is_empty() {
            break;
        }
        let (batch, shells): (Vec<NewEntry>, VecDeque<_>) =
            commands.into_iter().map(EntryCommand::split).unzip();
        commands = match store::append(&*core.store, batch).await {
            Ok(fates) => settle(core, fates, shells, &mut settled).await,
            Err((error, batch)) => {
                let whole = batch.into_iter().zip(shells).map(|(entry, shell)| shell.join(entry));
                not_stored(&error, whole, &mut settled);
                return settled;
            }
        };
    }
    settled.again.extend(commands.into_iter().map(Command::entry));
    settled
}

/// Answers what is decided and gives back what has to be tried again under newer rules.
async fn settle(
    core: &Core,
    fates: Vec<Result<Committed<NewEntry>, (NewEntry, Fate)>>,
    shells: VecDeque<judge::Shell>,
    settled: &mut Settled,
) -> Vec<EntryCommand> {
    let mut stale = Vec::new();
    for (fate, shell) in fates.into_iter().zip(shells) {
        match fate {
            Ok(committed) => {
                let receipt =
                    Receipt { seq: committed.seq(), at: committed.at(), duplicate: !committed.is_fresh() };
                // Who is something else in the room now: entries name the rules they were judged by, and read marks don't. What
                // was remembered of them is forgotten before anybody hears that the change is done.
                if let Some(user) = committed.event().act.about() {
                    core.standings.forget(&shell.room, user);
                }
                if committed.is_fresh() && matches!(committed.event().act, NewAct::Say(_)) {
                    core.receipts.said(committed.event().sender, committed.event().room, committed.seq());
                }
                settled.news.extend(News::of_entry(&committed, &shell.from, &shell.room));
                if committed.is_uncounted() {
                    core.uncounted.notify_one();
                }
                shell.reply.stored(receipt, &shell.room);
            }
            Err((entry, Fate::Stale)) => stale.push(shell.join(entry)),
            Err((_, Fate::NoSuchMedia)) => shell.reply.refused(&Refusal::NoSuchMedia),
            Err((_, Fate::DraftReused)) => shell.reply.refused(&Refusal::DraftReused),
            Err((_, Fate::Objected(objection))) => shell.reply.refused(&objection.into()),
            Err((_, Fate::Denied(denial))) => shell.reply.refused(&denial.into()),
            Err((entry, Fate::NoSuchRoom)) => {
                core.standings.forget(&shell.room, entry.sender);
                shell.reply.refused(&Refusal::NotAMember);
            }
            Err((_, Fate::NoSuchUser)) => shell.reply.refused(&Refusal::NoSuchUser),
            // A join of a member, a leave of a stranger: as asked for.
            Err((_, _)) => shell.reply.done(),
        }
    }
    let mut again = Vec::new();
    for command in stale {
        match judge::again(core, command).await {
            Verdict::Try(command) => again.push(command),
            Verdict::Later(command) => settled.again.push(Command::entry(command)),
            // The commit looked whether it was sent before, and it was not.
            Verdict::Refused(command, refusal) => command.reply.refused(&refusal),
            Verdict::Settled => {}
        }
    }
    again
}

fn not_stored(error: &Error, commands: impl Iterator<Item = EntryCommand>, settled: &mut Settled) {
    if error.is_passing() {
        settled.again.extend(commands.map(Command::entry));
    } else {
        tracing::error!(%error, "cannot store entries: {error}");
        commands.for_each(|command| command.reply.not_now());
    }
}
