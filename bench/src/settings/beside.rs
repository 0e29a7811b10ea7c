//! Filters beside a load.

use clap::Args;
use std::ops::Range;

/// Filters that match nothing of the load: what it costs a server that they are there.
#[derive(Debug, Clone, Args)]
pub struct Beside {
    /// So many distinct filters beside, which match nothing that is published
    ///
    /// Further connections subscribe to them, a hundred in each SUBSCRIBE, before the measured time begins. They stay, and
    /// what comes there is counted as strayed.
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=2_000_000))]
    pub filters: u32,
    /// Filters on one connection; Natter allows as many as `mqtt.max_subscriptions` says
    #[arg(long, default_value_t = 1_000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub filters_each: u32,
    /// How many of a hundred of them have a wildcard
    #[arg(long, default_value_t = 10, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=100))]
    pub wildcards: u32,
}

impl Beside {
    /// How many connections they take.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.filters.div_ceil(self.filters_each) as usize
    }

    /// The numbers of those on this connection.
    pub(crate) fn share(&self, connection: usize) -> Range<u32> {
        let place =
            |connection| u32::try_from(connection).unwrap_or(u32::MAX).saturating_mul(self.filters_each);
        place(connection)..place(connection + 1).min(self.filters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_filter_is_on_one_connection() {
        for (filters, filters_each, connections) in
            [(0, 1_000, 0), (1, 1, 1), (2_500, 1_000, 3), (2_000, 1_000, 2)]
        {
            let beside = Beside { filters, filters_each, wildcards: 10 };
            assert_eq!(beside.connections(), connections);
            let all: Vec<u32> = (0..connections).flat_map(|connection| beside.share(connection)).collect();
            assert_eq!(all, (0..filters).collect::<Vec<u32>>());
        }
    }
}
