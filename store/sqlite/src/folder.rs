//! One process in one folder.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use store::Error;

/// The data folder, held by this process until this is dropped.
pub struct Folder {
    path: PathBuf,
    /// Closing the file lets go of the folder, also when the process is killed.
    _lock: File,
}

impl Folder {
    /// Makes the folder if need be and takes it. Other users of the machine can't look into it.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process has it, [`Error::Unusable`] when it can't be made.
    pub fn take(path: &Path) -> Result<Folder, Error> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|error| unusable(path, &error))?;
        let file = path.join("natter.lock");
        let lock = private(OpenOptions::new().create(true).truncate(false).write(true)).open(&file);
        let lock = lock.map_err(|error| unusable(&file, &error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Folder { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Error::Locked(path.display().to_string())),
            Err(TryLockError::Error(error)) => Err(unusable(&file, &error)),
        }
    }

    /// The database file. SQLite gives its side files the same permissions.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("natter.db")
    }

    /// The file that keeps space back.
    pub(crate) fn reserve(&self) -> PathBuf {
        self.path.join("reserve")
    }

    /// Makes an empty database file that only its owner can read, if there is none; says whether it did.
    pub(crate) fn make_database(&self) -> Result<bool, Error> {
        let path = self.database();
        match private(OpenOptions::new().write(true).create_new(true)).open(&path) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let empty = fs::metadata(&path).map(|file| file.len() == 0);
                empty.map_err(|error| unusable(&path, &error))
            }
            Err(error) => Err(unusable(&path, &error)),
        }
    }
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

/// A file or folder that can't be used, and what the system said.
pub(crate) fn unusable(path: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::Unusable { path: path.to_owned(), why: why.to_string() }
}
