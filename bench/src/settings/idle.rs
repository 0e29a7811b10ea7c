//! The load of being there.

use super::{House, Place};
use clap::Args;

/// Connections at rest.
#[derive(Debug, Clone, Args)]
pub struct Idle {
    /// How many connections, each of its own user, in rooms of a hundred
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u16).range(1..=50_000))]
    pub connections: u16,
    /// How long they are there before the memory is read, in seconds
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub seconds: u64,
    #[command(flatten)]
    /// Whose users and rooms.
    pub house: House,
    #[command(flatten)]
    /// Against which server.
    pub place: Place,
}
