//! The load of many that come back at once.

use super::Natter;
use clap::Args;

/// Sessions that come back at once.
#[derive(Debug, Clone, Args)]
pub struct Storm {
    /// How many sessions, each of its own user
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u16).range(1..=50_000))]
    pub sessions: u16,
    /// Messages that each of them misses, spread over its rooms
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(0..=1_000))]
    pub missed: u16,
    /// Rooms that each user is in
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub rooms: u16,
    /// Members of each room
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub members: u16,
    /// Others talk meanwhile, in pairs: messages a second of all of them together
    #[arg(long, conflicts_with = "people", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub rate: Option<u32>,
    /// How many pairs
    #[arg(long, default_value_t = 100, requires = "rate", value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub pairs: u16,
    /// Bytes of a message
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(64..=65_536))]
    pub size: u32,
    /// How long it may take to say what is missed, and to catch up, in seconds
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub patience: u64,
    #[command(flatten)]
    /// Against which Natter.
    pub natter: Natter,
}
