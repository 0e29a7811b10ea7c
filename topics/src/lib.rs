//! `topics.md` as types: the names of topics, who may use them, and the payloads on them.
//!
//! A topic or a payload that this crate can read is one that the page describes; whatever else arrives is
//! an error in words fit for its sender. Nothing here knows a socket, a session or a member: an address
//! is a value, and who is a member is asked elsewhere. Modules stand in the order in which a publish
//! meets them.

mod address; // a topic becomes an address

pub mod access; // which addresses a client may use at all

pub mod filter; // what a subscription could hear

pub mod realm; // whose a topic is

pub mod pattern; // filters laid over topics

pub mod grant; // who may use the topics of an app

pub mod replay; // where a subscription begins

pub mod rpc; // what a request is called, and where its answer goes

pub mod payload; // bytes become content, and entries become bytes

pub mod page; // the page itself, with its examples

pub use address::{Address, Flaw, Format, Section, Topic, TopicError};

/// The front of a text that somebody else wrote, short enough for an error or an answer.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
