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
    /// Telling devices of people who are away.
    Push,
}

const ROLES: [(&str, Role); 3] = [("broker", Role::Broker), ("api", Role::Api), ("push", Role::Push)];

/// Some of them; the broker is among them, unless nothing but `push` is.
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

    /// Whether this process only tells people, beside the server that has the database.
    pub(crate) fn is_push_alone(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|role| *role == Role::Push)
    }
}

/// Reads a list of them, or a text with commas.
pub(super) fn read(value: &Value) -> Result<Roles, Remedy> {
    let named = |text: &str| ROLES.iter().find(|(word, _)| *word == text).map(|(_, role)| *role);
    let roles = several(value, named)
        .ok_or_else(|| "write a list of roles: [\"broker\", \"api\", \"push\"] or some of them".to_owned())?;
    // Nodes that tell each other what was said are to come.
    let roles = Roles(roles);
    let is_good = roles.run(Role::Broker) || roles.is_push_alone();
    is_good.then_some(roles).ok_or_else(|| {
        "write \"broker\" as well: what is said by the API is told to those who are connected to the same process"
            .to_owned()
    })
}
