//! What a person may ask for, with its bounds: a load is bounded in time, connections and memory.

use clap::{Args, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Which load.
#[derive(Debug, Clone, Subcommand)]
pub enum Load {
    /// Pairs: one says as fast as the window lets it, the other hears
    Say(Say),
    /// A fixed rate: how long an answer takes, from the moment the message was due
    Latency(Latency),
    /// Rooms: one member says, all others hear
    Room(Room),
    /// Connections that only listen: the server's memory for each
    Idle(Idle),
}

/// Where the server is, how long, and how to tell.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// The server's data folder: users and rooms are made there
    #[arg(
        long,
        value_name = "DIR",
        env = "NATTER_SERVER__DATA",
        default_value = "./natter-data",
        hide_env_values = true
    )]
    pub data: PathBuf,
    /// Where it takes MQTT [default: as it says in its data folder]
    #[arg(long, value_name = "ADDR")]
    pub server: Option<SocketAddr>,
    /// Allow a server that is not on this machine
    #[arg(long)]
    pub any_host: bool,
    /// The server's process: tell what it costs
    #[arg(long, value_name = "PID")]
    pub server_pid: Option<u32>,
    /// How long, in seconds
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub seconds: u64,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Pairs at full speed.
#[derive(Debug, Clone, Args)]
pub struct Say {
    /// How many pairs
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub pairs: u16,
    /// Messages that each may have unanswered
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub window: u16,
    /// Bytes of a message
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(64..=65_536))]
    pub size: u32,
    #[command(flatten)]
    /// Where and how long.
    pub place: Place,
}

/// Pairs at a fixed rate.
#[derive(Debug, Clone, Args)]
pub struct Latency {
    /// How many pairs
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub pairs: u16,
    /// Messages a second, of all pairs together
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub rate: u32,
    /// Bytes of a message
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(64..=65_536))]
    pub size: u32,
    #[command(flatten)]
    /// Where and how long.
    pub place: Place,
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
    /// Bytes of a message
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(64..=65_536))]
    pub size: u32,
    #[command(flatten)]
    /// Where and how long.
    pub place: Place,
}

/// Connections at rest.
#[derive(Debug, Clone, Args)]
pub struct Idle {
    /// How many connections, each of its own user, in rooms of a hundred
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u16).range(1..=50_000))]
    pub connections: u16,
    #[command(flatten)]
    /// Where and how long.
    pub place: Place,
}

impl Load {
    /// Where and how long.
    #[must_use]
    pub fn place(&self) -> &Place {
        match self {
            Load::Say(say) => &say.place,
            Load::Latency(latency) => &latency.place,
            Load::Room(room) => &room.place,
            Load::Idle(idle) => &idle.place,
        }
    }
}
