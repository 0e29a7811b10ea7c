//! The server's side of the control socket.

use super::words::{Answer, Request};
use super::{Desk, SOCKET, line, perform};
use crate::ports::bind_privately;
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWrite, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Commands at once. They are typed by people; a script that runs more of them waits.
const CALLERS: usize = 32;

/// How long a caller may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers that wait for a caller that reads slowly.
const WAITING: usize = 64;

/// How long commands that are under way may take at the end.
const FINISH: Duration = Duration::from_secs(1);

/// The socket while the server runs.
pub(crate) struct Listener {
    path: PathBuf,
    /// The server goes: nobody is let in any more.
    closing: CancellationToken,
    callers: TaskTracker,
}

/// Opens the socket and serves it. The caller holds the folder's lock, so a socket that is there is a dead server's.
pub(crate) fn listen(folder: &Path, desk: Desk) -> anyhow::Result<Listener> {
    let path = folder.join(SOCKET);
    let socket = bind_privately(&path).with_context(|| {
        format!("cannot open the control socket `{}`; its path may have 103 bytes at most", path.display())
    })?;
    let (closing, callers) = (CancellationToken::new(), TaskTracker::new());
    tokio::spawn(accept(socket, desk, closing.clone(), callers.clone()));
    Ok(Listener { path, closing, callers })
}

impl Listener {
    /// Takes no more commands and lets those finish that are under way.
    pub(crate) async fn end(self) {
        self.closing.cancel();
        // If it stays, the next server replaces it: a socket nobody listens on tells commands that there is none.
        std::fs::remove_file(&self.path).ok();
        self.callers.close();
        if tokio::time::timeout(FINISH, self.callers.wait()).await.is_err() {
            tracing::warn!("some commands did not finish in time and were cut");
        }
    }
}

async fn accept(socket: UnixListener, desk: Desk, closing: CancellationToken, callers: TaskTracker) {
    let seats = Arc::new(Semaphore::new(CALLERS));
    loop {
        let Ok(seat) = seats.clone().acquire_owned().await else { return };
        let accepted = tokio::select! {
            () = closing.cancelled() => return,
            accepted = socket.accept() => accepted,
        };
        match accepted {
            Ok((caller, _)) => {
                let desk = desk.clone();
                callers.spawn(async move {
                    if let Err(error) = converse(caller, &desk).await {
                        tracing::debug!("a command went away: {error}");
                    }
                    drop(seat);
                });
            }
            Err(error) => {
                // Out of file descriptors, most likely; one that closes makes room.
                tracing::warn!("cannot take a command: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn converse(mut caller: UnixStream, desk: &Desk) -> std::io::Result<()> {
    let (read, mut write) = caller.split();
    let mut read = BufReader::new(read);
    let Some(request) = tokio::time::timeout(PATIENCE, line::read::<Request>(&mut read)).await?? else {
        return Ok(());
    };
    let (answer, mut answers) = mpsc::channel::<Answer>(WAITING);
    let answered = async move {
        let mut silence = [0];
        tokio::select! {
            written = pass_on(&mut answers, &mut write) => written,
            // Nothing more is expected: the caller hung up.
            _ = read.read(&mut silence) => Ok(()),
        }
        // The channel closes here, and whoever performs for nobody finds out.
    };
    let ((), answered) = tokio::join!(perform(desk, request, answer), answered);
    answered
}

async fn pass_on(
    answers: &mut mpsc::Receiver<Answer>,
    to: &mut (impl AsyncWrite + Unpin),
) -> std::io::Result<()> {
    while let Some(answer) = answers.recv().await {
        line::write(&answer, to).await?;
    }
    Ok(())
}
