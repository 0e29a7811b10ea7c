//! Natter from Rust: what is said comes as typed events, and what you say is stored once.
//!
//! A [`Client`] keeps one connection over MQTT 5 and makes a new one when it is lost. Its promises:
//! - what [`Client::say`] answers with a [`Receipt`] is on the server's disk, once, however often the
//!   connection was lost on the way;
//! - an [`Event`] counts as heard when you say so ([`Said::taken`]) and not before; what you dropped, or what
//!   your program died over, comes again with the next connection;
//! - of each room every entry comes once and in order, and where entries are missing a [`Gap`] says so; what was
//!   heard before can be heard again ([`Client::replay`]);
//! - a network that cuts, stalls or closes half of a connection is noticed in bounded time ([`Options::patience`]),
//!   and nothing is lost or doubled by it.
//!
//! A program that starts again under the same device goes on behind what it took. What it took last, and was not
//! acknowledged when it ended, comes once more: `(room, seq)` tells.
//!
//! Messages that wait for their receipt are held in memory, where a program that ends before it has the receipt
//! doesn't know whether the message was taken; or in a file ([`Options::outbox_file`]), from which the next start of
//! the program sends them. The contract with the server is `topics.md`.
//!
//! ```no_run
//! use client::{Client, Content, Event, Handle, Options};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let options = Options::new(Handle::new("ann")?, "the token, or the password", "laptop").server("localhost", 1883);
//! let client = Client::connect(options).await?;
//!
//! let tea = Handle::new("tea")?;
//! let receipt = client.say(&tea, Content::text("the kettle is on")).await?;
//! assert!(!receipt.duplicate);
//!
//! let events = client.said();
//! while let Some(event) = events.next().await {
//!     match event {
//!         Event::Said(mut said) => {
//!             if let Some(words) = said.text() {
//!                 eprintln!("{} in {}: {words}", said.from, said.room);
//!             }
//!             client.read(&said.room, said.seq).await?;
//!             said.taken(); // only now is it acknowledged
//!         }
//!         Event::Gap(mut gap) => {
//!             eprintln!("{} to {} of {} were not told", gap.from, gap.to, gap.room);
//!             gap.taken();
//!         }
//!         Event::Connection(connection) => eprintln!("{connection}"),
//!         _ => {}
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A program that may end, or have no network, at any time, keeps its outbox in a file:
//!
//! ```no_run
//! use client::{Client, Content, Event, Handle, Options};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let options = Options::new(Handle::new("ann")?, "the token, or the password", "phone").outbox_file("ann.outbox");
//! let client = Client::start(options).await?; // without waiting for a connection
//! let message = client.say_to(&Handle::new("bo")?, Content::text("are you there?"));
//! client.kept().await?; // from here on it will be sent, by this run of the program or the next
//!
//! let events = client.said();
//! while let Some(event) = events.next().await {
//!     if let Event::Answered(mut answered) = event {
//!         eprintln!("what was said as {:?} before the restart: {:?}", answered.draft, answered.answer);
//!         answered.taken(); // only now does it leave the file
//!     }
//! }
//! # message.await?;
//! # Ok(())
//! # }
//! ```
//!
//! Tokens end. A program with an account server gives a function that fetches the next one:
//!
//! ```no_run
//! use client::{Client, Handle, Options, Proof};
//! use std::time::{Duration, SystemTime};
//!
//! # async fn fetch_token() -> Result<String, std::io::Error> { Ok("the token".to_owned()) }
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let provider = || async {
//!     let token = fetch_token().await?;
//!     Ok::<_, std::io::Error>(Proof::new(token).until(SystemTime::now() + Duration::from_secs(900)))
//! };
//! let client = Client::connect(Options::renewing(Handle::new("ann")?, provider, "phone")).await?;
//! # drop(client);
//! # Ok(())
//! # }
//! ```
//!
//! To a server on another machine it goes by TLS:
//!
//! ```no_run
//! use client::{Client, Handle, Offline, Options, Tls};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let tls = Tls::new(); // trusts whom the system trusts; `ca_file` names an authority of your own
//! let options = Options::new(Handle::new("ann")?, "the token, or the password", "laptop");
//! match Client::connect(options.server("chat.example.org", 8883).tls(tls)).await {
//!     Ok(client) => client.close().await,
//!     Err(Offline::Tls(why)) => eprintln!("this is no server to trust: {why}"),
//!     Err(why) => eprintln!("there is no connection: {why}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Modules stand in the order in which a program meets them.

mod options; // who connects, to where, and how patiently

mod proof; // and how that is proved

mod tls; // to whom, and how that is proved

mod client; // what a program holds

mod payload; // what is said, on its way to the server and back

mod answer; // what a PUBACK says

mod property; // a word beside the fields of a packet

mod event; // what a program hears

mod inbox; // what was heard and not yet taken

mod outbox; // what was said and not yet acknowledged

mod replay; // what is wished to be heard again

mod link; // one connection after the other

mod connection; // one of them

mod offline; // why there is none

mod hints; // and what the server advised

pub use crate::answer::{Receipt, Refused, SayError};
pub use crate::client::{Client, Events};
pub use crate::event::{Answered, Connection, Event, Gap, Said, To, What};
pub use crate::offline::Offline;
pub use crate::options::Options;
pub use crate::outbox::journal::{OutboxError, OutboxFlaw};
pub use crate::proof::Proof;
pub use crate::replay::ReplayError;
pub use crate::tls::{Tls, TlsError};
pub use chat::{
    Content, Deed, Draft, Handle, Kind, NotAHandle, NotASign, Objection, Seq, Sign, Timestamp, Wording,
};
