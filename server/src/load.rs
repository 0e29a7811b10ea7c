//! `natter bench`: makes the users and rooms a load takes, lets `bench` put it on the server, prints what it tells.
//!
//! They are made by the control socket, as by any command, and they stay: the next run finds them.

use crate::control::{self, Answer, Request, Text};
use crate::page;
use crate::ports::Addresses;
use anyhow::{Context, bail, ensure};
use bench::{Crowd, House, Load, Person, Place};
use futures_util::{StreamExt, TryStreamExt, stream};
use mqtt::packet::Password;
use std::net::SocketAddr;
use std::path::Path;
use tokio::sync::mpsc;

/// Requests at once: half of what the control socket answers at once, so that a person gets through.
const AT_ONCE: usize = 16;

/// Answers that wait to be read.
const WAITING: usize = 64;

/// How long a token is good for, in seconds: longer than any run.
const GOOD_FOR: u64 = 2 * 3600;

/// Runs a load and prints its report. An error is also a run in which something went wrong that must not.
pub(crate) async fn run(load: &Load) -> anyhow::Result<()> {
    let place = load.place();
    let crowd = Crowd::of(load);
    ensure!(
        crowd.len() <= Crowd::LARGEST,
        "that takes {} connections; {} is the most",
        crowd.len(),
        Crowd::LARGEST
    );
    let server = server(place, load.house())?;
    // Where the system allows no more files, the connection that finds none says so.
    rlimit::increase_nofile_limit(u64::MAX).ok();
    let people = people(&load.house().data, crowd).await?;
    let report = bench::run(load, server, &people).await?;
    page::write(&if place.json { serde_json::to_string(&report)? } else { report.to_string() })?;
    match report.complaint() {
        None => Ok(()),
        Some(complaint) => bail!("this must not happen: {complaint}"),
    }
}

/// Where the load goes. By a slip of the pen it goes to nobody else's server.
fn server(place: &Place, house: &House) -> anyhow::Result<SocketAddr> {
    let server = place.server.map_or_else(|| Addresses::mqtt_of(&house.data), Ok);
    let server = server.with_context(|| no_server(&house.data))?;
    ensure!(
        place.any_host || server.ip().is_loopback(),
        "{server} is not on this machine; add --any-host if it may bear the load"
    );
    Ok(server)
}

fn no_server(folder: &Path) -> String {
    format!(
        "no server runs on `{}`; name its folder with --data, or start one with `natter serve`",
        folder.display()
    )
}

/// Everybody the load takes, in their rooms.
async fn people(folder: &Path, crowd: Crowd) -> anyhow::Result<Vec<Person>> {
    let made = stream::iter(crowd.people()).map(|name| person(folder, name));
    let people = made.buffered(AT_ONCE).try_collect().await?;
    let rooms = stream::iter(0..crowd.rooms).map(|room| furnish(folder, crowd, room));
    rooms.buffered(AT_ONCE).try_collect::<()>().await?;
    Ok(people)
}

/// A user and their token. One who is there already stays: the token shows whether they are.
async fn person(folder: &Path, name: String) -> anyhow::Result<Person> {
    let add = Request::AddUser { name: name.clone(), password: None, admin: false };
    ask(folder, &add).await?;
    let answers = ask(folder, &Request::Token { name: name.clone(), ttl: Some(GOOD_FOR) }).await?;
    let token = answers.into_iter().find_map(|answer| match answer {
        Answer::Token(Text(token)) => Some(Ok(token)),
        Answer::Refused(why) => Some(Err(anyhow::anyhow!(why))),
        _ => None,
    });
    let token = token.context("the server gave no token")??;
    Ok(Person { name, password: Password(token.into()) })
}

async fn furnish(folder: &Path, crowd: Crowd, room: usize) -> anyhow::Result<()> {
    let request = Request::AddRoom { room: crowd.room(room), members: crowd.members(room) };
    match ask(folder, &request).await?.pop() {
        Some(Answer::Refused(why)) => bail!(why),
        _ => Ok(()),
    }
}

/// All answers to a request; the last of them is [`Answer::Done`] or [`Answer::Refused`].
async fn ask(folder: &Path, request: &Request) -> anyhow::Result<Vec<Answer>> {
    let server = control::call(folder).await?.with_context(|| no_server(folder))?;
    let (answer, mut answers) = mpsc::channel(WAITING);
    let collect = async {
        let mut heard = Vec::new();
        while let Some(answer) = answers.recv().await {
            heard.push(answer);
        }
        heard
    };
    let (asked, heard) = tokio::join!(control::ask(server, request, answer), collect);
    asked.map(|()| heard)
}
