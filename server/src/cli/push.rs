//! `natter push`: who is told while they are away, and whether that works.

use super::Asking;
use chat::Handle;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Push {
    /// Print a new key for pushes to browsers (VAPID), and its public half for the page
    Key {
        /// Print an object of JSON
        #[arg(long)]
        json: bool,
    },
    #[command(flatten)]
    Ask(PushAsk),
}

/// What administrators ask.
#[derive(Debug, Subcommand)]
pub(crate) enum PushAsk {
    /// Push something to a user's devices, and tell what came of it
    Test {
        /// The user's handle
        user: Handle,
        /// Only this device, by its MQTT client id
        #[arg(long, value_name = "ID")]
        device: Option<String>,
        /// Only for this app
        #[arg(long)]
        app: Option<String>,
        #[command(flatten)]
        asking: Asking,
    },
    /// List where a user's devices are reached
    Devices {
        /// The user's handle
        user: Handle,
        #[command(flatten)]
        asking: Asking,
    },
    /// Show what waits and what came of everything so far
    Status(Asking),
}
