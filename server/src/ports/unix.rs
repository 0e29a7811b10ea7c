//! A socket that is a file: for programs of this machine, such as a sidecar, and for those of its users whom the file
//! lets in.

use anyhow::{Context, anyhow, ensure};
use std::fs::{Metadata, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use tokio::net::UnixListener;

/// Its user, and its group.
const MODE: u32 = 0o660;

/// A socket's file. It goes with this, unless another has taken its place.
pub(crate) struct SocketFile {
    path: PathBuf,
    is: (u64, u64),
}

/// Listens on a file for `what`. One that a dead server left is replaced; where somebody answers, or where another file
/// is, that is said.
pub(super) fn bind(path: &Path, what: &str) -> anyhow::Result<(UnixListener, SocketFile)> {
    let shown = path.display();
    if let Ok(there) = std::fs::symlink_metadata(path) {
        ensure!(
            there.file_type().is_socket(),
            "`{shown}` is a file and no socket; choose another place for {what}, or remove it"
        );
        match std::os::unix::net::UnixStream::connect(path) {
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
            // Also one whose queue is full, or that we may not open: somebody is there.
            _ => {
                return Err(anyhow!(
                    "`{shown}` is in use by another program; choose another place for {what}"
                ));
            }
        }
    }
    let named = |error: std::io::Error| match error.kind() {
        ErrorKind::InvalidInput => {
            anyhow!("the path `{shown}` is too long for a socket: it may have 103 bytes")
        }
        _ => anyhow!(error).context(format!("cannot listen on `{shown}` for {what}")),
    };
    let socket = bind_with(path, MODE).map_err(named)?;
    let file = std::fs::symlink_metadata(path).with_context(|| format!("cannot find `{shown}`"))?;
    Ok((socket, SocketFile { path: path.to_owned(), is: identity(&file) }))
}

/// The same for its owner only, in place of whatever is there.
pub(crate) fn bind_privately(path: &Path) -> std::io::Result<UnixListener> {
    bind_with(path, 0o600)
}

/// The file gets its name only when its mode is right.
fn bind_with(path: &Path, mode: u32) -> std::io::Result<UnixListener> {
    let unnamed = path.with_extension("new");
    std::fs::remove_file(&unnamed).or_else(|error| match error.kind() {
        ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })?;
    let socket = UnixListener::bind(&unnamed)?;
    std::fs::set_permissions(&unnamed, Permissions::from_mode(mode))?;
    std::fs::rename(&unnamed, path)?;
    Ok(socket)
}

fn identity(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // If it stays, the next server finds that nobody answers there.
        if std::fs::symlink_metadata(&self.path).is_ok_and(|file| identity(&file) == self.is) {
            std::fs::remove_file(&self.path).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_dead_servers_socket_is_replaced_and_a_living_ones_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mqtt.sock");
        let (socket, file) = bind(&path, "MQTT").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, MODE);
        let words = bind(&path, "MQTT").err().unwrap().to_string();
        assert!(words.contains("mqtt.sock` is in use by another program"), "{words}");
        drop(socket);
        let (_living, _file) = bind(&path, "MQTT").unwrap();
        // The one that is gone takes away its own file only.
        drop(file);
        assert!(path.exists());
    }

    #[tokio::test]
    async fn what_is_no_socket_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("diary");
        std::fs::write(&path, "dear diary").unwrap();
        let words = bind(&path, "MQTT").err().unwrap().to_string();
        assert!(words.contains("is a file and no socket"), "{words}");
        assert_eq!(std::fs::read(&path).unwrap(), b"dear diary");
        let words = bind(&folder.path().join("x".repeat(200)), "MQTT").err().unwrap().to_string();
        assert!(words.contains("too long for a socket"), "{words}");
        let words = format!("{:#}", bind(&folder.path().join("none/mqtt.sock"), "MQTT").err().unwrap());
        assert!(words.contains("cannot listen on"), "{words}");
    }
}
