//! The loads of speakers and listeners.

use super::Natter;
use clap::Args;

/// Pairs at full speed.
#[derive(Debug, Clone, Args)]
pub struct Say {
    /// How many pairs
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub pairs: u16,
    /// Rooms in which each speaks, one after the other
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub rooms_each: u16,
    /// Messages that each may have unanswered
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub window: u16,
    #[command(flatten)]
    /// What is said, and against which Natter.
    pub talk: Talk,
}

/// Pairs at a fixed rate.
#[derive(Debug, Clone, Args)]
pub struct Latency {
    /// How many pairs
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub pairs: u16,
    /// Rooms in which each speaks, one after the other
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub rooms_each: u16,
    /// Messages a second, of all pairs together
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub rate: u32,
    /// Further connections, each of which reads the log of a room from its beginning, over and over
    ///
    /// They are second devices of those who hear. A hundred read more than a disk gives, and a user has room for them.
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=100))]
    pub replaying: u16,
    #[command(flatten)]
    /// What is said, and against which Natter.
    pub talk: Talk,
}

/// Rooms at full speed.
#[derive(Debug, Clone, Args)]
pub struct Room {
    /// How many rooms
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub rooms: u16,
    /// Members of each, the one who speaks included
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u16).range(2..=10_000))]
    pub members: u16,
    /// Messages that each speaker may have unanswered
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub window: u16,
    #[command(flatten)]
    /// What is said, and against which Natter.
    pub talk: Talk,
}

/// What all of them have.
#[derive(Debug, Clone, Args)]
pub struct Talk {
    /// Bytes of a message
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(64..=65_536))]
    pub size: u32,
    /// How long, in seconds
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub seconds: u64,
    #[command(flatten)]
    /// Against which Natter.
    pub natter: Natter,
}
