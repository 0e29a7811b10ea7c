//! A command of one line: it asks the server that runs on its data folder or, without one, opens the folder itself.

use crate::cli::{Command, Data, Room, User, UserAdd};
use crate::config::Config;
use crate::control::{self, Answer, Request};
use crate::house::House;
use crate::{page, password, telemetry};
use anyhow::{bail, ensure};
use std::path::Path;
use tokio::sync::mpsc;

/// Answers that wait to be printed.
const WAITING: usize = 64;

/// Runs a command to its end and prints what it hears. An error is a refusal in words.
pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    let (request, Data { data }) = request(command)?;
    let (answer, answers) = mpsc::channel(WAITING);
    match control::call(&data).await? {
        Some(server) => {
            let (asked, printed) = tokio::join!(control::ask(server, &request, answer), page::print(answers));
            // What the server refused is the better word than how the conversation ended.
            printed.and(asked)
        }
        None => perform_here(&data, request, answer, answers).await,
    }
}

async fn perform_here(
    folder: &Path,
    request: Request,
    answer: mpsc::Sender<Answer>,
    answers: mpsc::Receiver<Answer>,
) -> anyhow::Result<()> {
    if matches!(request, Request::Listen { .. }) {
        bail!(
            "no server runs on `{}`, so nothing can be heard; start one with `natter serve`",
            folder.display()
        );
    }
    // The first user may come before the first start; anything else on an empty folder is a slip of the pen.
    let may_begin = matches!(request, Request::AddUser { .. });
    ensure!(
        may_begin || House::stands_in(folder),
        "`{}` is not a data folder of Natter; name the right one with --data, or start with `natter serve`",
        folder.display()
    );
    telemetry::start_quiet();
    let config = Config::for_folder(folder)?;
    let house = House::open(&config).await?;
    let desk = house.desk(config.token_ttl);
    let ((), printed) = tokio::join!(control::perform(&desk, request, answer), page::print(answers));
    house.close().await?;
    printed
}

fn request(command: Command) -> anyhow::Result<(Request, Data)> {
    let names = |members: Vec<chat::Handle>| members.iter().map(ToString::to_string).collect();
    Ok(match command {
        Command::Serve(_) | Command::Bench { .. } => bail!("this is not a command of one line"),
        Command::User(User::Add(add)) => {
            let UserAdd { name, password, password_stdin, admin, data } = add;
            let password = Some(password::of(&name, password, password_stdin)?);
            (Request::AddUser { name: name.to_string(), password, admin }, data)
        }
        Command::User(User::List(data)) => (Request::Users, data),
        Command::Room(Room::Add(add)) => {
            (Request::AddRoom { room: add.room.to_string(), members: names(add.members) }, add.data)
        }
        Command::Room(Room::Remove(remove)) => (
            Request::RemoveMembers { room: remove.room.to_string(), members: names(remove.members) },
            remove.data,
        ),
        Command::Room(Room::List(data)) => (Request::Rooms, data),
        Command::Say(say) => {
            let speaker = say.speaker.to_string();
            (Request::Say { room: say.room.to_string(), text: control::Text(say.text), speaker }, say.data)
        }
        Command::Listen(listen) => {
            let room = listen.room.map(|room| room.to_string());
            (Request::Listen { room, listener: listen.listener.to_string() }, listen.data)
        }
        Command::Token(token) => {
            let ttl = token.ttl.map(|ttl| ttl.as_secs());
            (Request::Token { name: token.name.to_string(), ttl }, token.data)
        }
    })
}
