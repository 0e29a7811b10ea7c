//! Invitations and links that an administrator hands out.

use crate::SecretHash;
use chat::{Timestamp, UserId};

/// A ticket, by a fresh snowflake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TicketId(pub i64);

/// What a ticket is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketKind {
    /// To register.
    Invitation,
    /// To set a new password for this user, who lost theirs.
    Reset(UserId),
}

/// A ticket, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its number.
    pub id: TicketId,
    /// What it is good for.
    pub kind: TicketKind,
    /// Who made it.
    pub by: UserId,
    /// How often it may still be used.
    pub uses_left: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A ticket to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTicket {
    /// What can be known of it.
    pub ticket: Ticket,
    /// What its secret hashes to.
    pub secret: SecretHash,
}
