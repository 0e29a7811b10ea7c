//! A command of one line: it asks the server that runs on its data folder or, without one, opens the folder itself.

use crate::call;
use crate::cli::{Ask, Asking, Data, Room, User, UserAdd};
use crate::control::{self, Answer, Request};
use crate::house::House;
use crate::{page, password};
use std::path::Path;
use tokio::sync::mpsc;

/// Answers that wait to be printed.
const WAITING: usize = 64;

/// Runs a command to its end and prints what it hears. An error is a refusal in words.
pub(crate) async fn run(command: Ask) -> anyhow::Result<()> {
    let (request, Asking { data: Data { data }, json, .. }) = request(command)?;
    let (answer, answers) = mpsc::channel(WAITING);
    match control::call(&data).await? {
        Some(server) => {
            let (asked, printed) =
                tokio::join!(control::ask(server, &request, answer), page::print(answers, json));
            // What the server refused is the better word than how the conversation ended.
            printed.and(asked)
        }
        None => perform_here(&data, request, answer, (answers, json)).await,
    }
}

async fn perform_here(
    folder: &Path,
    request: Request,
    answer: mpsc::Sender<Answer>,
    (answers, json): (mpsc::Receiver<Answer>, bool),
) -> anyhow::Result<()> {
    // The first user may come before the first start.
    let may_begin = matches!(request, Request::AddUser { .. });
    let house = House::visit(folder, may_begin).await?;
    let desk = house.desk(house.api(api::Config::default()));
    let ((), printed) = tokio::join!(control::perform(&desk, request, answer), page::print(answers, json));
    house.close().await?;
    printed
}

fn request(command: Ask) -> anyhow::Result<(Request, Asking)> {
    let names = |members: Vec<chat::Handle>| members.iter().map(ToString::to_string).collect();
    let (request, data) = match command {
        Ask::Call(asked) => return call::any(asked),
        Ask::Key(asked) => return Ok(call::key(asked)),
        Ask::User(User::Ask(asked)) => return Ok(call::user(asked)),
        Ask::User(User::Add(add)) => {
            let UserAdd { name, password, password_stdin, admin, data } = add;
            let password = Some(password::of(&name, password, password_stdin)?);
            (Request::AddUser { name: name.to_string(), password, admin }, data)
        }
        Ask::User(User::List(data)) => (Request::Users, data),
        Ask::Room(Room::Add(add)) => {
            (Request::AddRoom { room: add.room.to_string(), members: names(add.members) }, add.data)
        }
        Ask::Room(Room::Remove(remove)) => (
            Request::RemoveMembers { room: remove.room.to_string(), members: names(remove.members) },
            remove.data,
        ),
        Ask::Room(Room::List(data)) => (Request::Rooms, data),
        Ask::Token(token) => {
            let ttl = token.ttl.map(|ttl| ttl.as_secs());
            (Request::Token { name: token.name.to_string(), ttl }, token.data)
        }
    };
    Ok((request, Asking { by: None, json: false, data }))
}
