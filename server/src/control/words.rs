//! What a command may ask for and what it may hear.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use topics::grant::Grant;

/// What a command wants. Names are texts here: whoever performs it reads them as handles.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Request {
    /// Add a user.
    AddUser {
        /// Their handle.
        name: String,
        /// Their password; without one they come by token.
        #[serde(with = "secret")]
        password: Option<SecretString>,
        /// Whether they administer the server.
        admin: bool,
    },
    /// List all users.
    Users,
    /// Make a room or add members to it.
    AddRoom {
        /// Its handle.
        room: String,
        /// Who shall be in it.
        members: Vec<String>,
    },
    /// End memberships.
    RemoveMembers {
        /// The room's handle.
        room: String,
        /// Who shall leave it.
        members: Vec<String>,
    },
    /// List all rooms with their members.
    Rooms,
    /// A user's rooms, with what is new in them: those where something was said last, first.
    Inbox {
        /// Whose.
        user: String,
        /// Only this one; it is refused if the user is not in it.
        room: Option<String>,
        /// How many at most.
        most: usize,
    },
    /// Anything that the API can do.
    Ask {
        /// Its name.
        method: String,
        /// What it takes, an object in JSON; there may be a secret in it.
        params: Text,
        /// In whose name; if absent, the owner's of the room it is about, otherwise the first administrator's.
        by: Option<String>,
        /// Whether the pages after the first are asked for, too.
        all: bool,
    },
    /// How much was written since the server started.
    Work,
    /// Make an access token.
    Token {
        /// Whose.
        name: String,
        /// How many seconds it is good for; the server's default if absent.
        ttl: Option<u64>,
        /// The one MQTT client id it is good for.
        device: Option<String>,
        /// What it grants of the topics of apps.
        apps: Vec<Grant>,
    },
}

/// A text for the caller's eyes: it does not print itself into logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Text(pub(crate) String);

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// What a command hears: any number of answers, the last of them [`Answer::Done`] or [`Answer::Refused`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Answer {
    /// A user, in a list.
    User {
        /// Their handle.
        name: String,
        /// Whether they administer the server.
        admin: bool,
    },
    /// A room, in a list.
    Room {
        /// Its handle.
        room: String,
        /// Some of its members, by name.
        members: Vec<String>,
        /// Whether there are more members.
        more: bool,
    },
    /// A room of a user, in their inbox.
    Place(Place),
    /// How much was written since the server started.
    Work {
        /// Transactions, each with one sync.
        commits: u64,
        /// Entries of logs in them.
        entries: u64,
    },
    /// A token, to be shown to the caller only.
    Token(Text),
    /// What the API answered, in JSON; there may be a secret in it.
    Json(Text),
    /// It was done; words for the caller, which may be empty.
    Done(String),
    /// It was not done; why, and what to do.
    Refused(String),
}

/// A room, as one of its members finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    /// Its handle.
    pub(crate) room: String,
    /// With whom, where it is a direct room.
    pub(crate) with: Option<String>,
    /// The end of its log.
    pub(crate) last: u64,
    /// When that was said, in milliseconds since 1970.
    pub(crate) at: i64,
    /// How many messages the user has not read.
    pub(crate) unread: u64,
}

impl Answer {
    /// Whether nothing comes after it.
    pub(crate) fn is_last(&self) -> bool {
        matches!(self, Answer::Done(_) | Answer::Refused(_))
    }
}

/// A secret on the control socket: it is written there and nowhere else.
mod secret {
    use secrecy::{ExposeSecret, SecretString};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(secret: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
        secret.as_ref().map(ExposeSecret::expose_secret).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
        Ok(Option::<String>::deserialize(from)?.map(SecretString::from))
    }
}
