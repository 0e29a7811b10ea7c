//! A command's side of the control socket.

use super::words::{Answer, Request, Text};
use super::{SOCKET, line};
use anyhow::{Context, bail};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;
use tokio::io::BufReader;
use tokio::net::UnixStream;
use tokio::sync::mpsc;

/// Answers that wait to be taken.
const WAITING: usize = 64;

/// The server that runs on `folder`, if there is one.
pub(crate) async fn call(folder: &Path) -> anyhow::Result<Option<UnixStream>> {
    let path = folder.join(SOCKET);
    match UnixStream::connect(&path).await {
        Ok(server) => Ok(Some(server)),
        // No file, or one that a killed server left behind.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot reach the server by `{}`", path.display())),
    }
}

/// Sends the request and passes on what the server answers, up to the last answer.
pub(crate) async fn ask(
    mut server: UnixStream,
    request: &Request,
    answers: mpsc::Sender<Answer>,
) -> anyhow::Result<()> {
    let (read, mut write) = server.split();
    let mut read = BufReader::new(read);
    line::write(request, &mut write).await.context("cannot ask the server")?;
    loop {
        let answer = line::read::<Answer>(&mut read).await.context("cannot read the server's answer")?;
        let Some(answer) = answer else { bail!("the server went away before it had answered") };
        let last = answer.is_last();
        if answers.send(answer).await.is_err() || last {
            return Ok(());
        }
    }
}

/// All answers of the server that runs on `folder`, if there is one, but the last, which says that it was done; a refusal
/// is an error.
pub(crate) async fn answers(folder: &Path, request: &Request) -> anyhow::Result<Option<Vec<Answer>>> {
    let Some(server) = call(folder).await? else { return Ok(None) };
    let (answer, mut answers) = mpsc::channel(WAITING);
    let collect = async {
        let mut heard = Vec::new();
        while let Some(answer) = answers.recv().await {
            heard.push(answer);
        }
        heard
    };
    let (asked, mut heard) = tokio::join!(ask(server, request, answer), collect);
    asked?;
    match heard.pop() {
        Some(Answer::Refused(why)) => bail!(why),
        _ => Ok(Some(heard)),
    }
}

/// An access token for `user`, by the server that runs on `folder`, if there is one.
pub(crate) async fn token(folder: &Path, user: &str, ttl: Duration) -> anyhow::Result<Option<Text>> {
    let (name, ttl) = (user.to_owned(), Some(ttl.as_secs()));
    let request = Request::Token { name, ttl, device: None, apps: Vec::new() };
    let Some(answers) = answers(folder, &request).await? else { return Ok(None) };
    let token = answers.into_iter().find_map(|answer| match answer {
        Answer::Token(token) => Some(token),
        _ => None,
    });
    token.map(Some).context("the server gave no token")
}
