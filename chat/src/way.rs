//! The ways into a room beside being brought in: invitations, requests and links.

use crate::{Role, Timestamp};
use std::fmt;

/// The hash of a link that lets people in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkHash(pub [u8; 32]);

/// The number of a link, by which it is taken back. Whoever knows it comes in by nothing: see [`LinkHash`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkId(pub i64);

/// A link that lets into a room whoever has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewLink {
    /// A fresh snowflake.
    pub id: LinkId,
    /// Of what is in the link.
    pub hash: LinkHash,
    /// As what it lets in: a guest or a member.
    pub role: Role,
    /// How often it may be used; `None` is without end.
    pub uses: Option<u32>,
    /// Until when it is good, if it ends.
    pub until: Option<Timestamp>,
}

/// What somebody says who would like to be let in. It is for those who let people in, so it is in no entry, and its
/// `Debug` tells how much it is, never what.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Plea(pub Box<str>);

impl fmt::Debug for Plea {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plea({} bytes)", self.0.len())
    }
}

/// How many ways into a room are open, and good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenWays {
    /// Invitations into the room.
    pub invitations: u32,
    /// Invitations of the one to whom it is done, into any room.
    pub of_one: u32,
    /// Those who ask to be let in.
    pub requests: u32,
    /// Links.
    pub links: u32,
}

impl OpenWays {
    /// Most invitations of one room at a time: whoever needs more makes a link.
    pub const INVITATIONS: u32 = 1_000;
    /// Most invitations of one person at a time: a list that is still looked through.
    pub const INVITATIONS_OF_ONE: u32 = 200;
    /// Most requests of one room at a time.
    pub const REQUESTS: u32 = 1_000;
    /// Most links of one room at a time.
    pub const LINKS: u32 = 50;
}
