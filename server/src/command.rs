//! A command of one line: it asks the server that runs on its data folder or, without one, opens the folder itself.

use crate::call;
use crate::cli::{Ask, Data, Listing, Room, User, UserAdd};
use crate::control::{self, Answer, Request};
use crate::house::House;
use crate::{page, password};
use std::path::Path;
use tokio::sync::mpsc;

/// Answers that wait to be printed.
const WAITING: usize = 64;

/// Runs a command to its end and prints what it hears. An error is a refusal in words.
pub(crate) async fn run(command: Ask) -> anyhow::Result<()> {
    ask(request(command)?).await
}

/// The same of a request that a command has become.
pub(crate) async fn ask((request, listing): call::Asked) -> anyhow::Result<()> {
    let Listing { json, data: Data { data } } = listing;
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

fn request(command: Ask) -> anyhow::Result<call::Asked> {
    let names = |members: Vec<chat::Handle>| members.iter().map(ToString::to_string).collect();
    let plainly = |data| Listing { json: false, data };
    Ok(match command {
        Ask::Call(asked) => call::any(asked)?,
        Ask::Key(asked) => call::key(asked),
        Ask::Grant(asked) => call::grant(asked),
        Ask::User(User::Ask(asked)) => call::user(asked),
        Ask::User(User::Add(add)) => {
            let UserAdd { name, password, password_stdin, admin, data } = add;
            let password = Some(password::of(&name, password, password_stdin)?);
            (Request::AddUser { name: name.to_string(), password, admin }, plainly(data))
        }
        Ask::User(User::List(listing)) => (Request::Users, listing),
        Ask::Room(Room::Ask(asked)) => call::room(asked)?,
        Ask::Room(Room::Add(add)) => {
            let members = names(add.members);
            (Request::AddRoom { room: add.room.to_string(), members }, plainly(add.data))
        }
        Ask::Room(Room::Remove(remove)) => {
            let members = names(remove.members);
            (Request::RemoveMembers { room: remove.room.to_string(), members }, plainly(remove.data))
        }
        Ask::Room(Room::List(listing)) => (Request::Rooms, listing),
        Ask::Token(asked) => call::token(asked)?,
    })
}
