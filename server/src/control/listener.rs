//! The server's side of the control socket.

use super::words::{Answer, Request};
use super::{SOCKET, line, perform};
use anyhow::Context;
use bridge::Bridge;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc};

/// Commands at once. They are typed by people; a script that runs more of them waits.
const CALLERS: usize = 32;

/// How long a caller may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers that wait for a caller that reads slowly.
const WAITING: usize = 64;

/// The socket while the server runs; its file goes when this is dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    path: PathBuf,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
        // If it stays, the next server replaces it: a socket nobody listens on tells commands that there is none.
        std::fs::remove_file(&self.path).ok();
    }
}

/// Opens the socket and serves it. The caller holds the folder's lock, so a socket that is there is a dead server's.
pub(crate) fn listen(folder: &Path, bridge: Arc<Bridge>, token_ttl: Duration) -> anyhow::Result<Listener> {
    let path = folder.join(SOCKET);
    let socket = bind(&path).with_context(|| {
        format!("cannot open the control socket `{}`; its path may have 107 bytes at most", path.display())
    })?;
    let task = tokio::spawn(accept(socket, bridge, token_ttl));
    Ok(Listener { path, task })
}

/// The file gets its name only when its mode is right.
fn bind(path: &Path) -> std::io::Result<UnixListener> {
    let unnamed = path.with_extension("new");
    std::fs::remove_file(&unnamed).or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })?;
    let socket = UnixListener::bind(&unnamed)?;
    std::fs::set_permissions(&unnamed, Permissions::from_mode(0o600))?;
    std::fs::rename(&unnamed, path)?;
    Ok(socket)
}

async fn accept(socket: UnixListener, bridge: Arc<Bridge>, token_ttl: Duration) {
    let seats = Arc::new(Semaphore::new(CALLERS));
    loop {
        let Ok(seat) = seats.clone().acquire_owned().await else { return };
        match socket.accept().await {
            Ok((caller, _)) => {
                let bridge = bridge.clone();
                tokio::spawn(async move {
                    if let Err(error) = converse(caller, &bridge, token_ttl).await {
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

async fn converse(mut caller: UnixStream, bridge: &Arc<Bridge>, token_ttl: Duration) -> std::io::Result<()> {
    let (read, mut write) = caller.split();
    let mut read = BufReader::new(read);
    let Some(request) = tokio::time::timeout(PATIENCE, line::read::<Request>(&mut read)).await?? else {
        return Ok(());
    };
    let (answer, mut answers) = mpsc::channel::<Answer>(WAITING);
    let performed = perform(bridge, token_ttl, request, answer);
    let answered = async {
        while let Some(answer) = answers.recv().await {
            line::write(&answer, &mut write).await?;
        }
        Ok(())
    };
    let mut silence = [0];
    tokio::select! {
        ((), answered) = async { tokio::join!(performed, answered) } => answered,
        // Nothing more is expected: the caller hung up, which is how `listen` ends.
        _ = read.read(&mut silence) => Ok(()),
    }
}
