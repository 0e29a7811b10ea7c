//! A request of the API by command line. Whoever may open the data folder is its administrator, and asks in the name of
//! anybody. Without a name, what is about a room is asked in the name of its owner, and everything else in that of the
//! first administrator: what is done is written down under somebody's name.

use super::perform::{Desk, Ended, send};
use super::words::{Answer, Text};
use api::{Access, Admitted, Asker, Method};
use bridge::identity::Caller;
use chat::{Handle, Role};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::Sender;

/// How long the token is good for by which a command asks: it is used at once.
const GOOD_FOR: Duration = Duration::from_secs(60);
/// People or members asked of the store at once.
const PAGE: u32 = 500;
/// The longest wait before the next page, where pages come faster than their asker may ask: limits are a few a second.
const WAIT: Duration = Duration::from_secs(5);

/// What a command asks.
pub(super) struct Question<'a> {
    pub(super) method: &'a str,
    pub(super) params: &'a Text,
    pub(super) by: Option<&'a str>,
    /// Not the first page alone.
    pub(super) all: bool,
}

/// Asks, and sends the answer in JSON; nothing where there is nothing to tell.
pub(super) async fn ask(desk: &Desk, question: Question<'_>, answers: &Sender<Answer>) -> Result<(), Ended> {
    let Question { method, params, by, all } = question;
    let Some(method) = desk.api.method(method) else {
        let words = format!("there is no request `{method}`; topics.md lists what can be asked");
        return Err(Ended::Refused(words));
    };
    let mut input: Value = serde_json::from_str(&params.0)
        .map_err(|_| Ended::Refused("what was typed is no object of JSON".to_owned()))?;
    typed(method, &mut input);
    let asker = Asker { caller: caller(desk, method, by, &input).await?, address: None };
    loop {
        let admitted = admitted(desk, method, &asker, answers).await?;
        let answer = desk.api.perform(admitted, input.clone(), None).await?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        if text.is_empty() {
            return Ok(());
        }
        if !all {
            return send(answers, Answer::Json(Text(text))).await;
        }
        let (page, next) = apart(text);
        send(answers, Answer::Json(page)).await?;
        match next {
            Some(next) => input["after"] = next.into(),
            None => return Ok(()),
        }
    }
}

/// Digits, `true` and `false` are texts where a request takes a text: a person who types does not say which they mean.
fn typed(method: &Method, input: &mut Value) {
    for (key, value) in input.as_object_mut().into_iter().flatten() {
        if (value.is_number() || value.is_boolean()) && method.takes_text(key) {
            *value = value.to_string().into();
        }
    }
}

/// A page, and where the next one begins.
fn apart(text: String) -> (Text, Option<String>) {
    match serde_json::from_str::<Value>(&text) {
        Ok(Value::Object(mut page)) => {
            let next = page.remove("next").and_then(|next| next.as_str().map(ToOwned::to_owned));
            (Text(Value::Object(page).to_string()), next)
        }
        _ => (Text(text), None),
    }
}

/// May they? Where they ask too often they wait, as long as somebody waits for the answer.
async fn admitted<'a>(
    desk: &Desk,
    method: &'a Method,
    asker: &Asker,
    answers: &Sender<Answer>,
) -> Result<Admitted<'a>, Ended> {
    loop {
        match desk.api.admit(method, asker.clone()) {
            Ok(admitted) => return Ok(admitted),
            Err(problem) => match problem.retry_after {
                Some(wait) if wait <= WAIT => {
                    tokio::select! {
                        () = tokio::time::sleep(wait) => {}
                        () = answers.closed() => return Err(Ended::CallerGone),
                    }
                }
                _ => return Err(problem.into()),
            },
        }
    }
}

async fn caller(
    desk: &Desk,
    method: &Method,
    by: Option<&str>,
    input: &Value,
) -> Result<Option<Arc<Caller>>, Ended> {
    let name = match (method.access, by) {
        (Access::Anybody, _) => return Ok(None),
        (_, Some(name)) => Handle::new(name)?,
        (Access::Admin, None) => administrator(desk).await?,
        (_, None) => match owner(desk, input).await? {
            Some(owner) => owner,
            None => administrator(desk).await?,
        },
    };
    let token = desk.bridge.token(&name, GOOD_FOR).await?;
    Ok(Some(Arc::new(desk.bridge.caller(&token).await?)))
}

/// The owner of the room that a request is about, if it is about one that has one.
async fn owner(desk: &Desk, input: &Value) -> Result<Option<Handle>, Ended> {
    let Some(room) = input.get("room").and_then(Value::as_str).and_then(|room| Handle::new(room).ok()) else {
        return Ok(None);
    };
    let places = desk.store.places();
    let Some(card) = places.card(&room).await? else { return Ok(None) };
    let mut after: Option<Handle> = None;
    loop {
        let page = places.seated(card.id, after.as_ref(), PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        after = page.last().map(|member| member.handle.clone());
        let owner = page.into_iter().find(|member| member.seat.role == Role::Owner);
        if owner.is_some() || is_last {
            return Ok(owner.map(|owner| owner.handle));
        }
    }
}

/// The first administrator by name.
async fn administrator(desk: &Desk) -> Result<Handle, Ended> {
    let mut after: Option<Handle> = None;
    loop {
        let page = desk.bridge.users(after.as_ref(), PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        after = page.last().map(|user| user.handle.clone());
        if let Some(admin) = page.into_iter().find(|user| user.admin) {
            return Ok(admin.handle);
        }
        if is_last {
            let words =
                "nobody administers this server yet: `natter user add NAME --admin`, or say --as NAME";
            return Err(Ended::Refused(words.to_owned()));
        }
    }
}
