//! Who hears it: acknowledges every message, and notices which do not come once and in order.

use super::followers::Followers;
use super::tally::Tallies;
use crate::mark::Mark;
use crate::report::Flaws;
use crate::run::Run;
use crate::wire::{Broken, Event, Wire};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// How long to listen on after the last message, for what comes twice.
const LINGER: Duration = Duration::from_millis(200);

/// What a listener has to tell.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Messages heard, each counted once.
    pub(crate) heard: u64,
    /// Those of them that came in the measured time.
    pub(crate) in_time: u64,
    /// When the last of them came that had not come before.
    pub(crate) last: Option<Instant>,
    /// What went wrong.
    pub(crate) flaws: Flaws,
}

/// One who hears.
pub(crate) struct Listener {
    wire: Wire,
    run: Arc<Run>,
    /// Counted over all rooms.
    number: usize,
    tallies: Tallies,
    /// Where in the last message its mark stood, which is where it will stand in the next.
    place: usize,
    told: Heard,
    /// Who waits for it at QoS 0, and its place among those that are waited for.
    follows: Option<(Arc<Followers>, usize)>,
}

impl Listener {
    /// Hears what is said in these rooms of the run, and in no other of them.
    pub(crate) fn new(wire: Wire, run: Arc<Run>, rooms: &[u32], number: usize) -> Listener {
        let (tallies, told) = (Tallies::of(rooms), Heard::default());
        Listener { wire, run, number, tallies, place: 0, told, follows: None }
    }

    /// Says how far it is, since somebody waits for it.
    pub(crate) fn among(self, followers: Arc<Followers>, place: usize) -> Listener {
        Listener { follows: Some((followers, place)), ..self }
    }

    /// Hears until all that is owed has come, or nobody waits any longer.
    pub(crate) async fn hear(self) -> Heard {
        self.hear_and_stay().await.0
    }

    /// The same, and its connection stays for as long as the caller keeps it.
    pub(crate) async fn hear_and_stay(mut self) -> (Heard, Wire) {
        let broken = self.until_all_came().await.err();
        self.told.flaws.lost = self.lost();
        self.told.flaws.doubled = self.tallies.doubled();
        self.told.flaws.reordered = self.tallies.reordered();
        self.told.flaws.add_broken(broken.as_ref());
        (self.told, self.wire)
    }

    async fn until_all_came(&mut self) -> Result<(), Broken> {
        let mut silence = self.run.silence();
        let mut lingers = None;
        loop {
            // What came with the server's welcome is here before anything is read.
            self.take_messages()?;
            self.wire.flush(self.run.end()).await?;
            let silent = *silence.borrow_and_update();
            if lingers.is_none() && silent && self.lost() == 0 {
                lingers = Some(Instant::now() + LINGER);
            }
            let end = lingers.map_or(self.run.end(), |end| end.min(self.run.end()));
            tokio::select! {
                read = self.wire.read() => read?,
                _ = silence.changed(), if !silent => continue,
                () = sleep_until(end) => return Ok(()),
            }
        }
    }

    fn lost(&self) -> u64 {
        self.tallies.lost(|room| self.run.owed(room as usize))
    }

    fn take_messages(&mut self) -> Result<(), Broken> {
        let now = Instant::now();
        while let Some(event) = self.wire.next()? {
            let Event::Heard { id, payload } = event else { continue };
            if let Some(id) = id {
                self.wire.acknowledge(id);
            }
            if let Some(mark) = Mark::find(&payload, &mut self.place).filter(|mark| mark.run == self.run.id) {
                self.count(mark, now);
            }
        }
        if let Some((followers, place)) = &self.follows {
            followers.pass(*place, self.tallies.slowest());
        }
        Ok(())
    }

    fn count(&mut self, mark: Mark, now: Instant) {
        match self.tallies.hear(mark.room, mark.number) {
            Some(true) => {
                self.told.heard += 1;
                self.told.in_time += u64::from(now <= self.run.stop());
                self.told.last = Some(now);
                self.run.deliveries.record(self.number, self.run.micros(now).saturating_sub(mark.due));
            }
            Some(false) => {}
            None => self.told.flaws.strayed += 1,
        }
    }
}
