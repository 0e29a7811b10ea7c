//! The way of a command that chats: to the server on its data folder, or to one anywhere.
//!
//! Whoever may open the data folder is its administrator: the control socket gives them a token for anybody, and the
//! folder says where MQTT is. To a server elsewhere the command is a client like any other and needs a proof.
//!
//! Such a command is a device of its own, for as long as it runs: it takes no session from the user's devices, and
//! leaves none behind.

mod door; // where it is

pub(crate) use door::Door;

use crate::cli::Reach;
use crate::control::{self, Answer, Request, Text};
use crate::password;
use chat::{Handle, Seq};
use client::{Client, Offline, Options, Proof, TlsError};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// How long a token is good for. Who chats longer gets another by itself.
const GOOD_FOR: Duration = Duration::from_secs(12 * 60 * 60);

/// The first wait before a reconnect, at most: a person looks on.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// The longest.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Rooms whose ends are asked for. Of a room beyond them a listener begins with the first entry it hears.
const ENDS: usize = 10_000;

/// Where to connect, and as whom.
pub(crate) struct Way {
    door: Door,
    options: Options,
}

/// The way for `user`; none when no server runs on the data folder. `command` becomes a part of the device's name.
pub(crate) async fn way(reach: &Reach, user: &Handle, command: &str) -> anyhow::Result<Option<Way>> {
    let device = format!("natter-{command}-{:08x}", fastrand::u32(..));
    let folder = &reach.data.data;
    let (door, options) = match &reach.server {
        Some(door) => {
            let tls = door.tls(reach.ca.as_deref())?;
            let proof = password::known(user, reach.password_stdin)?;
            (door.clone(), door.lead(Options::new(user.clone(), proof, &device), tls))
        }
        None => {
            let Some(token) = token(folder, user).await? else { return Ok(None) };
            let door = Door::of(folder)?;
            let options = door.lead(renewing(token, folder, user, &device), None);
            (door, options)
        }
    };
    let options = options.session_expiry(Duration::ZERO).reconnect(FIRST_WAIT, LONGEST_WAIT);
    Ok(Some(Way { door, options }))
}

/// With this token first, and then with whatever the control socket gives.
fn renewing(token: Proof, folder: &Path, user: &Handle, device: &str) -> Options {
    let (first, folder, name) = (Mutex::new(Some(token)), folder.to_owned(), user.clone());
    let provider = move || {
        let first = first.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (folder, name) = (folder.clone(), name.clone());
        async move {
            match first {
                Some(first) => Ok(first),
                None => token_again(&folder, &name).await.map_err(|error| format!("{error:#}")),
            }
        }
    };
    Options::renewing(user.clone(), provider, device)
}

/// The refusal of a command that needs a server.
pub(crate) fn no_server(folder: &Path) -> anyhow::Error {
    anyhow::anyhow!(
        "no server runs on `{}`; start one with `natter serve`, or name one with --server",
        folder.display()
    )
}

/// A token by the control socket, if a server runs on the folder.
async fn token(folder: &Path, user: &Handle) -> anyhow::Result<Option<Proof>> {
    let ends = SystemTime::now() + GOOD_FOR;
    let token = control::token(folder, user.as_str(), GOOD_FOR).await?;
    Ok(token.map(|Text(token)| Proof::new(token).until(ends)))
}

async fn token_again(folder: &Path, user: &Handle) -> anyhow::Result<Proof> {
    token(folder, user).await?.ok_or_else(|| no_server(folder))
}

/// Where the user's rooms end now, on the data folder; of one room alone if it is named, which is refused if the user
/// is not in it. Elsewhere nobody tells a client before something is said.
pub(crate) async fn ends(
    reach: &Reach,
    user: &Handle,
    room: Option<&Handle>,
) -> anyhow::Result<HashMap<Handle, Seq>> {
    if reach.server.is_some() {
        return Ok(HashMap::new());
    }
    let room = room.map(ToString::to_string);
    let request = Request::Inbox { user: user.to_string(), room, most: ENDS };
    let answers = control::answers(&reach.data.data, &request).await?.unwrap_or_default();
    let end = |answer| match answer {
        Answer::Place(place) => Some((Handle::new(&place.room).ok()?, Seq(place.last))),
        _ => None,
    };
    Ok(answers.into_iter().filter_map(end).collect())
}

impl Way {
    /// Where that is, in words.
    pub(crate) fn place(&self) -> String {
        self.door.to_string()
    }

    /// Connects. What refuses is told with the place.
    pub(crate) async fn connect(self) -> anyhow::Result<Client> {
        let Way { door, options } = self;
        Client::connect(options).await.map_err(|why| match why {
            Offline::NotAuthorized => anyhow::anyhow!("{door}: {why}"),
            Offline::Tls(why @ TlsError::File { .. }) => anyhow::anyhow!(why),
            Offline::Tls(TlsError::UnknownAuthority) => {
                anyhow::anyhow!("cannot trust the server at {door}: {why}; name who has with --ca FILE")
            }
            Offline::Tls(why) => anyhow::anyhow!("cannot speak TLS with the server at {door}: {why}"),
            why if door.seems_to_want_tls() => {
                anyhow::anyhow!("cannot reach the server at {door}: {why}; by TLS it is mqtts://{door}")
            }
            why => anyhow::anyhow!("cannot reach the server at {door}: {why}"),
        })
    }
}
