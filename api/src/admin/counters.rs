//! Numbers of the server, and how it is set.

use super::LOOK;
use crate::ask::Ask;
use crate::method::{Method, Nothing, Verb};
use crate::perform::Api;
use crate::problem::Problem;
use crate::words::At;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use store::stored::now;
use utoipa::ToSchema;

/// The request that is also a stream.
pub(crate) const COUNTERS: &str = "admin.counters";

/// Numbers of this moment, and what happened since the start.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Counters {
    at: At,
    /// When the server began.
    started_at: At,
    /// Devices that are connected.
    devices: u64,
    /// Users who are here with any.
    users: u64,
    /// Transactions since the start.
    commits: u64,
    /// Entries that they put into logs.
    entries: u64,
    /// How often connections began and ended, each in which way.
    connections: BTreeMap<&'static str, u64>,
    /// How often the server refused or ended one for which reason: MQTT's reason codes, such as `0x97`. Clients of MQTT 3.1.1,
    /// which are not told, count as well.
    reasons: BTreeMap<String, u64>,
}

/// The configuration in force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingsInForce)]
struct Settings {
    /// By name, such as `limits.body`; a secret is only said to be there.
    #[schema(value_type = Object)]
    settings: Value,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new(COUNTERS, (Verb::Get, "/v1/admin/counters"), LOOK, "Numbers of the server", counters),
        Method::new(
            "admin.settings",
            (Verb::Get, "/v1/admin/settings"),
            LOOK,
            "The configuration in force, without its secrets",
            settings,
        ),
    ]
}

/// The numbers of this moment.
pub(crate) fn count(api: &Api) -> Counters {
    let gauges = api.bridge.gauges();
    let counted = api.config.host.counted();
    let reasons = counted.reasons.into_iter().map(|(code, count)| (format!("0x{code:02X}"), count));
    Counters {
        at: At(now()),
        started_at: At(gauges.started_at),
        devices: gauges.devices,
        users: gauges.users,
        commits: gauges.commits,
        entries: gauges.entries,
        connections: counted.connections.into_iter().collect(),
        reasons: reasons.collect(),
    }
}

async fn counters(ask: Ask, _: Nothing) -> Result<Counters, Problem> {
    Ok(count(&ask.api))
}

async fn settings(ask: Ask, _: Nothing) -> Result<Settings, Problem> {
    Ok(Settings { settings: ask.api.config.host.settings.clone() })
}
