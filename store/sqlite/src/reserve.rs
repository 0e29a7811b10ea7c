//! The last megabytes of the disk, kept back in a file: when everything else is taken, it is removed, so that
//! devices can still leave and their places in the logs are saved. It comes back when there is space for it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long after a failure the file is tried again.
const PAUSE: Duration = Duration::from_secs(2);
/// How much is written at once.
const PIECE: usize = 1 << 20;

/// Whether the reserve is there. Making it takes a while and happens beside everything else.
pub(crate) struct Reserve {
    path: PathBuf,
    len: u64,
    state: Arc<Mutex<State>>,
    tried: Instant,
}

#[derive(Default)]
struct State {
    /// Whether it was given back to the disk and is not there again.
    spent: bool,
    /// How often it was: one that was being made meanwhile does not count.
    times: u64,
    making: bool,
}

impl Reserve {
    /// Makes the reserve, or finds it. `len` 0 keeps none, and then nothing is ever refused for it.
    pub(crate) fn new(path: PathBuf, len: u64) -> Reserve {
        let mut reserve = Reserve { path, len, state: Arc::default(), tried: Instant::now() };
        if len > 0 {
            reserve.make();
        }
        reserve
    }

    /// Whether only the reserve was left. Asking also tries, now and then, to make it again.
    pub(crate) fn is_spent(&mut self) -> bool {
        let spent = locked(&self.state).spent;
        if spent && self.tried.elapsed() > PAUSE {
            self.make();
        }
        spent
    }

    /// The disk is full: gives the reserve back to it.
    pub(crate) fn spend(&mut self) {
        if self.len == 0 {
            return;
        }
        let mut state = locked(&self.state);
        if state.spent {
            return;
        }
        (state.spent, state.times) = (true, state.times + 1);
        self.tried = Instant::now();
        match fs::remove_file(&self.path) {
            Ok(()) => {
                tracing::error!(
                    "the disk is full; messages wait until there is space, sessions are still saved"
                );
            }
            Err(error) => tracing::error!(%error, "the disk is full and there was no reserve to give back"),
        }
    }

    fn make(&mut self) {
        self.tried = Instant::now();
        let mut state = locked(&self.state);
        if state.making {
            return;
        }
        state.making = true;
        let (path, len, times, state) = (self.path.clone(), self.len, state.times, self.state.clone());
        tokio::task::spawn_blocking(move || {
            let filled = fill(&path, len);
            locked(&state).made(filled, times, &path);
        });
    }
}

impl State {
    fn made(&mut self, filled: io::Result<()>, times: u64, path: &Path) {
        self.making = false;
        match filled {
            Err(error) => tracing::warn!(%error, "there is no space for the reserve"),
            Ok(()) if self.times != times => drop(fs::remove_file(path)),
            Ok(()) if self.spent => {
                self.spent = false;
                tracing::info!("there is space on the disk again");
            }
            Ok(()) => {}
        }
    }
}

/// The state, also after a panic: it is three plain values that are true one by one.
fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes the whole file, so that its blocks are really taken; removes what it has when the disk is full.
fn fill(path: &Path, len: u64) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|file| file.len() == len) {
        return Ok(());
    }
    let filled = (|| {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        let piece = vec![0; PIECE];
        let mut left = len;
        while left > 0 {
            let some = left.min(PIECE as u64);
            file.write_all(&piece[..some as usize])?;
            left -= some;
        }
        file.sync_all()
    })();
    filled.inspect_err(|_| drop(fs::remove_file(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserve_is_really_taken_and_given_back_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reserve");
        fill(&path, 3 << 20).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), 3 << 20);
        let state = Arc::default();
        let mut reserve = Reserve { path: path.clone(), len: 3 << 20, state, tried: Instant::now() };
        assert!(!reserve.is_spent());
        reserve.spend();
        assert!(reserve.is_spent());
        assert!(!path.exists());
        reserve.spend();
        assert_eq!(locked(&reserve.state).times, 1);
    }

    #[test]
    fn a_reserve_made_while_the_last_one_was_spent_is_given_back_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reserve");
        let mut state = State { spent: true, times: 2, making: true };
        fill(&path, 10).unwrap();
        state.made(Ok(()), 1, &path);
        assert!(state.spent && !path.exists());
        fill(&path, 10).unwrap();
        state.made(Ok(()), 2, &path);
        assert!(!state.spent && path.exists());
    }

    #[test]
    fn without_a_reserve_nothing_is_refused_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut reserve = Reserve::new(folder.path().join("reserve"), 0);
        reserve.spend();
        assert!(!reserve.is_spent());
    }

    #[test]
    fn what_could_not_be_filled_is_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        assert!(fill(&folder.path().join("no/such/folder"), 10).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
