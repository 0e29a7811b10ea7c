//! `natter`, the one program: it puts the houses together, starts them and lets them go in order.
//!
//! Everything a person meets is here: the command line, the configuration, the words of an error, the log. What
//! the product does is in the other crates; nothing here knows a packet, a room's rules or SQL. Modules stand in
//! the order in which a start meets them.

mod cli; // what a person typed

mod config; // what they wished for

mod telemetry; // what the program says of itself

mod house; // the data folder: keys, store, bridge

mod storage; // which store, and where

mod push; // who tells people that are away

mod serve; // listeners on top of it, until a signal

mod status; // how it is, told below `$SYS`

mod ports; // where it listens, and who is told

mod tls; // and with TLS

mod http; // health and MQTT over WebSocket

mod demo; // a house with people in it

mod drain; // an orderly end

mod command; // one request to a server or to the folder

mod call; // of everything that the API can do

mod control; // how it gets there

mod reach; // the way of a command that chats

mod say; // one message

mod listen; // many

mod terminal; // all of it, on a screen

mod vapid; // a key for an app in browsers

mod password; // where a new one comes from

mod page; // what a command prints

mod table; // and in which shape

mod load; // how much a server bears

use anyhow::Context;
use clap::Parser;
use cli::{Cli, Command, Push};
use std::process::ExitCode;
use time::UtcOffset;

/// Gives memory back after a storm of connections, which the system's allocator does not.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            page::complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    // While this is the only thread: with others the system's clock may not be asked for its zone.
    let zone = UtcOffset::current_local_offset().unwrap_or(UtcOffset::UTC);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start threads")?;
    let done = runtime.block_on(async {
        match cli.command {
            None => serve::serve(&cli.serve).await,
            Some(Command::Serve(flags)) => serve::serve(&flags).await,
            Some(Command::Ask(ask)) => command::run(ask).await,
            Some(Command::Push(Push::Ask(ask))) => command::ask(call::push(ask)).await,
            Some(Command::Push(Push::Key { json })) => vapid::print(json),
            Some(Command::Say(say)) => say::run(&say).await,
            Some(Command::Listen(listen)) => listen::run(&listen).await,
            Some(Command::Chat(chat)) => terminal::run(&chat, zone).await,
            Some(Command::Bench { load }) => load::run(&load).await,
        }
    });
    // What still runs now was told to end and had its time.
    runtime.shutdown_background();
    done
}
