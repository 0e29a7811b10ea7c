//! `natter user`: people and their accounts.

use super::{Asking, Data, Listing};
use chat::Handle;
use clap::{Args, Subcommand};
use secrecy::SecretString;

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Add a user; asks for the password if it is not given
    Add(UserAdd),
    /// List users
    List(Listing),
    #[command(flatten)]
    Ask(UserAsk),
}

#[derive(Debug, Args)]
pub(crate) struct UserAdd {
    /// The user's handle
    pub(crate) name: Handle,
    /// The password; others on this machine can see it while the command runs
    #[arg(long, value_name = "PW", conflicts_with = "password_stdin")]
    pub(crate) password: Option<SecretString>,
    /// Read the password from the first line of standard input
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// This user administers the server
    #[arg(long)]
    pub(crate) admin: bool,
    #[command(flatten)]
    pub(crate) data: Data,
}

/// What is asked about one user.
#[derive(Debug, Args)]
pub(crate) struct OfUser {
    /// The user's handle
    pub(crate) name: Handle,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// What administrators do with users.
#[derive(Debug, Subcommand)]
pub(crate) enum UserAsk {
    /// Show an account
    Show(OfUser),
    /// Let nobody in as this user; who is here is disconnected
    Deactivate(OfUser),
    /// Let a deactivated user in again
    Reactivate(OfUser),
    /// End everything the user came in with
    Logout(OfUser),
    /// Print a link with which the user sets a new password
    Link(OfUser),
    /// Print an invitation to register
    Invite {
        /// How many may register with it
        #[arg(long, default_value_t = 1)]
        uses: u32,
        #[command(flatten)]
        asking: Asking,
    },
}
