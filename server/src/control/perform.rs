//! A request meets the bridge. The same code runs inside a server and inside a command that found none.

use super::ask::{Question, ask};
use super::audited;
use super::inbox::places;
use super::words::{Answer, Request, Text};
use api::Api;
use bridge::{Bridge, TokenTerms, UserAdded};
use chat::{Handle, NotAHandle};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use store::{Store, Work};
use tokio::sync::mpsc::Sender;

/// Rows asked of the store at once.
const PAGE: u32 = 500;

/// How an act of the command line ended, as a status of HTTP.
const DONE: u16 = 200;
const REFUSED: u16 = 400;

/// Members shown for each room in a list.
const SHOWN: u32 = 20;

/// The caller is gone, or the request can't be performed for the reason given.
pub(super) enum Ended {
    Refused(String),
    CallerGone,
}

impl<E: std::error::Error> From<E> for Ended {
    fn from(error: E) -> Ended {
        Ended::Refused(error.to_string())
    }
}

type Words = Result<String, Ended>;

/// Where requests are performed.
#[derive(Clone)]
pub(crate) struct Desk {
    /// Who performs them.
    pub(crate) bridge: Arc<Bridge>,
    /// What can be asked by HTTP, too.
    pub(crate) api: Arc<Api>,
    /// What is asked of no more than the log.
    pub(crate) store: Arc<dyn Store>,
    /// How long a token is good for if nobody says otherwise.
    pub(crate) token_ttl: Duration,
}

/// Does what is asked and sends the answers, the last one always, unless the caller is gone.
pub(crate) async fn perform(desk: &Desk, request: Request, answers: Sender<Answer>) {
    let last = match written_down(desk, request, &answers).await {
        Ok(words) => Answer::Done(words),
        Err(Ended::Refused(words)) => Answer::Refused(words),
        Err(Ended::CallerGone) => return,
    };
    answers.send(last).await.ok();
}

/// What could not be written down is not done.
async fn written_down(desk: &Desk, request: Request, answers: &Sender<Answer>) -> Words {
    let Some((act, input)) = audited::act(&desk.api, &request) else {
        return done(desk, request, answers).await;
    };
    let act = desk.bridge.begin_act(None, &act, input).await?;
    let done = done(desk, request, answers).await;
    let status = if let Err(Ended::Refused(_)) = done { REFUSED } else { DONE };
    desk.bridge.end_act(act, status).await;
    done
}

async fn done(desk: &Desk, request: Request, answers: &Sender<Answer>) -> Words {
    let bridge = &*desk.bridge;
    match request {
        Request::AddUser { name, password, admin } => add_user(bridge, &name, password, admin).await,
        Request::Users => users(bridge, answers).await,
        Request::AddRoom { room, members } => add_room(bridge, &room, &members).await,
        Request::RemoveMembers { room, members } => remove_members(bridge, &room, &members).await,
        Request::Rooms => rooms(bridge, answers).await,
        Request::Inbox { user, room, most } => inbox(desk, &user, room.as_deref(), most, answers).await,
        Request::Ask { method, params, by, all } => {
            let question = Question { method: &method, params: &params, by: by.as_deref(), all };
            ask(desk, question, answers).await.map(|()| String::new())
        }
        Request::Work => work(&*desk.store, answers).await,
        Request::Token { name, ttl, device, apps } => {
            let ttl = ttl.map_or(desk.token_ttl, Duration::from_secs);
            token(bridge, &name, &TokenTerms { ttl, device, apps }, answers).await
        }
    }
}

pub(super) async fn send(answers: &Sender<Answer>, answer: Answer) -> Result<(), Ended> {
    answers.send(answer).await.map_err(|_| Ended::CallerGone)
}

async fn add_user(bridge: &Bridge, name: &str, password: Option<SecretString>, admin: bool) -> Words {
    match bridge.add_user(&Handle::new(name)?, password, admin).await? {
        UserAdded::New => Ok(format!("user {name} added")),
        UserAdded::Taken => {
            Err(Ended::Refused(format!("there is a user `{name}` already; nothing was changed")))
        }
    }
}

async fn users(bridge: &Bridge, answers: &Sender<Answer>) -> Words {
    let mut after = None;
    loop {
        let page = bridge.users(after.as_ref(), PAGE).await?;
        after = page.last().map(|user| user.handle.clone());
        for user in &page {
            send(answers, Answer::User { name: user.handle.to_string(), admin: user.admin }).await?;
        }
        if page.len() < PAGE as usize {
            return Ok(String::new());
        }
    }
}

async fn add_room(bridge: &Bridge, room: &str, members: &[String]) -> Words {
    let added = bridge.add_room(&Handle::new(room)?, &handles(members)?).await?;
    let joined = list(&added.joined);
    Ok(match (added.made, added.joined.is_empty()) {
        (true, _) => format!("room {room} made with {joined}"),
        (false, false) => format!("{joined} joined room {room}"),
        (false, true) => format!("room {room} has these members already"),
    })
}

async fn remove_members(bridge: &Bridge, room: &str, members: &[String]) -> Words {
    let left = bridge.remove_members(&Handle::new(room)?, &handles(members)?).await?;
    Ok(if left.is_empty() {
        format!("none of these is a member of room {room}")
    } else {
        format!("{} left room {room}", list(&left))
    })
}

async fn rooms(bridge: &Bridge, answers: &Sender<Answer>) -> Words {
    let mut after = None;
    loop {
        let page = bridge.rooms(after.as_ref(), PAGE).await?;
        after = page.last().map(|room| room.handle.clone());
        for room in &page {
            let members = bridge.members(room.id, None, SHOWN + 1).await?;
            let more = members.len() > SHOWN as usize;
            let members = members.iter().take(SHOWN as usize).map(|(_, name)| name.to_string()).collect();
            send(answers, Answer::Room { room: room.handle.to_string(), members, more }).await?;
        }
        if page.len() < PAGE as usize {
            return Ok(String::new());
        }
    }
}

async fn inbox(desk: &Desk, user: &str, room: Option<&str>, most: usize, answers: &Sender<Answer>) -> Words {
    let (user, room) = (Handle::new(user)?, room.map(Handle::new).transpose()?);
    for place in places(&*desk.store, &user, room.as_ref(), most).await? {
        send(answers, Answer::Place(place)).await?;
    }
    Ok(String::new())
}

async fn work(store: &dyn Store, answers: &Sender<Answer>) -> Words {
    let Work { commits, entries } =
        store.work().ok_or_else(|| Ended::Refused("this store does not count its work".to_owned()))?;
    send(answers, Answer::Work { commits, entries }).await?;
    Ok(String::new())
}

async fn token(bridge: &Bridge, name: &str, terms: &TokenTerms, answers: &Sender<Answer>) -> Words {
    let token = bridge.token_for(&Handle::new(name)?, terms).await?;
    send(answers, Answer::Token(Text(token))).await?;
    Ok(String::new())
}

fn handles(names: &[String]) -> Result<Vec<Handle>, NotAHandle> {
    names.iter().map(|name| Handle::new(name)).collect()
}

fn list(names: &[Handle]) -> String {
    let names: Vec<&str> = names.iter().map(Handle::as_str).collect();
    names.join(", ")
}
