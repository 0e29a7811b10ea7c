//! Who hears it: acknowledges every message, and notices which do not come once and in order.

use super::tally::Tally;
use crate::mark::Mark;
use crate::run::Run;
use crate::wire::Event;
use crate::wire::{Broken, Wire};
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
    /// Messages acknowledged to their speaker that never came.
    pub(crate) lost: u64,
    /// Messages that had come before.
    pub(crate) doubled: u64,
    /// Messages that came after a later one.
    pub(crate) reordered: u64,
    /// Why the connection ended too early.
    pub(crate) broken: Option<Broken>,
}

/// One who hears.
pub(crate) struct Listener {
    wire: Wire,
    run: Arc<Run>,
    room: usize,
    /// Counted over all rooms.
    number: usize,
    tally: Tally,
    in_time: u64,
}

impl Listener {
    /// Hears what is said in this room, and in no other of the run.
    pub(crate) fn new(wire: Wire, run: Arc<Run>, room: usize, number: usize) -> Listener {
        Listener { wire, run, room, number, tally: Tally::default(), in_time: 0 }
    }

    /// Hears until all that was acknowledged has come, or nobody waits any longer.
    pub(crate) async fn hear(mut self) -> Heard {
        let broken = self.until_all_came().await.err();
        let Tally { heard, doubled, reordered, .. } = self.tally;
        let lost = self.tally.lost(self.run.acknowledged(self.room));
        Heard { heard, in_time: self.in_time, lost, doubled, reordered, broken }
    }

    async fn until_all_came(&mut self) -> Result<(), Broken> {
        let mut silence = self.run.silence();
        let mut end = self.run.end();
        let mut lingers = false;
        loop {
            if !lingers && *silence.borrow() && self.tally.lost(self.run.acknowledged(self.room)) == 0 {
                (lingers, end) = (true, self.run.end().min(Instant::now() + LINGER));
            }
            let silent = *silence.borrow();
            tokio::select! {
                read = self.wire.read() => read?,
                _ = silence.changed(), if !silent => continue,
                () = sleep_until(end) => return Ok(()),
            }
            self.take_messages()?;
            self.wire.flush(self.run.end()).await?;
        }
    }

    fn take_messages(&mut self) -> Result<(), Broken> {
        let now = Instant::now();
        while let Some(event) = self.wire.next()? {
            let Event::Heard { id, payload } = event else { continue };
            if let Some(id) = id {
                self.wire.acknowledge(id);
            }
            if let Some(mark) = Mark::find(&payload).filter(|mark| mark.run == self.run.id) {
                self.count(mark, now);
            }
        }
        Ok(())
    }

    fn count(&mut self, mark: Mark, now: Instant) {
        if self.tally.hear(mark.number) {
            self.in_time += u64::from(now <= self.run.stop());
            self.run.deliveries.record(self.number, self.run.micros(now).saturating_sub(mark.due));
        }
    }
}
