//! The users and rooms of a load, made as by any command. They stay: the next run finds them.

use super::ask::{AT_ONCE, ask, no_server};
use crate::control::{self, Request, Text};
use anyhow::Context;
use bench::{Crowd, Folk, Progress};
use futures_util::{StreamExt, TryStreamExt, stream};
use mqtt::packet::Password;
use std::path::Path;
use std::time::Duration;

/// How long a token is good for: longer than any run.
const GOOD_FOR: Duration = Duration::from_secs(2 * 3600);

/// Everybody the load takes, in their rooms.
pub(super) async fn made(folder: &Path, crowd: Crowd, progress: &Progress) -> anyhow::Result<Folk> {
    progress.begin("making users", crowd.len());
    let tokens = stream::iter(0..crowd.len()).map(|person| token(folder, crowd.person(person)));
    let tokens = tokens.buffered(AT_ONCE).inspect(|_| progress.advance()).try_collect().await?;
    progress.begin("making rooms", crowd.rooms());
    let rooms = stream::iter(0..crowd.rooms()).map(|room| furnish(folder, crowd, room));
    rooms.buffered(AT_ONCE).inspect(|_| progress.advance()).try_collect::<()>().await?;
    Ok(Folk::of(crowd, tokens))
}

/// The token of a user, who is made if they are not there.
async fn token(folder: &Path, name: String) -> anyhow::Result<Password> {
    let token = match control::token(folder, &name, GOOD_FOR).await {
        Ok(token) => token,
        Err(_) => {
            ask(folder, &Request::AddUser { name: name.clone(), password: None, admin: false }).await?;
            control::token(folder, &name, GOOD_FOR).await?
        }
    };
    let Text(token) = token.with_context(|| no_server(folder))?;
    Ok(Password(token.into()))
}

/// A room with its members. It is made with all of them at once, so that one of them in it is as good as all, and
/// a room that was there before costs one look.
async fn furnish(folder: &Path, crowd: Crowd, number: usize) -> anyhow::Result<()> {
    let members: Vec<String> = crowd.members(number).map(|person| crowd.person(person)).collect();
    let room = crowd.room(number);
    let Some(user) = members.first().cloned() else { return Ok(()) };
    let look = Request::Inbox { user, room: Some(room.clone()), most: 1 };
    if ask(folder, &look).await.is_ok() {
        return Ok(());
    }
    ask(folder, &Request::AddRoom { room, members }).await.map(drop)
}
