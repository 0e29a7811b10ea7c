//! A request of the API by command line. Whoever may open the data folder is its administrator, and asks in the name of
//! anybody; without a name, in that of the first administrator: what is done is written down under somebody's name.

use super::perform::{Desk, Ended};
use super::words::{Answer, Text};
use api::{Access, Asker};
use bridge::identity::Caller;
use chat::Handle;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// How long the token is good for by which a command asks: it is used at once.
const GOOD_FOR: Duration = Duration::from_secs(60);

/// Asks, and gives the answer in JSON; nothing where there is nothing to tell.
pub(super) async fn ask(
    desk: &Desk,
    method: &str,
    params: &Text,
    by: Option<&str>,
) -> Result<Option<Answer>, Ended> {
    let Some(method) = desk.api.method(method) else {
        let words = format!("there is no request `{method}`; topics.md lists what can be asked");
        return Err(Ended::Refused(words));
    };
    let input: Value = serde_json::from_str(&params.0)
        .map_err(|_| Ended::Refused("what was typed is no object of JSON".to_owned()))?;
    let caller = match (method.access, by) {
        (Access::Anybody, _) => None,
        (_, Some(name)) => Some(Arc::new(known(desk, &Handle::new(name)?).await?)),
        (_, None) => Some(Arc::new(known(desk, &administrator(desk).await?).await?)),
    };
    let admitted = desk.api.admit(method, Asker { caller, address: None })?;
    let answer = desk.api.perform(admitted, input, None).await?;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    Ok((!text.is_empty()).then_some(Answer::Json(Text(text))))
}

async fn known(desk: &Desk, name: &Handle) -> Result<Caller, Ended> {
    let token = desk.bridge.token(name, GOOD_FOR).await?;
    Ok(desk.bridge.caller(&token).await?)
}

/// The first administrator by name.
async fn administrator(desk: &Desk) -> Result<Handle, Ended> {
    const PAGE: u32 = 500;
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
