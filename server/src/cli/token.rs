//! `natter token`: what people and their devices come in with.

use super::{Data, Listing, Patterns};
use crate::config::duration;
use chat::Handle;
use clap::{Args, Subcommand};
use std::time::Duration;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Token {
    #[command(subcommand)]
    pub(crate) ask: Option<TokenAsk>,
    /// Whose token
    #[arg(required = true)]
    pub(crate) name: Option<Handle>,
    /// How long it is good for, such as 15m, 24h or 30d [default: the server's `auth.token_ttl`, 24h]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) ttl: Option<Duration>,
    /// The one MQTT client id it is good for [default: any]
    #[arg(long, value_name = "ID")]
    pub(crate) device: Option<String>,
    #[command(flatten)]
    pub(crate) patterns: Patterns,
    #[command(flatten)]
    pub(crate) data: Data,
}

/// Tokens that are kept, in the name of whose they are.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenAsk {
    /// Print a new token for a small device; it is seen this once
    Add {
        /// Whose device
        name: Handle,
        /// Its MQTT client id, the only one the token is good for
        device: String,
        /// What a list shall show
        #[arg(long, default_value = "")]
        label: String,
        /// How long it is good for [default: until it is ended]
        #[arg(long, value_name = "TIME", value_parser = duration)]
        ttl: Option<Duration>,
        #[command(flatten)]
        listing: Listing,
    },
    /// List somebody's logins, device tokens and keys
    List {
        /// Whose
        name: Handle,
        #[command(flatten)]
        listing: Listing,
    },
    /// End one of them; what came in by it is disconnected
    End {
        /// Whose
        name: Handle,
        /// The number that `list` shows
        id: u64,
        #[command(flatten)]
        listing: Listing,
    },
}
