//! The users and rooms of a load, made as by any command. They stay: the next run finds them.

use super::ask::{AT_ONCE, ask};
use crate::control::{Answer, Request, Text};
use anyhow::Context;
use bench::{Crowd, Folk, Progress};
use futures_util::{StreamExt, TryStreamExt, stream};
use mqtt::packet::Password;
use std::path::Path;

/// How long a token is good for, in seconds: longer than any run.
const GOOD_FOR: u64 = 2 * 3600;

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
    let request = Request::Token { name: name.clone(), ttl: Some(GOOD_FOR) };
    let answers = match ask(folder, &request).await {
        Ok(answers) => answers,
        Err(_) => {
            ask(folder, &Request::AddUser { name, password: None, admin: false }).await?;
            ask(folder, &request).await?
        }
    };
    let token = answers.into_iter().find_map(|answer| match answer {
        Answer::Token(Text(token)) => Some(Password(token.into())),
        _ => None,
    });
    token.context("the server gave no token")
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
