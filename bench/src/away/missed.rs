//! What is said while they are away, and where.

use crate::Failed;
use crate::folk::{Folk, Person};
use crate::run::Run;
use crate::talk::{Pace, Said, Speaker, Stage};
use crate::target::Target;
use crate::wire::{Guest, Wire};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Speakers at once: each has a room of its own, so that a commit has the messages of many.
const AT_ONCE: usize = 64;

/// Messages a speaker may have unanswered.
const WINDOW: u16 = 64;

/// Messages that are missed.
#[derive(Debug, Clone)]
pub(super) struct Missed {
    shares: Vec<Share>,
    /// Bytes of a message.
    size: u32,
    /// How long it may take to say them, and then to hear them, in seconds.
    pub(super) patience: u64,
}

/// Those of one room.
#[derive(Debug, Clone)]
struct Share {
    room: u32,
    speaker: Person,
    messages: u64,
}

impl Missed {
    /// Each person misses so many, spread evenly over their rooms: a room is given as many as falls to the place it
    /// has among the rooms of whoever has it first.
    pub(super) fn spread(folk: &Folk, missed: u64, size: u32, patience: u64) -> Missed {
        let mut rooms: BTreeMap<u32, (usize, &Person)> = BTreeMap::new();
        for person in &folk.people {
            for (place, &room) in person.rooms.iter().enumerate() {
                let first = rooms.entry(room).or_insert((place, person));
                if place < first.0 {
                    *first = (place, person);
                }
            }
        }
        let places = folk.people.iter().map(|person| person.rooms.len()).max().unwrap_or(0).max(1) as u64;
        let fall_to = |place: usize| missed / places + u64::from((place as u64) < missed % places);
        let share = |(room, (place, speaker)): (u32, (usize, &Person))| Share {
            room,
            speaker: speaker.clone(),
            messages: fall_to(place),
        };
        let shares = rooms.into_iter().map(share).filter(|share| share.messages > 0).collect();
        Missed { shares, size, patience }
    }

    /// Says it.
    ///
    /// # Errors
    /// [`Failed::Unsaid`] when not all of it could be said: the load would be another.
    pub(super) async fn say(&self, folk: &Folk, run: &Arc<Run>, target: Target<'_>) -> Result<(), Failed> {
        let progress = &target.lookout.progress;
        progress.begin("saying it", self.shares.len());
        let shares = stream::iter(self.shares.iter().cloned().enumerate());
        let said = shares.map(|(number, share)| async move {
            let name = folk.rooms.get(share.room as usize).map_or("", String::as_str);
            let stage = Stage { room: share.room, say: format!("rooms/{name}/say") };
            let guest = Guest::to_say(&share.speaker, number, share.room);
            let wire = Wire::connect(target.server, &guest).await;
            let wire = wire.map_err(|why| Failed::Connection { number, why })?;
            let speaker = Speaker::new(wire, run.clone(), vec![stage], Pace::Window, WINDOW);
            let said = speaker.at_most(share.messages).speak(self.size as usize).await;
            progress.advance();
            complete(&said, share.messages)
        });
        said.buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        run.fall_silent();
        Ok(())
    }
}

fn complete(said: &Said, messages: u64) -> Result<(), Failed> {
    if said.acknowledged == messages {
        return Ok(());
    }
    let why = said.broken.as_ref().map_or("not answered in time, or refused".to_owned(), ToString::to_string);
    Err(Failed::Unsaid { unsaid: messages - said.acknowledged, why })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crowd::Crowd;
    use mqtt::packet::Password;

    #[test]
    fn everybody_misses_as_many_in_as_many_of_their_rooms_as_there_are() {
        for (rooms_each, missed) in [(1, 20), (3, 20), (5, 2), (2, 0)] {
            let crowd = Crowd { rows: 4, members: 3, rooms_each };
            let folk = Folk::of(crowd, vec![Password("tea".into()); crowd.len()]);
            let said = Missed::spread(&folk, missed, 64, 1);
            for person in &folk.people {
                let of_theirs = said.shares.iter().filter(|share| person.rooms.contains(&share.room));
                assert_eq!(
                    of_theirs.map(|share| share.messages).sum::<u64>(),
                    missed,
                    "{rooms_each} {missed}"
                );
            }
            assert!(said.shares.iter().all(|share| share.speaker.rooms.contains(&share.room)));
        }
    }
}
