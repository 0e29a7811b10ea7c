//! The last megabytes of the disk, kept back in a file: when everything else is taken, it is removed, so that
//! devices can still leave and their places in the logs are saved. It comes back when there is space for it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long after a failure the file is tried again.
const PAUSE: Duration = Duration::from_secs(2);
/// How much is written at once.
const PIECE: usize = 1 << 20;

/// Whether the reserve is there. Making it takes a while and happens beside everything else.
pub(crate) struct Reserve {
    path: PathBuf,
    len: u64,
    spent: Arc<AtomicBool>,
    making: Arc<AtomicBool>,
    tried: Instant,
}

impl Reserve {
    /// Makes the reserve, or finds it. `len` 0 keeps none, and then nothing is ever refused for it.
    pub(crate) fn new(path: PathBuf, len: u64) -> Reserve {
        let (spent, making) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let mut reserve = Reserve { path, len, spent, making, tried: Instant::now() };
        if len > 0 {
            reserve.make();
        }
        reserve
    }

    /// Whether only the reserve was left. Asking also tries, now and then, to make it again.
    pub(crate) fn is_spent(&mut self) -> bool {
        let spent = self.spent.load(Ordering::Acquire);
        if spent && self.tried.elapsed() > PAUSE {
            self.make();
        }
        spent
    }

    /// The disk is full: gives the reserve back to it.
    pub(crate) fn spend(&mut self) {
        if self.len == 0 || self.spent.swap(true, Ordering::AcqRel) {
            return;
        }
        self.tried = Instant::now();
        match fs::remove_file(&self.path) {
            Ok(()) => tracing::error!(
                "the disk is full; messages are refused until there is space, sessions are still saved"
            ),
            Err(error) => tracing::error!(%error, "the disk is full and the reserve could not be given back"),
        }
    }

    fn make(&mut self) {
        self.tried = Instant::now();
        if self.making.swap(true, Ordering::AcqRel) {
            return;
        }
        let (path, len) = (self.path.clone(), self.len);
        let (spent, making) = (self.spent.clone(), self.making.clone());
        tokio::task::spawn_blocking(move || {
            match fill(&path, len) {
                Ok(()) if spent.swap(false, Ordering::AcqRel) => {
                    tracing::info!("there is space on the disk again")
                }
                Ok(()) => {}
                Err(error) => tracing::warn!(%error, "there is no space for the reserve"),
            }
            making.store(false, Ordering::Release);
        });
    }
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
