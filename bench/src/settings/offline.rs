//! The load of much that was missed by few.

use super::Natter;
use clap::Args;

/// Sessions that are away while much is said.
#[derive(Debug, Clone, Args)]
pub struct Offline {
    /// Messages that each session misses
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub messages: u32,
    /// Rooms they are spread over
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub rooms: u16,
    /// How many sessions, each of its own user, all in all of the rooms
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub sessions: u16,
    /// Bytes of a message
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(64..=65_536))]
    pub size: u32,
    /// How long it may take to say them, and to hear them, in seconds
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub patience: u64,
    #[command(flatten)]
    /// Against which Natter.
    pub natter: Natter,
}
