//! `natter room`: where people meet, and who may do what there.

use super::{Asking, Data, Listing};
use crate::call::Param;
use crate::config::duration;
use chat::Handle;
use clap::{Args, Subcommand, ValueEnum};
use std::time::Duration;

#[derive(Debug, Subcommand)]
pub(crate) enum Room {
    /// Make a room, or add members to one that is there; the first is its owner
    Add(Members),
    /// End memberships
    Remove(Members),
    /// List rooms and their members
    List(Listing),
    #[command(flatten)]
    Ask(RoomAsk),
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

/// What its people do with a room. Without a name it is asked in its owner's.
#[derive(Debug, Subcommand)]
pub(crate) enum RoomAsk {
    /// Make a room with whatever shall be set for it; who asks is its owner
    Create(RoomCreate),
    /// Show a room and what is set for it
    Show(OfRoom),
    /// Set something for a room, such as name="Tea room" join=open
    Set {
        /// The room's handle
        room: Handle,
        /// What docs/api.md lists under `settings`; KEY= takes a text away
        #[arg(value_name = "KEY=VALUE", required = true)]
        settings: Vec<Param>,
        #[command(flatten)]
        asking: Asking,
    },
    /// List who is in a room and what they are there
    Members(OfRoom),
    /// Say what somebody is in a room: guest, member or admin
    Role {
        #[command(flatten)]
        of: OfMember,
        /// What
        role: Role,
    },
    /// Make somebody else the owner
    Owner(OfMember),
    /// Show somebody out
    Kick(OfMember),
    /// Let somebody in no more
    Ban(OfMember),
    /// Let somebody in again
    Unban(OfMember),
    /// List who is banned
    Bans(OfRoom),
    /// Have somebody listen only
    Mute {
        #[command(flatten)]
        of: OfMember,
        /// For how long, such as 15m or 24h; until `unmute` without it
        #[arg(long = "for", value_name = "TIME", value_parser = duration)]
        time: Option<Duration>,
    },
    /// Let somebody speak again
    Unmute(OfMember),
    /// Invite somebody, who comes in or declines
    Invite {
        #[command(flatten)]
        of: OfMember,
        /// How long the invitation is good for [default: 7d]
        #[arg(long, value_name = "TIME", value_parser = duration)]
        ttl: Option<Duration>,
    },
    /// List who is invited
    Invitations(OfRoom),
    /// Print a link with which others come in; it is seen this once
    Link {
        #[command(flatten)]
        of: OfRoom,
        /// How many may come in by it [default: as many as like to]
        #[arg(long)]
        uses: Option<u32>,
        /// How long it is good for [default: until `unlink`]
        #[arg(long, value_name = "TIME", value_parser = duration)]
        ttl: Option<Duration>,
    },
    /// List the links into a room
    Links(OfRoom),
    /// Take a link back
    Unlink {
        #[command(flatten)]
        of: OfRoom,
        /// The link's number
        id: u64,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RoomCreate {
    /// The room's handle
    pub(crate) room: Handle,
    /// Whether people talk with each other or few write and many read
    #[arg(long, default_value = "group")]
    pub(crate) kind: Kind,
    /// Who is in it from the start, beside its owner
    #[arg(long = "member", value_name = "NAME", num_args = 1..)]
    pub(crate) members: Vec<Handle>,
    /// What shall be set otherwise than is usual, such as name="Tea room" join=open
    #[arg(long = "set", value_name = "KEY=VALUE", num_args = 1..)]
    pub(crate) settings: Vec<Param>,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// What is asked about one room.
#[derive(Debug, Args)]
pub(crate) struct OfRoom {
    /// The room's handle
    pub(crate) room: Handle,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// What is asked about somebody in one room.
#[derive(Debug, Args)]
pub(crate) struct OfMember {
    /// The room's handle
    pub(crate) room: Handle,
    /// Who
    #[arg(value_name = "NAME")]
    pub(crate) user: Handle,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// What sort of room.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Kind {
    Group,
    Channel,
}

/// What somebody can be made in a room.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Role {
    Guest,
    Member,
    Admin,
}
