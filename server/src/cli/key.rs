//! `natter key`: programs and what they come in with.

use super::Asking;
use chat::Handle;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Add a program's account
    Service {
        /// Its handle
        service: Handle,
        #[command(flatten)]
        asking: Asking,
    },
    /// Print a new key for a program; it is seen this once
    Add {
        /// The program's handle
        service: Handle,
        /// What a list shall show
        #[arg(long)]
        label: String,
        /// What it is good for, such as mqtt rooms:read messages:write
        #[arg(long = "scope", value_name = "SCOPE", required = true, num_args = 1..)]
        scopes: Vec<String>,
        #[command(flatten)]
        asking: Asking,
    },
    /// List the keys of a program
    List {
        /// The program's handle
        service: Handle,
        #[command(flatten)]
        asking: Asking,
    },
    /// End a key; what came in by it is disconnected
    End {
        /// The program's handle
        service: Handle,
        /// The key's number
        id: u64,
        #[command(flatten)]
        asking: Asking,
    },
}
