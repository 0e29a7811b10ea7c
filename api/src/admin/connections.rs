//! Who is connected.

use super::{CHANGE, LOOK};
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Done, Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::{At, Name, Number};
use bridge::{Connection, Sought};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use utoipa::ToSchema;

/// A page of connections.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConnectionsPage {
    /// Only this user's.
    user: Option<Name>,
    /// Only those from this address.
    #[schema(value_type = Option<String>)]
    address: Option<IpAddr>,
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A connection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThisConnection {
    id: Number,
}

/// A connection, in a list.
#[derive(Debug, Serialize, ToSchema)]
struct ConnectionSeen {
    id: Number,
    user: Name,
    /// The client id.
    device: String,
    /// From where: address and port.
    peer: String,
    since: At,
    /// `5` or `3.1.1`.
    mqtt: &'static str,
    /// Whether its session outlives it.
    kept: bool,
}

/// Connections, oldest first.
#[derive(Debug, Serialize, ToSchema)]
struct Connections {
    connections: Vec<ConnectionSeen>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

/// A connection, looked at closely.
#[derive(Debug, Serialize, ToSchema)]
struct ConnectionInspected {
    connection: ConnectionSeen,
    /// What it listens to.
    filters: Vec<String>,
    /// How many rooms it hears.
    rooms: usize,
    /// Of those: how many it is behind in, so that their logs are read for it.
    behind: usize,
    /// Messages on their way to it that are not acknowledged.
    unacknowledged: usize,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new(
            "admin.connections",
            (Verb::Get, "/v1/admin/connections"),
            LOOK,
            "Who is connected by MQTT",
            list,
        )
        .may(&[Code::NotFound]),
        Method::new(
            "admin.connection",
            (Verb::Get, "/v1/admin/connections/{id}"),
            LOOK,
            "A connection, looked at closely",
            get,
        )
        .may(&[Code::NotFound]),
        Method::new(
            "admin.disconnect",
            (Verb::Delete, "/v1/admin/connections/{id}"),
            CHANGE,
            "End a connection; its client may come again",
            end,
        )
        .may(&[Code::NotFound]),
    ]
}

impl ConnectionSeen {
    fn of(one: Connection) -> ConnectionSeen {
        ConnectionSeen {
            id: Number(one.number.cast_signed()),
            user: Name(one.user),
            device: one.device,
            peer: one.peer.to_string(),
            since: At(one.since),
            mqtt: if one.is_v5 { "5" } else { "3.1.1" },
            kept: one.is_kept,
        }
    }
}

async fn list(ask: Ask, input: ConnectionsPage) -> Result<Connections, Problem> {
    const LIST: &str = "admin.connections";
    let limit = cursor::limit(input.limit)? as usize;
    let after = cursor::number(LIST, input.after.as_deref())?.unwrap_or(0);
    let user = match input.user {
        Some(name) => {
            let account = ask.store().account(&name.0).await?;
            Some(account.ok_or_else(|| Problem::not_found("user"))?.id)
        }
        None => None,
    };
    let sought = Sought { user, address: input.address };
    let mut found = ask.bridge().connections(sought, after.cast_unsigned(), limit + 1);
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| cursor::after(LIST, &last.number.to_string()));
    Ok(Connections { connections: found.into_iter().map(ConnectionSeen::of).collect(), next })
}

async fn get(ask: Ask, input: ThisConnection) -> Result<ConnectionInspected, Problem> {
    let found = ask.bridge().inspect(input.id.0.cast_unsigned());
    let found = found.ok_or_else(|| Problem::not_found("connection"))?;
    Ok(ConnectionInspected {
        connection: ConnectionSeen::of(found.connection),
        filters: found.filters,
        rooms: found.rooms,
        behind: found.behind,
        unacknowledged: found.unacknowledged,
    })
}

async fn end(ask: Ask, input: ThisConnection) -> Result<Done, Problem> {
    match ask.bridge().show_out_one(input.id.0.cast_unsigned()) {
        true => Ok(Done),
        false => Err(Problem::not_found("connection")),
    }
}
