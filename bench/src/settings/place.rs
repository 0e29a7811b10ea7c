//! Against which server a load goes, and how it is told.

use clap::Args;
use std::path::PathBuf;

/// The server, and how to tell.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// Where it takes MQTT, with mqtts:// by TLS [default: as it says in its data folder]
    #[arg(long, value_name = "[mqtts://]HOST[:PORT]")]
    pub server: Option<String>,
    /// Go by TLS, as with mqtts://; without --server to the port that the server has for it
    #[arg(long)]
    pub tls: bool,
    /// Trust who is in this PEM file to sign the server's certificate, beside those whom the system trusts
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Allow a server that is not on this machine
    #[arg(long)]
    pub any_host: bool,
    /// The server's process: tell what it costs
    #[arg(long, value_name = "PID")]
    pub server_pid: Option<u32>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Where the users and rooms of a load are made.
#[derive(Debug, Clone, Args)]
pub struct House {
    /// The server's data folder: users and rooms are made there
    #[arg(
        long,
        value_name = "DIR",
        env = "NATTER_SERVER__DATA",
        default_value = "./natter-data",
        hide_env_values = true
    )]
    pub data: PathBuf,
    /// Take people from a file instead: a user, a token, and the rooms they are in on each line
    ///
    /// Words are apart by blanks; a line that begins with # is none. Loads of speakers and listeners go by each person's
    /// first room: who comes first in it speaks, in all rooms it is in, and the others hear. Everybody is in their rooms
    /// already, and what such people may say is limited as the server limits it.
    #[arg(long, value_name = "FILE")]
    pub people: Option<PathBuf>,
}

/// A Natter that bears a load.
#[derive(Debug, Clone, Args)]
pub struct Natter {
    #[command(flatten)]
    /// Whose users and rooms.
    pub house: House,
    #[command(flatten)]
    /// Where it is.
    pub place: Place,
}
