//! What a load costs the server: read before, read after, and looked at in between.

mod process; // as Linux tells it

mod peak; // what is only there for a while

pub(crate) use process::Cost;

use crate::Failed;
use crate::lookout::{Lookout, Work};
use crate::report::{Disk, Server};
use crate::target::Target;
use peak::Peaks;

/// A measurement that has begun.
pub(crate) struct Meter<'a> {
    lookout: &'a Lookout,
    process: Option<u32>,
    cost: Option<Cost>,
    work: Option<Work>,
    peaks: Peaks,
}

impl<'a> Meter<'a> {
    /// Begins to measure.
    pub(crate) async fn start(target: Target<'a>) -> Result<Meter<'a>, Failed> {
        let Target { process, lookout, .. } = target;
        let work = lookout.work().await;
        let peaks = Peaks::watch(process, lookout.wal.clone());
        Ok(Meter { lookout, process, cost: Cost::of(process)?, work, peaks })
    }

    /// What the process has cost since.
    pub(crate) async fn read(self) -> Result<(Option<Server>, Option<Disk>), Failed> {
        let cost = Cost::of(self.process)?;
        let (rss_peak, wal_peak) = self.peaks.end();
        let server = self.cost.zip(cost).map(|(before, after)| Server {
            cpu_seconds: after.cpu_seconds - before.cpu_seconds,
            rss: after.rss,
            rss_peak: rss_peak.max(before.rss).max(after.rss),
        });
        let work = self.work.zip(self.lookout.work().await);
        Ok((server, work.map(|(before, after)| Disk::between(before, after, wal_peak))))
    }
}
