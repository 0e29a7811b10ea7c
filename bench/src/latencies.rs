//! How long things took. All connections share a few histograms, so that memory does not follow their number.

use hdrhistogram::Histogram;
use parking_lot::Mutex;

/// Histograms: more than threads, so that none waits for another.
const SHARDS: usize = 16;

/// The longest that is told apart, in microseconds: two minutes, more than any run waits.
const LONGEST: u64 = 120_000_000;

/// Times in microseconds, to three digits.
#[derive(Debug)]
pub(crate) struct Latencies(Vec<Mutex<Histogram<u64>>>);

impl Latencies {
    /// None yet.
    pub(crate) fn new() -> Latencies {
        let shard = || Histogram::new_with_bounds(1, LONGEST, 3).map(Mutex::new).ok();
        Latencies(std::iter::repeat_with(shard).map_while(|shard| shard).take(SHARDS).collect())
    }

    /// A connection saw this one.
    pub(crate) fn record(&self, connection: usize, micros: u64) {
        if let Some(shard) = self.0.get(connection % SHARDS) {
            shard.lock().saturating_record(micros);
        }
    }

    /// Milliseconds under which these shares of them were, and the longest; `None` when there were none.
    pub(crate) fn quantiles<const N: usize>(&self, shares: [f64; N]) -> Option<([f64; N], f64)> {
        let mut all = self.0.first()?.lock().clone();
        for shard in self.0.iter().skip(1) {
            // They have the same bounds, so this cannot fail.
            all.add(&*shard.lock()).ok()?;
        }
        let millis = |micros: u64| micros as f64 / 1_000.0;
        let told = (shares.map(|share| millis(all.value_at_quantile(share))), millis(all.max()));
        (!all.is_empty()).then_some(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_all_connections_together() {
        let latencies = Latencies::new();
        assert_eq!(latencies.quantiles([0.5]), None);
        (1..=1_000_u64).for_each(|ms| latencies.record(ms as usize, ms * 1_000));
        let ([half, most], longest) = latencies.quantiles([0.5, 0.99]).unwrap();
        assert!((half - 500.0).abs() < 1.0 && (most - 990.0).abs() < 1.0, "{half} {most}");
        assert!((longest - 1_000.0).abs() < 1.0, "{longest}");
    }
}
