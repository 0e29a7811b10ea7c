//! Commits reach those who listen.
//!
//! One task takes them in the order of the log. News is made of the store's proof only. What a crash keeps from
//! being told is found in the log by whoever reconnects, so nothing here has to be remembered.

use crate::core::Core;
use crate::heard::Heard;
use crate::hub::{Hub, Passed};
use crate::session::Touched;
use chat::{Act, Entry, Handle, Reach, RoomKind, UserId};
use std::sync::Arc;
use std::time::Duration;
use store::{Committed, Error, NewAct, NewEntry, NewRoom};
use tokio::sync::mpsc;

/// Batches on their way to listeners: a few, so that the next commit need not wait for the last fan-out.
pub(crate) const NEWS_DEPTH: usize = 16;
/// Entries of a gap read at once.
const PAGE: u32 = 500;
/// Deliveries to sessions after which writers are woken though the batch goes on: a large room must not keep
/// everybody waiting for the end of it.
const WAKE_AT: usize = 4_096;
/// How long the fan-out waits when the store could not answer.
const PAUSE: Duration = Duration::from_millis(100);

/// A committed entry and what else it changes.
#[derive(Debug)]
pub(crate) struct News {
    heard: Arc<Heard>,
    room: Handle,
    change: Option<Change>,
}

/// A change of who listens.
#[derive(Debug)]
enum Change {
    Came { users: Vec<UserId>, direct: bool },
    Went(UserId),
}

impl Change {
    fn users(&self) -> &[UserId] {
        match self {
            Change::Came { users, .. } => users,
            Change::Went(user) => std::slice::from_ref(user),
        }
    }

    fn of(change: &chat::Change) -> Option<Change> {
        match change {
            chat::Change::Join { who, .. } | chat::Change::Add { who, .. } => {
                Some(Change::Came { users: vec![who.id], direct: false })
            }
            chat::Change::Leave { who } | chat::Change::Kick { who } | chat::Change::Ban { who } => {
                Some(Change::Went(who.id))
            }
            _ => None,
        }
    }
}

impl News {
    /// What a fresh entry tells; an entry that had been there before was told then.
    pub(crate) fn of_entry(committed: &Committed<NewEntry>, from: &Handle, room: &Handle) -> Option<News> {
        let act = &committed.event().act;
        let change = match act {
            NewAct::Say(_) | NewAct::Do { .. } | NewAct::Succeed(_) | NewAct::Tell(_) => None,
            NewAct::Count { .. } => None,
            NewAct::Change(change) => Change::of(change),
            NewAct::Join { user, .. } => Some(Change::Came { users: vec![*user], direct: false }),
            NewAct::Leave { user, .. } => Some(Change::Went(*user)),
        };
        committed.is_fresh().then(|| News {
            heard: Arc::new(Heard::new(committed.as_entry(from.clone()), room.clone()).about(act.about())),
            room: room.clone(),
            change,
        })
    }

    /// The first entry of a room that was made.
    pub(crate) fn of_room(committed: Committed<NewRoom>) -> News {
        let (seq, at) = (committed.seq(), committed.at());
        let new = committed.into_event();
        let members = new.members.iter().map(|(_, handle, _)| handle.clone()).collect();
        let entry = Entry {
            room: new.id,
            seq,
            n: 0,
            sender: new.by,
            from: new.from,
            origin: None,
            at,
            expires_at: None,
            draft: None,
            act: Act::Created { members },
            reach: Reach::everybody(seq),
        };
        let users = new.members.iter().map(|(user, ..)| *user).collect();
        News {
            heard: Arc::new(Heard::new(entry, new.handle.clone())),
            room: new.handle,
            change: Some(Change::Came { users, direct: new.kind == RoomKind::Direct }),
        }
    }
}

/// Tells batches until there are no more.
pub(crate) async fn run(core: Arc<Core>, mut news: mpsc::Receiver<Vec<News>>) {
    let mut touched = Touched::default();
    while let Some(batch) = news.recv().await {
        let mut rest = &batch[..];
        while let Some(first) = rest.first() {
            let run = match first.change {
                Some(_) => 1,
                None => rest.iter().take_while(|one| same_room(first, one)).count(),
            };
            let (now, later) = rest.split_at(run);
            tell(&core, now, &mut touched).await;
            if touched.woken.len() >= WAKE_AT {
                touched.wake();
            }
            rest = later;
        }
        touched.wake();
        core.read_for(touched.fell_behind.drain(..));
    }
}

fn same_room(first: &News, one: &News) -> bool {
    one.change.is_none() && one.heard.entry.room == first.heard.entry.room
}

/// Tells a run of entries of one room: comings first, so that who came hears it, goings last, so that who went
/// does. The store may be away for a while; the fan-out waits for it, as the lane does.
async fn tell(core: &Arc<Core>, run: &[News], touched: &mut Touched) {
    let Some(first) = run.first() else { return };
    let (room, at) = (first.heard.entry.room, first.heard.seq());
    if let Some(Change::Came { users, direct }) = &first.change {
        for user in users {
            while let Err(error) = core.came(*user, (room, &first.room, *direct), at).await {
                pause(&error).await;
            }
        }
    }
    if first.change.is_some() {
        core.receipts.forget_room(room);
    }
    if let Some(hub) = core.hubs.get(room) {
        let batch: Vec<Arc<Heard>> = run.iter().map(|news| news.heard.clone()).collect();
        while let Err(error) = pass(core, &hub, &batch, touched).await {
            pause(&error).await;
        }
    }
    if let Some(Change::Went(user)) = first.change {
        core.went(user, room, at);
    }
    tell_of_people(core, run);
}

/// Whoever follows people and not what is said: who is around whom, and who is writing.
fn tell_of_people(core: &Arc<Core>, run: &[News]) {
    for news in run {
        let room = news.heard.entry.room;
        match &news.change {
            Some(change) => {
                core.fleeting.room_changed(room);
                core.presences.room_changed(room, change.users());
                if let Change::Went(user) = change {
                    core.ends_typing(*user, room);
                }
            }
            None if matches!(news.heard.entry.act, Act::Said(_)) => {
                let sender = news.heard.entry.sender;
                core.ends_typing(sender, room);
                if core.hubs.get(room).is_none_or(|hub| hub.direct) {
                    core.presences.spoke(room, sender);
                }
            }
            None => {}
        }
    }
}

pub(crate) async fn pause(error: &Error) {
    tracing::warn!(%error, "the fan-out waits for the store: {error}");
    tokio::time::sleep(PAUSE).await;
}

/// Passes a batch through the hub; what is missing before it is read from the log.
async fn pass(core: &Core, hub: &Arc<Hub>, batch: &[Arc<Heard>], touched: &mut Touched) -> Result<(), Error> {
    if batch.iter().any(|heard| heard.is_for_few()) {
        hub.managers(&*core.store).await?;
    }
    while let Passed::Gap { after, to } = hub.pass(batch, &core.ears(), touched) {
        tracing::debug!(room.id = %hub.room, "entries after {after} up to {to} are read from the log");
        let missing = core.store.read(hub.room, after, to, PAGE, core.now()).await?;
        let full = missing.len() == PAGE as usize;
        let read: Vec<Arc<Heard>> =
            missing.into_iter().map(|entry| Arc::new(Heard::new(entry, hub.handle.clone()))).collect();
        let upto = read.last().filter(|_| full).map_or(to, |last| last.seq());
        hub.pass_read(&read, upto, &core.ears(), touched);
    }
    Ok(())
}
