//! The way of a command that chats: to the server on its data folder, or to one anywhere.
//!
//! Whoever may open the data folder is its administrator: the control socket gives them a token for anybody, and the
//! folder says where MQTT is. To a server elsewhere the command is a client like any other and needs a proof.
//!
//! Such a command is a device of its own, for as long as it runs: it takes no session from the user's devices, and
//! leaves none behind.

use crate::cli::Reach;
use crate::control::{self, Answer, Request, Text};
use crate::password;
use crate::ports::Addresses;
use anyhow::{Context, bail};
use chat::Handle;
use client::{Client, Offline, Options};
use secrecy::SecretString;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

/// MQTT's port, where none is named.
const PORT: u16 = 1883;

/// A host and a port, such as `chat.example.org:1883` or `[::1]:1883`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Door {
    host: String,
    port: u16,
}

/// Where to connect, and as whom.
pub(crate) struct Way {
    door: Door,
    options: Options,
}

/// The way for `user`; none when no server runs on the data folder. `command` becomes a part of the device's name.
pub(crate) async fn way(reach: &Reach, user: &Handle, command: &str) -> anyhow::Result<Option<Way>> {
    let (door, proof) = match &reach.server {
        Some(door) => (door.clone(), password::known(user, reach.password_stdin)?),
        None => match token(&reach.data.data, user).await? {
            Some(token) => (Door::of(&reach.data.data)?, token),
            None => return Ok(None),
        },
    };
    let device = format!("natter-{command}-{:08x}", fastrand::u32(..));
    let options = Options::new(user.clone(), proof, &device)
        .server(&door.host, door.port)
        .session_expiry(Duration::ZERO);
    Ok(Some(Way { door, options }))
}

/// The refusal of a command that needs a server.
pub(crate) fn no_server(folder: &Path) -> anyhow::Error {
    anyhow::anyhow!(
        "no server runs on `{}`; start one with `natter serve`, or name one with --server",
        folder.display()
    )
}

/// A token by the control socket, if a server runs on the folder.
async fn token(folder: &Path, user: &Handle) -> anyhow::Result<Option<SecretString>> {
    let request = Request::Token { name: user.to_string(), ttl: None };
    let Some(answers) = control::answers(folder, &request).await? else { return Ok(None) };
    let token = answers.into_iter().find_map(|answer| match answer {
        Answer::Token(Text(token)) => Some(SecretString::from(token)),
        _ => None,
    });
    token.map(Some).context("the server gave no token")
}

/// Refuses a room on the data folder that the user is not in. Elsewhere nobody tells a client before something is said.
pub(crate) async fn must_be_in(reach: &Reach, user: &Handle, room: &Handle) -> anyhow::Result<()> {
    if reach.server.is_none() {
        let request = Request::Inbox { user: user.to_string(), room: Some(room.to_string()), most: 1 };
        control::answers(&reach.data.data, &request).await?;
    }
    Ok(())
}

impl Way {
    /// Connects. What refuses is told with the place.
    pub(crate) async fn connect(self) -> anyhow::Result<Client> {
        let Way { door, options } = self;
        Client::connect(options).await.map_err(|why| match why {
            Offline::NotAuthorized => anyhow::anyhow!("{door}: {why}"),
            why => anyhow::anyhow!("cannot reach the server at {door}: {why}"),
        })
    }
}

impl Door {
    fn of(folder: &Path) -> anyhow::Result<Door> {
        let mqtt = Addresses::mqtt_of(folder)?;
        Ok(Door { host: mqtt.ip().to_string(), port: mqtt.port() })
    }
}

impl std::fmt::Display for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Door { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

impl FromStr for Door {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Door> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => rest.split_once(']').context("an address in brackets has a `]` at its end")?,
            None => text.split_at(text.find(':').unwrap_or(text.len())),
        };
        let port = match port.strip_prefix(':') {
            Some(port) => port.parse().context("a port is a number up to 65535")?,
            None if port.is_empty() => PORT,
            None => bail!("write a host and a port, such as chat.example.org:1883 or [::1]:1883"),
        };
        if host.is_empty() {
            bail!("the host is missing; write a host and a port, such as chat.example.org:1883");
        }
        Ok(Door { host: host.to_owned(), port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_host_and_a_port_which_may_be_mqtts_own() {
        for (text, host, port, shown) in [
            ("chat.example.org:1999", "chat.example.org", 1999, "chat.example.org:1999"),
            ("localhost", "localhost", 1883, "localhost:1883"),
            ("[::1]:1884", "::1", 1884, "[::1]:1884"),
            ("[::1]", "::1", 1883, "[::1]:1883"),
        ] {
            let door: Door = text.parse().unwrap();
            assert_eq!((door.host.as_str(), door.port, door.to_string()), (host, port, shown.to_owned()));
        }
    }

    #[test]
    fn what_is_no_server_is_refused_in_words() {
        for (text, word) in [
            ("", "host"),
            (":1883", "host"),
            ("h:x", "number"),
            ("h:70000", "number"),
            ("::1", "number"),
            ("[::1", "]"),
        ] {
            let error = text.parse::<Door>().unwrap_err().to_string();
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}
