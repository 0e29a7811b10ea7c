//! Invitations to register, and links for people who lost their password. An administrator hands them out.

use super::AccountError;
use super::login::after;
use crate::Bridge;
use crate::identity::secret::{self, INVITATION, LINK};
use chat::{Handle, UserId};
use secrecy::SecretString;
use std::time::Duration;
use store::{NewTicket, Ticket, TicketId, TicketKind};

/// A ticket that was made, with its secret: it is seen this once.
#[derive(Debug)]
pub struct TicketGiven {
    /// What it is.
    pub ticket: Ticket,
    /// What to hand out.
    pub secret: SecretString,
}

impl Bridge {
    /// An invitation that so many may register with.
    ///
    /// # Errors
    /// The store's.
    pub async fn invite(&self, by: UserId, uses: u32, ttl: Duration) -> Result<TicketGiven, AccountError> {
        self.hand_out(TicketKind::Invitation, by, uses, ttl).await
    }

    /// A link with which this user sets a new password, once.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`], also for a program, which has no password.
    pub async fn link(&self, by: UserId, user: &Handle, ttl: Duration) -> Result<TicketGiven, AccountError> {
        let account = self.user(user).await?;
        if account.service {
            return Err(AccountError::NoSuchUser(user.clone()));
        }
        self.hand_out(TicketKind::Reset(account.id), by, 1, ttl).await
    }

    async fn hand_out(
        &self,
        kind: TicketKind,
        by: UserId,
        uses_left: u32,
        ttl: Duration,
    ) -> Result<TicketGiven, AccountError> {
        let letters = if kind == TicketKind::Invitation { INVITATION } else { LINK };
        let secret = secret::ticket(letters)?;
        let now = self.core().now();
        let id = TicketId(self.number()?);
        let ticket = Ticket { id, kind, by, uses_left, created_at: now, expires_at: after(now, ttl) };
        self.people().add_ticket(&NewTicket { ticket: ticket.clone(), secret: secret.hash }).await?;
        Ok(TicketGiven { ticket, secret: secret.text })
    }

    /// Tickets that are good, by number, after `after`, at most `limit` (up to 1,000).
    ///
    /// # Errors
    /// The store's.
    pub async fn tickets(&self, after: Option<TicketId>, limit: u32) -> Result<Vec<Ticket>, AccountError> {
        Ok(self.people().tickets(after, limit, self.core().now()).await?)
    }

    /// Takes a ticket back.
    ///
    /// # Errors
    /// [`AccountError::NoSuchTicket`].
    pub async fn end_ticket(&self, id: TicketId) -> Result<(), AccountError> {
        match self.people().end_ticket(id).await? {
            true => Ok(()),
            false => Err(AccountError::NoSuchTicket),
        }
    }
}
