//! The proof that an entry will survive us.

use crate::{Error, Fate, Made, NewAct, NewEntry, NewRoom, Store};
use chat::{Act, Entry, Handle, Reach, RoomId, Seq, Timestamp, UserId};

/// Something that is on the disk. Only this module makes one, after the engine's commit, so whatever asks for
/// a `Committed` (the PUBACK, the fan-out) cannot run too early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed<E> {
    event: E,
    room: RoomId,
    seq: Seq,
    n: u64,
    at: Timestamp,
    reach: Reach,
    fresh: bool,
}

impl<E> Committed<E> {
    /// What is on the disk.
    pub fn event(&self) -> &E {
        &self.event
    }

    /// Gives up the proof for the thing.
    pub fn into_event(self) -> E {
        self.event
    }

    /// Its room.
    pub fn room(&self) -> RoomId {
        self.room
    }

    /// Its place in the room.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// The room's counting entries up to it, itself included.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// When it was first taken.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Whether this commit wrote it; false for what had been there before.
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }
}

/// Commits a batch in one transaction and says, in the order of the batch, what became of each: what is in the
/// log as a [`Committed`], everything else as the engine's [`Fate`].
///
/// # Errors
/// None of the batch is known to be stored. After [`Error::is_passing`] the same batch may be sent again.
#[expect(clippy::result_large_err, reason = "an entry that was not stored goes back to be judged again")]
pub async fn append(
    store: &dyn Store,
    batch: Vec<NewEntry>,
) -> Result<Vec<Result<Committed<NewEntry>, (NewEntry, Fate)>>, (Error, Vec<NewEntry>)> {
    let fates = match store.commit(&batch).await {
        Ok(fates) => fates,
        Err(error) => return Err((error, batch)),
    };
    debug_assert_eq!(fates.len(), batch.len());
    Ok(batch.into_iter().zip(fates).map(|(event, fate)| settle(event, fate)).collect())
}

#[expect(clippy::result_large_err, reason = "an entry that was not stored goes back to be judged again")]
fn settle(event: NewEntry, fate: Fate) -> Result<Committed<NewEntry>, (NewEntry, Fate)> {
    let (room, taken) = (event.room, event.at);
    match fate {
        Fate::Stored { seq, n, reach } => {
            Ok(Committed { event, room, seq, n, at: taken, reach, fresh: true })
        }
        Fate::Duplicate { seq, n, at } => {
            Ok(Committed { event, room, seq, n, at, reach: Reach::everybody(seq), fresh: false })
        }
        Fate::DraftReused | Fate::NoSuchMedia | Fate::Objected(_) | Fate::Denied(_) => Err((event, fate)),
        Fate::Stale | Fate::Unchanged => Err((event, fate)),
        Fate::NoSuchRoom | Fate::NoSuchUser => Err((event, fate)),
    }
}

impl Committed<NewEntry> {
    /// Whether it changed the signs of a message and few are told: how many there are is to be counted. See
    /// [`crate::Rooms::uncounted`].
    pub fn is_uncounted(&self) -> bool {
        let signs = matches!(&self.event.act, NewAct::Do { deed, .. } if deed.sign().is_some());
        self.fresh && self.reach.few && signs
    }

    /// The entry as a reader of the log finds it; `from` is what the sender is called.
    #[must_use]
    pub fn as_entry(&self, from: Handle) -> Entry {
        let new = &self.event;
        let act = match &new.act {
            NewAct::Say(content) => Act::Said(content.clone()),
            NewAct::Do { deed, .. } => Act::Did(deed.clone()),
            NewAct::Change(change) => change.tells(new.at),
            NewAct::Join { who, .. } => Act::Joined { who: who.clone() },
            NewAct::Leave { who, .. } => Act::Left { who: who.clone() },
            NewAct::Succeed(who) => Act::HandedOver { who: who.handle.clone() },
            NewAct::Tell(event) => Act::Told(event.clone()),
            NewAct::Count { of, signs, .. } => Act::Reactions { of: *of, signs: signs.clone() },
        };
        Entry {
            room: self.room,
            seq: self.seq,
            n: self.n,
            sender: new.sender,
            from,
            origin: new.origin,
            at: self.at,
            expires_at: new.expires_at,
            draft: new.draft,
            act,
            reach: self.reach,
        }
    }
}

/// Makes a room with its first members and its first entry, `created`. The proof is there only if it was made now.
///
/// # Errors
/// Nothing is known to be stored.
pub async fn create_room(
    store: &dyn Store,
    room: NewRoom,
) -> Result<(Made, Option<Committed<NewRoom>>), Error> {
    let made = store.make_room(&room).await?;
    let proof = matches!(made, Made::New).then(|| first_entry(room));
    Ok((made, proof))
}

/// Finds the direct room of two users, or makes it as `room` says (its members are the two).
///
/// # Errors
/// Nothing is known to be stored.
pub async fn direct_room(
    store: &dyn Store,
    pair: (UserId, UserId),
    room: NewRoom,
) -> Result<(RoomId, Option<Committed<NewRoom>>), Error> {
    let id = store.find_or_make_direct(pair, &room).await?;
    let proof = (id == room.id).then(|| first_entry(room));
    Ok((id, proof))
}

fn first_entry(room: NewRoom) -> Committed<NewRoom> {
    let (id, at) = (room.id, room.at);
    let reach = Reach::everybody(Seq::FIRST);
    Committed { event: room, room: id, seq: Seq::FIRST, n: 0, at, reach, fresh: true }
}
