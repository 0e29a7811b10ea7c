//! The command line: what a person may type.

mod user; // people

mod room; // where they meet

mod key; // programs

mod token; // devices

mod grant; // what they may do in apps

mod push; // how they are told while their people are away

pub(crate) use grant::{Grant, Patterns, Whom};
pub(crate) use key::Key;
pub(crate) use push::{Push, PushAsk};
pub(crate) use room::{OfMember, OfRoom, Room, RoomAsk, RoomCreate};
pub(crate) use token::{Token, TokenAsk};
pub(crate) use user::{User, UserAdd, UserAsk};

use crate::call::Param;
use crate::reach::Door;
use chat::Handle;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

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
    /// How people are told while they are away: try it, see how it stands
    #[command(subcommand)]
    Push(Push),
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
    /// Make rooms, say who is in them and what is set for them
    #[command(subcommand)]
    Room(Room),
    /// Accounts and keys of programs: bots, back ends
    #[command(subcommand)]
    Key(Key),
    /// Say who may use the topics of an app, apps/APP/…
    #[command(subcommand)]
    Grant(Grant),
    /// Ask for anything that the API can do, as `rpc/{method}` does: topics.md lists it
    #[command(name = "ask")]
    Call(Call),
    /// Print an access token: the password of an MQTT client that should not know the account's. Or look after tokens of
    /// devices
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
    /// What this process runs, with commas between [default: broker,api,push]
    #[arg(long, value_name = "ROLES")]
    pub(crate) roles: Option<String>,
    /// A PostgreSQL instead of the file in the data folder: postgres://user@host/database. A password is better in the
    /// variable NATTER_STORE__DATABASE, where others on this machine do not see it
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Where MQTT clients connect [default: 127.0.0.1:1883]
    #[arg(long, value_name = "ADDR")]
    pub(crate) mqtt: Option<String>,
    /// Where MQTT clients connect with TLS; needs `[tls]` in the settings [default: nowhere; usual: port 8883]
    #[arg(long, value_name = "ADDR")]
    pub(crate) mqtts: Option<String>,
    /// Where HTTP and MQTT over WebSocket are [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub(crate) http: Option<String>,
    /// Where both are with TLS; needs `[tls]` in the settings [default: nowhere; usual: port 443]
    #[arg(long, value_name = "ADDR")]
    pub(crate) https: Option<String>,
    /// To look around: ann, an administrator, and bo (password demo), a room tea, data in ./natter-data/demo
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
    /// A server anywhere, instead of the one on the data folder; with mqtts:// by TLS. Asks for the password
    #[arg(long, value_name = "[mqtts://]HOST[:PORT]")]
    pub(crate) server: Option<Door>,
    /// Trust who is in this PEM file to sign the server's certificate, beside those whom the system trusts
    #[arg(long, value_name = "FILE", requires = "server")]
    pub(crate) ca: Option<PathBuf>,
    /// Read the password, or a token, from the first line of standard input
    #[arg(long, visible_alias = "token-stdin", requires = "server")]
    pub(crate) password_stdin: bool,
}

/// How the API is asked.
#[derive(Debug, Clone, Args)]
pub(crate) struct Asking {
    /// In whose name [default: the owner's of the room it is about, otherwise the first administrator's]
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) by: Option<Handle>,
    #[command(flatten)]
    pub(crate) listing: Listing,
}

/// How an answer is shown.
#[derive(Debug, Clone, Args)]
pub(crate) struct Listing {
    /// Print the answer as it is, an object of JSON a line, not as a table
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
    /// Ask for the next page as long as there is one
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) asking: Asking,
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
