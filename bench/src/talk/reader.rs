//! Who reads the log of a room from its beginning, over and over, while others speak in it.
//!
//! A round begins with the log's first entry and ends at the live end, or after [`MOST`] entries. Within it, what this
//! run said must come once, in order and without holes. What earlier runs said is read as well and only counted: how
//! much of it there must be nobody here knows.

use super::tally::Tallies;
use crate::mark::Mark;
use crate::report::Flaws;
use crate::run::Run;
use crate::wire::{Broken, Event, PATIENCE, REFUSAL, Wire, hear_again};
use bytes::Bytes;
use std::sync::Arc;
use tokio::time::{Instant, sleep_until};

/// Entries of a round. A reader that never reaches the live end begins anew after as many, so that no round is without
/// an end: ten times what a room gets in half an hour, where a hundred of them share 5,000 messages a second.
const MOST: u64 = 1_000_000;

/// What a reader has to tell.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// Rounds that were read to their end.
    pub(crate) rounds: u64,
    /// Entries read in the measured time, those of earlier runs included.
    pub(crate) entries: u64,
    /// What went wrong.
    pub(crate) flaws: Flaws,
}

/// One who reads.
pub(super) struct Reader {
    wire: Wire,
    run: Arc<Run>,
    /// Counted over all rooms of the run.
    room: u32,
    /// Where its log is heard.
    said: String,
    /// Whether a round was asked for that has not begun. Until it does, what was on its way belongs to the one before.
    asked: bool,
    round: Round,
    /// Where in the last message its mark stood.
    place: usize,
    told: Read,
}

/// What came in a round.
struct Round {
    entries: u64,
    tallies: Tallies,
}

impl Reader {
    /// Reads this room, which is heard there.
    pub(super) fn new(wire: Wire, run: Arc<Run>, room: u32, said: String) -> Reader {
        let (round, told) = (Round::of(room), Read::default());
        Reader { wire, run, room, said, asked: false, round, place: 0, told }
    }

    /// Reads until the run stops. A round that was asked for by then has to begin.
    pub(super) async fn read(mut self) -> Read {
        let broken = self.until_the_stop().await.err();
        self.told.flaws.add_broken(broken.as_ref());
        self.close_round();
        self.told
    }

    async fn until_the_stop(&mut self) -> Result<(), Broken> {
        self.begin_again();
        let mut last = Instant::now();
        loop {
            self.take_entries()?;
            self.wire.flush(self.run.end()).await?;
            let stop = if self.asked { self.run.end() } else { self.run.stop() };
            if !self.asked && Instant::now() >= stop {
                return Ok(());
            }
            tokio::select! {
                read = self.wire.read() => read?,
                () = sleep_until(stop.min(last + PATIENCE)) => if self.is_owed() { return Err(Broken::Late) },
            }
            last = Instant::now();
        }
    }

    /// Whether something must be on its way: the beginning of a round, or what was acknowledged since.
    fn is_owed(&self) -> bool {
        let silent = Instant::now() < self.run.stop() && !self.is_at_the_end();
        self.asked || silent
    }

    fn is_at_the_end(&self) -> bool {
        self.round.tallies.reach(|room| self.run.owed(room as usize))
    }

    fn take_entries(&mut self) -> Result<(), Broken> {
        let now = Instant::now();
        while let Some(event) = self.wire.next()? {
            match event {
                Event::Heard { id, payload } => {
                    id.into_iter().for_each(|id| self.wire.acknowledge(id));
                    self.told.entries += u64::from(now <= self.run.stop());
                    self.count(&payload);
                }
                Event::Granted(code) if code >= REFUSAL => return Err(Broken::Refused(code)),
                _ => {}
            }
        }
        Ok(())
    }

    fn count(&mut self, payload: &Bytes) {
        if self.asked && begins_a_log(payload) {
            self.close_round();
            self.asked = false;
        }
        self.round.entries += 1;
        let mark = Mark::find(payload, &mut self.place).filter(|mark| mark.run == self.run.id);
        if let Some(mark) = mark {
            let heard = self.round.tallies.hear(mark.room, mark.number);
            self.told.flaws.strayed += u64::from(heard.is_none());
        }
        let ends = (mark.is_some() && self.is_at_the_end()) || self.round.entries >= MOST;
        if ends && !self.asked && Instant::now() < self.run.stop() {
            self.told.rounds += 1;
            self.begin_again();
        }
    }

    fn begin_again(&mut self) {
        self.wire.put(&hear_again(&self.said));
        self.asked = true;
    }

    fn close_round(&mut self) {
        let Round { tallies, .. } = std::mem::replace(&mut self.round, Round::of(self.room));
        self.told.flaws.lost += tallies.holes();
        self.told.flaws.doubled += tallies.doubled();
        self.told.flaws.reordered += tallies.reordered();
    }
}

impl Round {
    fn of(room: u32) -> Round {
        Round { entries: 0, tallies: Tallies::of(&[room]) }
    }
}

/// Whether there is nothing before it in the log: its `prev` is 0. Nobody can say that in a message, where quotes of
/// their own stand behind a backslash.
fn begins_a_log(entry: &[u8]) -> bool {
    const PREV: &[u8] = br#""prev":"#;
    let Some(at) = entry.windows(PREV.len()).rposition(|window| window == PREV) else { return false };
    let mut rest = entry[at + PREV.len()..].trim_ascii_start().iter();
    rest.next() == Some(&b'0') && !rest.next().is_some_and(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_entry_begins_a_log() {
        assert!(begins_a_log(br#"{"room":"tea","seq":1,"kind":"created","n":0,"prev":0}"#));
        assert!(begins_a_log(br#"{"seq": 3, "prev": 0, "n": 1}"#), "what was before it may not be heard");
        assert!(!begins_a_log(br#"{"seq":2,"prev":1}"#));
        assert!(!begins_a_log(br#"{"seq":9,"body":"\"prev\":0","prev":8}"#));
        assert!(!begins_a_log(b"kettle"));
    }
}
