//! What a command writes on standard output, for a person and for a script: one thing a line, words by tabs.

use crate::control::{Answer, Text};
use crate::table;
use anyhow::bail;
use serde_json::json;
use std::io::{ErrorKind, Write};
use tokio::sync::mpsc;

/// Prints answers up to the last; a refusal becomes the error. If nobody reads what we print, that is an end too.
/// `in_json`: what the API answered stays as it is, and everything else is an object, too.
pub(crate) async fn print(mut answers: mpsc::Receiver<Answer>, in_json: bool) -> anyhow::Result<()> {
    while let Some(answer) = answers.recv().await {
        let line = match answer {
            Answer::Refused(why) => bail!(why),
            Answer::Done(words) if words.is_empty() => return Ok(()),
            Answer::Json(Text(text)) if !in_json => match in_a_table(&text) {
                Some(table) => table,
                // A list of nothing.
                None => continue,
            },
            other if in_json => object(&other),
            other => line(&other),
        };
        match write(&line) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    }
    Ok(())
}

/// Writes a line on standard output.
pub(crate) fn write(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

fn in_a_table(json: &str) -> Option<String> {
    let Ok(answer) = serde_json::from_str(json) else { return Some(json.to_owned()) };
    let lines = table::lines(&answer);
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// One thing of a list, for a script.
fn object(answer: &Answer) -> String {
    match answer {
        Answer::User { name, admin } => json!({"handle": name, "admin": admin}).to_string(),
        Answer::Room { room, members, more } => {
            json!({"room": room, "members": members, "more": more}).to_string()
        }
        other => line(other),
    }
}

fn line(answer: &Answer) -> String {
    match answer {
        Answer::User { name, admin: true } => format!("{name}\tadmin"),
        Answer::User { name, admin: false } => name.clone(),
        Answer::Room { room, members, more } => {
            format!("{room}\t{}{}", members.join(" "), if *more { " …" } else { "" })
        }
        Answer::Place(place) => format!("{}\t{}", place.room, place.unread),
        Answer::Work { commits, entries } => format!("{commits}\t{entries}"),
        Answer::Token(text) | Answer::Json(text) => text.0.clone(),
        Answer::Done(words) | Answer::Refused(words) => words.clone(),
    }
}

/// Writes why it did not work on standard error: one line, from the whole to the cause.
pub(crate) fn complain(error: &anyhow::Error) {
    remark(&format!("{error:#}").replace('\n', " "));
}

/// Says something that is not the result: on standard error, so that a script does not take it for one.
pub(crate) fn remark(words: &str) {
    // Where standard error is closed there is nobody to tell.
    writeln!(std::io::stderr(), "natter: {words}").ok();
}
