//! The command line: what a person may type.

use crate::call::Param;
use crate::config::duration;
use crate::reach::Door;
use chat::Handle;
use clap::{Args, Parser, Subcommand};
use secrecy::SecretString;
use std::path::PathBuf;
use std::time::Duration;

/// A chat server that any MQTT client can use.
///
/// Without a command it serves. Commands speak to the server that runs on the same data folder; without one
/// they open the folder themselves.
#[derive(Debug, Parser)]
#[command(name = "natter", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) serve: Serve,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server (what `natter` alone does, too)
    Serve(Serve),
    #[command(flatten)]
    Ask(Ask),
    /// Say something in a room
    Say(Say),
    /// Hear what is said, until interrupted
    Listen(Listen),
    /// Chat in a terminal: rooms, messages, and a line to type in
    Chat(Chat),
    /// Put load on a server of this machine, and tell how it bore it
    Bench {
        /// Which load
        #[command(subcommand)]
        load: bench::Load,
    },
}

/// One question and its answer.
#[derive(Debug, Subcommand)]
pub(crate) enum Ask {
    /// Add, list and look after users
    #[command(subcommand)]
    User(User),
    /// Make rooms, add and remove members, list rooms
    #[command(subcommand)]
    Room(Room),
    /// Accounts and keys of programs: bots, back ends
    #[command(subcommand)]
    Key(Key),
    /// Ask for anything that the API can do, as `rpc/{method}` does: topics.md lists it
    #[command(name = "ask")]
    Call(Call),
    /// Print an access token: the password of an MQTT client that should not know the account's
    Token(Token),
}

/// Settings that a flag may overrule. They stay as typed: the configuration checks them as it checks the file.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Serve {
    /// Settings as TOML; natter.example.toml explains each
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where everything is kept [default: ./natter-data]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<String>,
    /// A PostgreSQL instead of the file in the data folder: postgres://user@host/database. A password is better in the
    /// variable NATTER_STORE__DATABASE, where others on this machine do not see it
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Where MQTT clients connect [default: 127.0.0.1:1883]
    #[arg(long, value_name = "ADDR")]
    pub(crate) mqtt: Option<String>,
    /// Where HTTP and MQTT over WebSocket are [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub(crate) http: Option<String>,
    /// To look around: users ann and bo (password demo), a room tea, data in ./natter-data/demo
    #[arg(long)]
    pub(crate) demo: bool,
}

/// Which server a command is about.
#[derive(Debug, Clone, Args)]
pub(crate) struct Data {
    /// The server's data folder
    #[arg(
        long,
        value_name = "DIR",
        env = "NATTER_SERVER__DATA",
        default_value = "./natter-data",
        hide_env_values = true
    )]
    pub(crate) data: PathBuf,
}

/// Which server a command chats with.
#[derive(Debug, Clone, Args)]
pub(crate) struct Reach {
    #[command(flatten)]
    pub(crate) data: Data,
    /// A server anywhere, instead of the one on the data folder; asks for the password
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) server: Option<Door>,
    /// Read the password, or a token, from the first line of standard input
    #[arg(long, visible_alias = "token-stdin", requires = "server")]
    pub(crate) password_stdin: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Add a user; asks for the password if it is not given
    Add(UserAdd),
    /// List users
    List(Data),
    #[command(flatten)]
    Ask(UserAsk),
}

/// How the API is asked.
#[derive(Debug, Clone, Args)]
pub(crate) struct Asking {
    /// In whose name [default: the first administrator's]
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) by: Option<Handle>,
    /// Print the answer as it is, not as a table
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) data: Data,
}

#[derive(Debug, Args)]
pub(crate) struct Call {
    /// Such as rooms.list or messages.say
    pub(crate) method: String,
    /// What it takes, such as room=tea limit=5 members='["bo"]'; KEY=- reads the first line of standard input
    #[arg(value_name = "KEY=VALUE")]
    pub(crate) params: Vec<Param>,
    #[command(flatten)]
    pub(crate) asking: Asking,
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

#[derive(Debug, Subcommand)]
pub(crate) enum Room {
    /// Make a room, or add members to one that is there
    Add(Members),
    /// End memberships
    Remove(Members),
    /// List rooms and their members
    List(Data),
}

#[derive(Debug, Args)]
pub(crate) struct Members {
    /// The room's handle
    pub(crate) room: Handle,
    /// Who; may be given several times or take several names
    #[arg(long = "member", value_name = "NAME", required = true, num_args = 1..)]
    pub(crate) members: Vec<Handle>,
    #[command(flatten)]
    pub(crate) data: Data,
}

#[derive(Debug, Args)]
pub(crate) struct Say {
    /// The room's handle
    pub(crate) room: Handle,
    /// What to say
    pub(crate) text: String,
    /// Who says it
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) speaker: Handle,
    #[command(flatten)]
    pub(crate) reach: Reach,
}

#[derive(Debug, Args)]
pub(crate) struct Listen {
    /// Only this room; otherwise every room the user is in
    pub(crate) room: Option<Handle>,
    /// With whose ears
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) listener: Handle,
    #[command(flatten)]
    pub(crate) reach: Reach,
}

#[derive(Debug, Args)]
pub(crate) struct Chat {
    /// Who chats
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) user: Handle,
    #[command(flatten)]
    pub(crate) reach: Reach,
}

#[derive(Debug, Args)]
pub(crate) struct Token {
    /// Whose token
    pub(crate) name: Handle,
    /// How long it is good for, such as 15m, 24h or 30d [default: the server's `auth.token_ttl`, 24h]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) ttl: Option<Duration>,
    #[command(flatten)]
    pub(crate) data: Data,
}
