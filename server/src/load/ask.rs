//! Requests to the server of a data folder, by its control socket.

use crate::control::{self, Answer, Request};
use anyhow::{Context, bail};
use std::path::Path;
use tokio::sync::mpsc;

/// Requests at once: half of what the control socket answers at once, so that a person gets through.
pub(super) const AT_ONCE: usize = 16;

/// Answers that wait to be read.
const WAITING: usize = 64;

/// All answers to a request but the last, which says that it was done; a refusal is an error.
pub(super) async fn ask(folder: &Path, request: &Request) -> anyhow::Result<Vec<Answer>> {
    let server = control::call(folder).await?.with_context(|| no_server(folder))?;
    let (answer, mut answers) = mpsc::channel(WAITING);
    let collect = async {
        let mut heard = Vec::new();
        while let Some(answer) = answers.recv().await {
            heard.push(answer);
        }
        heard
    };
    let (asked, mut heard) = tokio::join!(control::ask(server, request, answer), collect);
    asked?;
    match heard.pop() {
        Some(Answer::Refused(why)) => bail!(why),
        _ => Ok(heard),
    }
}

/// What to do where nobody answers.
pub(super) fn no_server(folder: &Path) -> String {
    format!(
        "no server runs on `{}`; name its folder with --data, or start one with `natter serve`",
        folder.display()
    )
}
