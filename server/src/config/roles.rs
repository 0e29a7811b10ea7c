//! What a process runs of all that the program can.

use super::value::several;
use super::written::Remedy;
use toml::Value;

/// A part of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// MQTT, by TCP and WebSocket.
    Broker,
    /// The API by HTTP.
    Api,
}

const ROLES: [(&str, Role); 2] = [("broker", Role::Broker), ("api", Role::Api)];

/// Some of them; the broker is among them.
#[derive(Debug, Clone)]
pub(crate) struct Roles(Vec<Role>);

impl Default for Roles {
    fn default() -> Roles {
        Roles(ROLES.map(|(_, role)| role).to_vec())
    }
}

impl Roles {
    /// Whether this one is run.
    pub(crate) fn run(&self, role: Role) -> bool {
        self.0.contains(&role)
    }
}

/// Reads a list of them, or a text with commas.
pub(super) fn read(value: &Value) -> Result<Roles, Remedy> {
    let named = |text: &str| ROLES.iter().find(|(word, _)| *word == text).map(|(_, role)| *role);
    let roles = several(value, named)
        .ok_or_else(|| "write a list of roles: [\"broker\", \"api\"] or [\"broker\"]".to_owned())?;
    // Nodes that tell each other what was said are to come.
    let has_broker = roles.contains(&Role::Broker);
    has_broker.then_some(Roles(roles)).ok_or_else(|| {
        "write \"broker\" as well: what is said by the API is told to those who are connected to the same process"
            .to_owned()
    })
}
