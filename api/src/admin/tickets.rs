//! Invitations to register, and links for people who lost their password.

use super::users::SomeUser;
use super::{CHANGE, LOOK};
use crate::accounts::credentials::lifetime;
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Done, Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::{At, Name, Number, Secret};
use bridge::TicketGiven;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::{Ticket, TicketId, TicketKind};
use utoipa::ToSchema;

/// How long an invitation is good for if nobody says otherwise.
const WEEK: Duration = Duration::from_hours(7 * 24);
/// How long a link is: who asked for it waits for it.
const DAY: Duration = Duration::from_hours(24);
/// How many may register with one invitation.
const USES_MOST: u32 = 10_000;

/// An invitation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewInvitation {
    /// How many may register with it, up to 10,000; 1 without it.
    #[schema(minimum = 1, maximum = 10000)]
    uses: Option<u32>,
    /// Seconds until it ends; a week without it.
    #[schema(minimum = 1)]
    expires_in: Option<u64>,
}

/// A page of invitations and links.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketsPage {
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// An invitation or a link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThisTicket {
    id: Number,
}

/// An invitation or a link, without its secret.
#[derive(Debug, Serialize, ToSchema)]
struct TicketSeen {
    id: Number,
    /// `invitation` or `password_reset`.
    kind: &'static str,
    /// Whose password it sets.
    user: Option<Name>,
    /// How often it may still be used.
    uses_left: u32,
    created_at: At,
    expires_at: At,
}

/// The same with its secret, which is seen this once.
#[derive(Debug, Serialize, ToSchema)]
struct TicketHandedOut {
    ticket: TicketSeen,
    /// What to hand out.
    secret: Secret,
}

/// Invitations and links that are good.
#[derive(Debug, Serialize, ToSchema)]
struct Tickets {
    tickets: Vec<TicketSeen>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new(
            "admin.invite",
            (Verb::Post, "/v1/admin/invitations"),
            CHANGE,
            "An invitation to register",
            invite,
        )
        .creates()
        .may(&[Code::Invalid]),
        Method::new(
            "admin.link",
            (Verb::Post, "/v1/admin/users/{user}/password-link"),
            CHANGE,
            "A link with which a user sets a new password",
            link,
        )
        .creates()
        .may(&[Code::NotFound]),
        Method::new("admin.tickets", (Verb::Get, "/v1/admin/tickets"), LOOK, "Invitations and links", list),
        Method::new(
            "admin.end_ticket",
            (Verb::Delete, "/v1/admin/tickets/{id}"),
            CHANGE,
            "Take an invitation or a link back",
            end,
        )
        .may(&[Code::NotFound]),
    ]
}

async fn invite(ask: Ask, input: NewInvitation) -> Result<TicketHandedOut, Problem> {
    let uses = input.uses.unwrap_or(1);
    if !(1..=USES_MOST).contains(&uses) {
        return Err(Problem::new(Code::Invalid, format!("`uses` is from 1 to {USES_MOST}")));
    }
    let ttl = input.expires_in.map_or(Ok(WEEK), lifetime)?;
    let given = ask.bridge().invite(ask.caller()?.account.id, uses, ttl).await?;
    handed_out(&ask, given).await
}

async fn link(ask: Ask, input: SomeUser) -> Result<TicketHandedOut, Problem> {
    let given = ask.bridge().link(ask.caller()?.account.id, &input.user.0, DAY).await?;
    handed_out(&ask, given).await
}

async fn handed_out(ask: &Ask, given: TicketGiven) -> Result<TicketHandedOut, Problem> {
    Ok(TicketHandedOut { ticket: seen(ask, given.ticket).await?, secret: Secret(given.secret) })
}

async fn list(ask: Ask, input: TicketsPage) -> Result<Tickets, Problem> {
    const LIST: &str = "admin.tickets";
    let limit = cursor::limit(input.limit)?;
    let after = cursor::number(LIST, input.after.as_deref())?.map(TicketId);
    let mut found = ask.bridge().tickets(after, limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|last| cursor::after(LIST, &last.id.0.to_string()));
    let mut tickets = Vec::with_capacity(found.len());
    for ticket in found {
        tickets.push(seen(&ask, ticket).await?);
    }
    Ok(Tickets { tickets, next })
}

async fn seen(ask: &Ask, ticket: Ticket) -> Result<TicketSeen, Problem> {
    let (kind, user) = match ticket.kind {
        TicketKind::Invitation => ("invitation", None),
        TicketKind::Reset(user) => ("password_reset", ask.store().people().account_of(user).await?),
    };
    Ok(TicketSeen {
        id: Number(ticket.id.0),
        kind,
        user: user.map(|account| Name(account.handle)),
        uses_left: ticket.uses_left,
        created_at: At(ticket.created_at),
        expires_at: At(ticket.expires_at),
    })
}

async fn end(ask: Ask, input: ThisTicket) -> Result<Done, Problem> {
    ask.bridge().end_ticket(TicketId(input.id.0)).await?;
    Ok(Done)
}
