//! The load of being there.

use super::Natter;
use clap::Args;

/// Connections at rest.
#[derive(Debug, Clone, Args)]
pub struct Idle {
    /// How many connections, each of its own user
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u16).range(1..=50_000))]
    pub connections: u16,
    /// Rooms that each user is in
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub rooms: u16,
    /// Members of each room
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub members: u16,
    /// By WebSocket; --server is then where the server takes HTTP
    #[arg(long)]
    pub websocket: bool,
    /// How long they are there before the memory is read, in seconds
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub seconds: u64,
    #[command(flatten)]
    /// Against which Natter.
    pub natter: Natter,
}
